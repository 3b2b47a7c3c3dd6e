"""Initial weights have the scale and the Whh that their name promises, and depend on the seed."""

import numpy as np
import pytest

from charrnn.engine.initial_weights import INITIAL_WEIGHTS
from charrnn.engine.parameters import Parameters

V, H = 60, 100


def initial(kind, *, seed=3, dtype=np.float64, **settings):
    return Parameters.initial(V, H, seed=seed, dtype=dtype, kind=kind, **settings)


@pytest.mark.parametrize("kind", INITIAL_WEIGHTS)
def test_the_seed_determines_the_weights_and_biases_are_0(kind):
    same, again, other = (initial(kind, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(same.flat, again.flat)
    assert (same.Wxh != other.Wxh).any()
    assert not same.bh.any()
    assert not same.by.any()
    assert np.count_nonzero(same.flat) <= Parameters.size(V, H)  # the padding is 0


@pytest.mark.parametrize("scale", [0.001, 0.01, 1.0])
def test_normal_weights_have_the_requested_deviation(scale):
    weights = initial("normal", scale=scale)
    for matrix in (weights.Wxh, weights.Whh, weights.Why):
        assert matrix.std() == pytest.approx(scale, rel=0.05)


@pytest.mark.parametrize("kind", ["scaled", "orthogonal", "identity"])
def test_the_other_weights_are_scaled_to_the_number_of_inputs_added_up(kind):
    weights = initial(kind)
    assert weights.Wxh.std() == pytest.approx(1, rel=0.05)
    for matrix in (weights.Why,) + (weights.Whh,) * (kind == "scaled"):
        assert matrix.std() == pytest.approx(1 / np.sqrt(H), rel=0.05)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_an_orthogonal_whh_keeps_every_length(dtype, tolerance):
    Whh = initial("orthogonal", dtype=dtype).Whh.astype(np.float64)
    np.testing.assert_allclose(Whh @ Whh.T, np.eye(H), atol=tolerance)
    assert abs(np.trace(Whh)) < 0.05 * H  # and it is not the identity


def test_an_identity_whh_is_the_identity():
    np.testing.assert_array_equal(initial("identity").Whh, np.eye(H))


@pytest.mark.parametrize("kind", INITIAL_WEIGHTS)
@pytest.mark.parametrize("hidden_size", [1, 2, 33])
def test_every_size_has_finite_weights(kind, hidden_size):
    weights = Parameters.initial(2, hidden_size, seed=0, kind=kind)
    assert np.isfinite(weights.flat).all()
    assert weights.Whh.any()


def test_unknown_initial_weights_are_refused():
    with pytest.raises(ValueError, match="allowed: normal, scaled, orthogonal, identity"):
        initial("zeros")

"""The initial weights, the bias trick, and the order of saved parameters."""

import numpy as np
import pytest

from charrnn.engine.parameters import ARRAYS, MATRICES, Parameters


def test_the_seed_determines_the_weights():
    same, again, other = (Parameters.initial(7, 5, seed=seed).flat for seed in (1, 1, 2))
    np.testing.assert_array_equal(same, again)
    assert (same != other).any()


def test_initial_matrices_are_normal_with_deviation_0_01_and_biases_are_0():
    weights = Parameters.initial(83, 100, seed=3)
    for name in MATRICES:
        matrix = getattr(weights, name)
        assert matrix.std() == pytest.approx(0.01, rel=0.05)
        assert abs(matrix.mean()) < 0.001
    assert not weights.bh.any()
    assert not weights.by.any()


def test_matrices_of_one_network_draw_independent_numbers():
    weights = Parameters.initial(6, 6, seed=0)  # all three are 6 x 6
    matrices = [weights.Wxh, weights.Whh, weights.Why]
    for i, one in enumerate(matrices):
        for other in matrices[i + 1 :]:
            assert not np.isin(one, other).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_smaller_network_is_the_corner_of_a_larger_one_with_the_same_seed(dtype):
    V = 9
    for small_size, large_size in ((1, 2), (5, 8), (31, 33), (40, 100)):
        small = Parameters.initial(V, small_size, seed=4, dtype=dtype)
        large = Parameters.initial(V, large_size, seed=4, dtype=dtype)
        H = small_size
        np.testing.assert_array_equal(small.Wxh, large.Wxh[:H])
        np.testing.assert_array_equal(small.Whh, large.Whh[:H, :H])
        np.testing.assert_array_equal(small.Why, large.Why[:, :H])


def test_every_dtype_starts_with_the_same_numbers():
    single, double = (Parameters.initial(7, 5, seed=4, dtype=t) for t in (np.float32, np.float64))
    np.testing.assert_array_equal(single.flat, double.flat.astype(np.float32))


def test_all_units_of_all_matrices_draw_different_numbers():
    weights = Parameters.initial(50, 50, seed=0, dtype=np.float64)
    numbers = np.concatenate([weights.Wxh, weights.Whh, weights.Why], axis=None)
    assert len(np.unique(numbers)) == numbers.size


def test_named_arrays_are_views_that_cover_the_packed_numbers_once():
    weights = Parameters(7, 5, np.float64)
    numbers = np.arange(Parameters.size(7, 5), dtype=np.float64)
    weights.unpack(numbers)
    named = np.concatenate([getattr(weights, name).ravel() for name in ARRAYS])
    np.testing.assert_array_equal(np.sort(named), numbers)
    np.testing.assert_array_equal(weights.packed(), numbers)
    assert [getattr(weights, name).shape for name in ARRAYS] == [(5, 7), (5, 5), (7, 5), (5,), (7,)]
    for name in ARRAYS:
        getattr(weights, name)[...] = -1
    assert np.count_nonzero(weights.flat) == len(numbers)
    assert (weights.packed() == -1).all()


def test_packed_numbers_are_in_the_order_of_saved_files():
    weights = Parameters.initial(7, 5, seed=0)
    weights.bh[:], weights.by[:] = 1, 2
    parts = [weights.Wxh.T, weights.Whh, weights.Why, weights.bh, weights.by]
    np.testing.assert_array_equal(weights.packed(), np.concatenate([p.ravel() for p in parts]))


def test_unpacking_numbers_of_another_network_is_refused():
    weights = Parameters(7, 5)
    with pytest.raises(ValueError, match="this network has 107 parameters, but 106 were given"):
        weights.unpack(np.ones(Parameters.size(7, 5) - 1, np.float32))
    assert not weights.flat.any()


@pytest.mark.parametrize("H", [1, 6, 7, 8, 83])
def test_a_bias_is_the_weight_of_an_input_that_is_always_1(H):
    V, rng = 4, np.random.default_rng(0)
    weights, h = Parameters(V, H, np.float64), rng.standard_normal(H)
    weights.unpack(rng.standard_normal(Parameters.size(V, H)))
    extended = np.zeros(weights.width)
    extended[:H], extended[H] = h, 1
    assert weights.width % 8 == 0
    np.testing.assert_array_equal(weights.extend(h), extended)
    np.testing.assert_allclose(weights.recurrent @ extended, weights.Whh @ h + weights.bh)
    np.testing.assert_allclose(weights.output @ extended, weights.Why @ h + weights.by)

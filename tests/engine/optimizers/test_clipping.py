"""Clipping limits gradients as its formula says, and refuses what is not a number."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from charrnn.engine.optimizers.clipping import CLIPPING, by_norm, by_value

gradients = hnp.arrays(
    np.float64, st.integers(1, 30), elements=st.floats(-1e6, 1e6, allow_subnormal=False)
)
limits = st.floats(0.001, 1000)


@given(gradients, limits)
def test_by_value_clips_each_gradient_by_itself(g, limit):
    expected = [min(max(x, -limit), limit) for x in g.tolist()]
    by_value(g, limit)
    np.testing.assert_array_equal(g, expected)


@given(gradients, limits)
def test_by_norm_shortens_the_vector_and_keeps_its_direction(g, limit):
    norm = math.sqrt(math.fsum(x * x for x in g.tolist()))
    expected = [x * limit / norm if norm > limit else x for x in g.tolist()]
    by_norm(g, limit)
    np.testing.assert_allclose(g, expected, rtol=1e-9)


def test_nothing_is_clipped_when_clipping_is_off():
    g = np.array([1e9, -3.0, 0.0])
    CLIPPING["off"](g, 1.0)
    np.testing.assert_array_equal(g, [1e9, -3.0, 0.0])


@pytest.mark.parametrize("size", [1e25, 3e38])
def test_by_norm_keeps_the_direction_of_gradients_whose_squares_are_too_large(size):
    g = np.array([3, -4, 0], np.float32) / 4 * np.float32(size)
    with np.errstate(over="ignore"):
        by_norm(g, 5.0)
    np.testing.assert_allclose(g, [3, -4, 0], rtol=1e-5)


@pytest.mark.parametrize("kind", CLIPPING)
@pytest.mark.parametrize("others", [0.0, 100.0, math.inf])
def test_a_gradient_that_is_not_a_number_is_refused(kind, others):
    g = np.array([others, math.nan, -others], np.float32)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match="not a number"):
        CLIPPING[kind](g, 5.0)


@pytest.mark.parametrize("kind", CLIPPING)
def test_an_infinite_gradient_is_clipped_by_value_and_refused_otherwise(kind):
    g = np.array([1.0, -math.inf], np.float32)
    with np.errstate(all="ignore"):
        if kind == "value":
            CLIPPING[kind](g, 5.0)
            np.testing.assert_array_equal(g, [1.0, -5.0])
        else:
            with pytest.raises(FloatingPointError, match="infinite"):
                CLIPPING[kind](g, 5.0)


@settings(deadline=None)  # the first example imports PyTorch, which takes a second
@given(gradients, limits)
def test_clipping_equals_that_of_pytorch(g, limit):
    torch = pytest.importorskip("torch")
    for clip, theirs in (
        (by_value, torch.nn.utils.clip_grad_value_),
        (by_norm, torch.nn.utils.clip_grad_norm_),
    ):
        w = torch.zeros(len(g), dtype=torch.float64)
        w.grad, own = torch.tensor(g), g.copy()
        theirs([w], limit)
        clip(own, limit)
        # PyTorch adds 1e-6 to the norm.
        np.testing.assert_allclose(own, w.grad.numpy(), rtol=2e-3 / limit + 1e-9, atol=1e-12)

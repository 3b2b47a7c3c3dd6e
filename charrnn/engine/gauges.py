"""Gauges: how well one training step went, measured on the arrays that it computes anyway.

With g a gradient before clipping, g' the same after it, w a weight before the update, Δw what the
update adds to it, and |x| the Euclidean norm of all entries of x together:

    clipped_X       share of the entries of dX that are clipped: |g| > limit; or, if clipping is
                    by norm, 1 if the step is clipped and 0 if it is not
    clip_factor     |g'| / |g|, what clipping leaves of the gradient; 1 if it changes nothing
    gradient_norm   |g|
    update_X        |ΔX| / |X|, the size of the update relative to that of the weights
    saturated       share of the hidden states of the window with |h| > 0.99, where the
                    derivative of tanh, 1 - h², is below 0.02

So if clipping is by norm, the mean of clipped_X over several steps is the share of them that were
clipped.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from charrnn.engine.arrays import FloatArray
from charrnn.engine.parameters import ARRAYS, MATRICES, Parameters

SATURATED = 0.99
BLOCK = 2**14  # numbers
LARGEST = 1e30  # stands for what is larger, or not a number: training diverges at the next step

# The gauges that are shares, from 0 to 1.
SHARES = (*(f"clipped_{name}" for name in ARRAYS), "clip_factor", "saturated")


class Gauges(NamedTuple):
    """What one step measured; see above. Every number is finite and at least 0."""

    clipped_Wxh: float
    clipped_Whh: float
    clipped_Why: float
    clipped_bh: float
    clipped_by: float
    clip_factor: float
    gradient_norm: float
    update_Wxh: float
    update_Whh: float
    update_Why: float
    saturated: float


class Measurement:
    """Measures steps: pass it to Trainer.step(), and `gauges` are those of that step.

    It reads the arrays of the step and changes none, so the step is the same to the last bit.
    """

    gauges: Gauges

    def __init__(self, weights: Parameters) -> None:
        """weights: of the network that will be measured; only their sizes and type matter."""
        self._before = weights.zeros_like()  # the weights before the update

    def before_clipping(
        self,
        weights: Parameters,
        gradients: Parameters,
        states: FloatArray,
        *,
        clipping: str,
        limit: float,
    ) -> None:
        """states: the hidden states of the window, (T, B, H). clipping, limit: see clipping.py."""
        self._before.flat[:] = weights.flat
        squares = squares_left = 0.0  # of the gradients, and of what clipping by value leaves
        clipped = {}
        with np.errstate(all="ignore"):  # in a step that diverges
            for name in ARRAYS:
                gradient, n_clipped = getattr(gradients, name), 0
                for block in _blocks(gradient):
                    g = np.abs(block)
                    squares += _sum_of_squares(g)
                    n_clipped += int(np.count_nonzero(g > limit))
                    squares_left += _sum_of_squares(np.minimum(g, limit, out=g))
                clipped[f"clipped_{name}"] = n_clipped / gradient.size
            n_saturated = sum(int(np.count_nonzero(np.abs(h) > SATURATED)) for h in _blocks(states))
        norm, left = _root(squares), _root(squares_left)
        if clipping != "value":
            left = min(norm, limit) if clipping == "norm" else norm
            clipped = dict.fromkeys(clipped, float(left < norm))
        self._measured = clipped | {
            "clip_factor": min(left / norm, 1.0) if norm else 1.0,
            "gradient_norm": norm,
            "saturated": n_saturated / states.size,
        }

    def after_update(self, weights: Parameters) -> None:
        """weights: the same as before, now updated."""
        for name in MATRICES:
            before = getattr(self._before, name)
            pairs = zip(_blocks(getattr(weights, name)), _blocks(before), strict=True)
            with np.errstate(all="ignore"):
                change = _root(sum(_sum_of_squares(w - earlier) for w, earlier in pairs))
                size = _root(sum(map(_sum_of_squares, _blocks(before))))
            self._measured[f"update_{name}"] = min(change / size, LARGEST) if size else 0.0
        self.gauges = Gauges(**self._measured)


def _blocks(array: FloatArray) -> Iterator[FloatArray]:
    """Views of an array that follow one another in memory, small enough for the cache.

    On whole arrays, most of the time would go into allocating memory for intermediate results.
    """
    rows = array if array.strides[-1] == array.itemsize else array.T
    step = max(1, BLOCK // rows[0].size)
    return (rows[i : i + step] for i in range(0, len(rows), step))


def _sum_of_squares(x: FloatArray) -> float:
    flat = x.ravel()
    return float(flat.dot(flat))


def _root(squares: float) -> float:
    """The square root, but no more than LARGEST, also of nan."""
    return math.sqrt(squares) if squares < LARGEST**2 else LARGEST

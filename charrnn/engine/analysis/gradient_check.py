"""Checking the analytic gradients of a network against numerical ones, in float64.

A weight is moved a little up and down; the loss moves by the gradient times the distance:

    dL/dw = (L(w + e) - L(w - e)) / 2e + O(e²)

Where gradients are tiny, rounding disturbs the difference; where they explode, curvature does. An
entry that does not agree is therefore measured once more, by the complex step. Nothing is
subtracted there, so e can be so small that neither matters:

    dL/dw = Im L(w + ie) / e + O(e²)

Squire and Trapp, "Using Complex Variables to Estimate Derivatives of Real Functions", SIAM Review
40 (1998).
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.model import backward, forward
from charrnn.engine.parameters import ARRAYS, Parameters
from charrnn.engine.window import Window

DISTANCE = 1e-5  # rounding and curvature are both small here as a rule, in float64
COMPLEX_DISTANCE = 1e-30
PER_ARRAY = 12  # entries that are checked of each array
# Relative. A wrong formula is wrong by far more; where gradients explode, rounding on the way grows
# to some 1e-5 itself.
TOLERANCE = 1e-4


class Checked(NamedTuple):
    """One entry of one array."""

    array: str
    place: tuple[int, ...]  # (row, column), or (row,) in a bias
    analytic: float
    numerical: float

    @property
    def relative_error(self) -> float:
        """The difference, relative to the larger of the two; of two tiny ones it is rounding."""
        scale = max(abs(self.analytic), abs(self.numerical), 1e-4)
        return abs(self.analytic - self.numerical) / scale

    @property
    def agrees(self) -> bool:
        return self.relative_error < TOLERANCE


def gradient_check(
    weights: Parameters,
    ids: IntArray,
    hidden: FloatArray,
    rng: np.random.Generator,
    *,
    through_time: bool = True,
) -> list[Checked]:
    """Check some entries of each of the five arrays, those whose gradient is large among them.

    ids: a window and the target of its last character, (T + 1,). hidden: before it, (H,).
    through_time: as in model.backward(); without, the check finds that gradients are missing.
    """
    exact = Parameters(weights.vocab_size, weights.hidden_size, np.float64)
    exact.flat[:] = weights.flat
    gradients = exact.zeros_like()
    window = Window(exact, len(ids) - 1)
    window.load(ids[:, None])
    window.carried = hidden
    forward(exact, window)
    backward(exact, window, gradients, through_time=through_time)
    checked = []
    for name in ARRAYS:
        array, analytic = getattr(exact, name), getattr(gradients, name)
        for index in _entries(analytic, rng):
            place = tuple(int(i) for i in np.unravel_index(index, analytic.shape))
            before = array[place]
            array[place] = before + DISTANCE
            above = forward(exact, window)
            array[place] = before - DISTANCE
            below = forward(exact, window)
            array[place] = before
            numerical = (above - below) / (2 * DISTANCE)
            entry = Checked(name, place, float(analytic[place]), numerical)
            if not entry.agrees:
                numerical = _complex_step(exact, ids, hidden, name, place)
                entry = entry._replace(numerical=numerical)
            checked.append(entry)
    return checked


def _complex_step(
    weights: Parameters, ids: IntArray, hidden: FloatArray, name: str, place: tuple[int, ...]
) -> float:
    """The gradient of one entry of one array, by the complex step."""
    arrays = {each: getattr(weights, each).astype(np.complex128) for each in ARRAYS}
    arrays[name][place] += 1j * COMPLEX_DISTANCE
    Wxh, Whh, Why, bh, by = (arrays[each] for each in ("Wxh", "Whh", "Why", "bh", "by"))
    h, loss = hidden.astype(np.complex128), 0j
    for x, target in pairwise(ids.tolist()):
        h = np.tanh(Wxh[:, x] + Whh @ h + bh)
        y = Why @ h + by
        y -= y.real.max()  # exp cannot overflow
        loss += np.log(np.exp(y).sum()) - y[target]
    return float(loss.imag) / COMPLEX_DISTANCE


def _entries(gradient: FloatArray, rng: np.random.Generator) -> list[int]:
    """Flat positions of the entries to check: half of them the largest, the others at random."""
    n = min(PER_ARRAY, gradient.size)
    largest = np.argsort(-np.abs(gradient), axis=None)[: (n + 1) // 2]
    others = np.setdiff1d(np.arange(gradient.size), largest)
    return [*largest.tolist(), *rng.choice(others, n - len(largest), replace=False).tolist()]

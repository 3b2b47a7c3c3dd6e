"""Which iterations are recorded, the same on every machine, and what remains after a return."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RECORDED_PER_DOUBLING = 1024
# Gauges are fewer, because a step that is measured takes up to twice as long as another.
GAUGE_INTERVAL = 100  # iterations
GAUGES_PER_DOUBLING = 64


def should_record(iteration: int, per_doubling: int = RECORDED_PER_DOUBLING) -> bool:
    """Whether to store the loss of an iteration: every one at first, then every 2nd, 4th, 8th ...

    The schedule depends on the iteration and not on the clock, so that every machine stores the
    same rows. From iteration 1,024 on, each doubling of the iteration adds about 1,000 rows.
    """
    step = 1 << max(0, (iteration // per_doubling).bit_length() - 1)
    return iteration % step == 0


def should_measure(iteration: int) -> bool:
    """Whether to measure and store the gauges of an iteration: every 100th at first, then
    every 200th, 400th ...."""
    count, rest = divmod(iteration, GAUGE_INTERVAL)
    return rest == 0 and should_record(count, GAUGES_PER_DOUBLING)


def remaining_rate_changes(
    changes: Sequence[tuple[int, float]], iteration: int, learning_rate: float
) -> list[tuple[int, float]]:
    """The changes of the learning rate, as (iteration, rate), after a return to a saved state.

    iteration, learning_rate: of that state. It may have been saved before the rate was changed at
    the same iteration; that change is undone.
    """
    earlier, change = [row for row in changes if row[0] < iteration], (iteration, learning_rate)
    if change in changes or (earlier and earlier[-1][1] != learning_rate):
        return [*earlier, change]
    return earlier


def are_recorded(iterations: NDArray[np.int64], per_doubling: int = RECORDED_PER_DOUBLING) -> bool:
    """Whether should_record() is true of all these iterations, from 0 to 2⁵³."""
    # frexp() gives the number of binary digits; 0 has none.
    digits = np.frexp((iterations // per_doubling).astype(np.float64))[1]
    steps = np.left_shift(1, np.maximum(digits - 1, 0).astype(np.int64))
    return not (iterations % steps).any()


def are_measured(iterations: NDArray[np.int64]) -> bool:
    """Whether should_measure() is true of all these iterations, from 0 to 2⁵³."""
    counts, rests = np.divmod(iterations, GAUGE_INTERVAL)
    return not rests.any() and are_recorded(counts, GAUGES_PER_DOUBLING)


def max_recorded(until: int) -> int:
    """How many iterations up to this one are recorded, at most."""
    doublings = (until // RECORDED_PER_DOUBLING).bit_length()
    return min(until, RECORDED_PER_DOUBLING * (1 + doublings)) + 1

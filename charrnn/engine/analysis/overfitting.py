"""Whether the held-out loss has risen again, beyond the noise of its evaluations."""

from collections.abc import Sequence

import numpy as np

MIN_EVALUATIONS = 8  # two in each stretch
SHARE = 0.25  # of the evaluations, in each of the two stretches that are compared
STANDARD_ERRORS = 4.0
MIN_RISE = 0.01  # of the loss
MIN_TRAINING_RISE = 0.02  # of the smooth loss
MAX_COMPARED = 256  # evaluations; of more, every 2nd, 4th ... and the newest


def lowest_before_rise(evaluations: list[tuple[int, float]]) -> int | None:
    """The iteration of the lowest held-out loss, if the loss has risen since; None if it has not.

    evaluations: (iteration, held-out loss), in order of iteration.

    The median of the last quarter of all evaluations is compared with the lowest median of any
    stretch as long. It has to be higher by MIN_RISE, and by STANDARD_ERRORS of such a difference.
    The noise of one evaluation is estimated from the differences between successive ones, to which
    a slow rise or fall adds little.
    """
    losses = np.array([loss for _, loss in evaluations])
    if len(losses) < MIN_EVALUATIONS:
        return None
    lowest = int(losses.argmin())
    stride = 1
    while len(losses) > MAX_COMPARED * stride:
        stride *= 2
    after_lowest = len(losses) - 1 - lowest
    losses = losses[::-1][::stride][::-1]
    length = int(len(losses) * SHARE)
    if after_lowest < length * stride:
        return None
    medians = np.median(np.lib.stride_tricks.sliding_window_view(losses, length), axis=1)
    # The median of |a - b| is 0.954 standard deviations if a and b are normally distributed.
    noise = np.median(np.abs(np.diff(losses))) / 0.954
    margin = max(MIN_RISE * medians.min(), STANDARD_ERRORS * noise * np.sqrt(2 / length))
    return evaluations[lowest][0] if medians[-1] - medians.min() > margin else None


def training_loss_rose(curve: Sequence[tuple[int, float]], since: int) -> bool:
    """Whether the training loss is higher now than at the iteration `since`.

    If the held-out loss has risen meanwhile, this tells a learning rate that is too high, where
    both rise, from a text that is memorized, where the training loss falls.

    curve: (iteration, smooth loss), in order of iteration.
    """
    iterations, losses = zip(*curve, strict=True)
    then = float(np.interp(since, iterations, losses))
    return bool(losses[-1] > (1 + MIN_TRAINING_RISE) * then)

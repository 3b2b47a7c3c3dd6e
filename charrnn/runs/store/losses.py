"""Two figures that sum up the losses of a run: mean of the last windows, lowest smooth loss.

The smooth loss moves by a thousandth at each window. After a thousand iterations it still contains
the loss of guessing, so the mean of the last windows says better what the network costs now.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import Any, NamedTuple

from charrnn.engine.training import SMOOTHING

RECENT_WINDOWS = 200


class LossFigures(NamedTuple):
    """In nats, summed over the window."""

    recent_loss: float
    best_smooth_loss: float


def loss_figures(
    metrics: Sequence[tuple[Any, ...]], iteration: int, smooth_loss: float
) -> LossFigures:
    """The figures from recorded losses alone, for a run whose worker has not measured them.

    metrics: rows of (iteration, loss, smooth loss, ...) in order of iteration, from the first one
    of the run. iteration, smooth_loss: where it is now.
    """
    return LossFigures(
        recent_loss=_recent_loss(metrics, iteration, smooth_loss),
        best_smooth_loss=min([smooth_loss, *(row[2] for row in metrics)]),
    )


def _recent_loss(metrics: Sequence[tuple[Any, ...]], iteration: int, smooth_loss: float) -> float:
    first = max(0, iteration - RECENT_WINDOWS)
    recent = [loss for n, loss, *_ in metrics if n > first]
    if recent and len(recent) == iteration - first:
        return fmean(recent)
    # Later on, few windows are recorded: all of them are in the smooth loss.
    before = [(n, smooth) for n, _, smooth, *_ in metrics if n <= first]
    if not before:
        return smooth_loss
    n, smooth_loss_before = before[-1]
    return mean_between(smooth_loss_before, smooth_loss, iteration - n)


def mean_between(before: float, after: float, windows: int) -> float:
    """The mean loss of the windows between two smooth losses, without reading these windows.

    With d = 1 - SMOOTHING, after = dⁿ before + Σ (1 - d) dⁱ lossᵢ, where i counts the n windows
    back from the last. The sum without its first part, over 1 - dⁿ, is their mean; the weight of
    the first of 200 windows is 18 % below that of the last. windows: n; without any, `after`.
    """
    kept = (1 - SMOOTHING) ** windows
    return (after - kept * before) / (1 - kept) if windows else after

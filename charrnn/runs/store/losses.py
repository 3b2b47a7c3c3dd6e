"""Two figures that sum up the losses of a run: mean of the last windows, lowest smooth loss.

The smooth loss moves by a thousandth at each window. After a thousand iterations it still contains
the loss of guessing, so the mean of the last windows says better what the network costs now.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import Any, NamedTuple

from charrnn.engine.training import SMOOTHING

RECENT_WINDOWS = 200
MIN_ROWS = 20  # that the mean takes if it can: later on, few windows are recorded


class LossFigures(NamedTuple):
    """In nats, summed over the window."""

    recent_loss: float
    best_smooth_loss: float


def loss_figures(metrics: Sequence[tuple[Any, ...]], smooth_loss: float) -> LossFigures:
    """The figures from recorded losses alone, for a run whose worker has not measured them.

    metrics: rows of (iteration, loss, smooth loss, ...) in order of iteration. smooth_loss: the
    newest.
    """
    windows = [(n, loss) for n, loss, *_ in metrics[-RECENT_WINDOWS:] if n > 0]
    recent = [loss for n, loss in windows if n > windows[-1][0] - RECENT_WINDOWS]
    if len(recent) < MIN_ROWS:
        recent = [loss for _, loss in windows[-MIN_ROWS:]]
    return LossFigures(
        recent_loss=fmean(recent) if recent else smooth_loss,
        best_smooth_loss=min([smooth_loss, *(row[2] for row in metrics)]),
    )


def mean_between(before: float, after: float, windows: int) -> float:
    """The mean loss of the windows between two smooth losses, without reading these windows.

    With d = 1 - SMOOTHING, after = dⁿ before + Σ (1 - d) dⁱ lossᵢ, where i counts the n windows
    back from the last. The sum without its first part, over 1 - dⁿ, is their mean; the weight of
    the first of 200 windows is 18 % below that of the last. windows: n; without any, `after`.
    """
    kept = (1 - SMOOTHING) ** windows
    return (after - kept * before) / (1 - kept) if windows else after

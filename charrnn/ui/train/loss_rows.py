"""The rows of the loss chart: everything in it that changes while a run trains.

Losses here are in nats per character until loss_rows() converts them to every unit.
"""

import math
from typing import Any

import numpy as np
import pandas as pd

from charrnn.engine.analysis.baselines import BASELINE_LABELS
from charrnn.engine.evaluation import newest_evaluation
from charrnn.ui.shared.charts.specs import UNITS, doubled, thinned
from charrnn.ui.train.run_view import CurvePoint, RunView

HELD_OUT_LABEL = "held-out"

LN_2 = math.log(2)
MAX_DOTS = 100  # samples marked on the curve
MIN_CHANGE_DISTANCE = 0.03  # between marks of the learning rate, as a share of the iterations
RATE_LABEL_LINES = 6  # labels of the learning rate alternate between so many lines
PLOT_HEIGHT = 255  # pixels, without the axis below
LABEL_DISTANCE = 16  # pixels, at least, between the middles of two labels in the margin

Row = dict[str, Any]


def loss_rows(view: RunView, unit: str, axis: str) -> pd.DataFrame:
    """Everything the chart shows, one row per mark; `kind` is the layer that a row belongs to.

    All that changes while a run trains is in the rows, even the extent of the axes. So the
    specification never changes, and the chart keeps its hover and its zoom.
    """
    rows = _curve_rows(view) + _baseline_rows(view) + _rival_rows(view)
    rows += _corner_rows(view, axis) + _label_rows(view)
    # Built column by column with the final types, because to change a DataFrame afterwards takes
    # three times as long, at every refresh of every page.
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    nats = np.array(columns.pop("nats_per_character"), dtype=float)
    iterations = np.array(columns.pop("iteration"), dtype=float)
    numbers = {
        "iteration": iterations,
        "seconds": np.array(columns.pop("seconds"), dtype=float),
        "characters": iterations * view.config.characters_per_iteration,
    }
    numbers |= {name: _in_unit(nats, name, view) for name in UNITS}
    high = np.array(columns.pop("high"), dtype=float)
    numbers |= {"x": numbers[axis], "y": numbers[unit], "y2": _in_unit(high, unit, view)}
    return pd.DataFrame(columns | {name: n.astype("float32") for name, n in numbers.items()})


def _in_unit(nats: np.ndarray, unit: str, view: RunView) -> np.ndarray:
    """Losses in nats per character in one of UNITS."""
    if unit == "bits":
        return nats / LN_2
    if unit == "nats":
        return nats * view.config.seq_length
    return np.exp(np.minimum(nats, 80.0))  # without overflow in float32


def _row(kind: str, iteration: float, nats: float, seconds: float = 0.0, label: str = "") -> Row:
    return {
        "kind": kind,
        "iteration": iteration,
        "nats_per_character": nats,
        "seconds": seconds,
        "label": label,
        "high": math.nan,  # the upper end of an interval, in nats per character
        "label_y": 0,  # pixels from the top, for labels of the learning rate
    }


# --- The curve, and what lies on it -------------------------------------------------------------


class Interpolation:
    """Smooth loss and training time at iterations between the points of the curve."""

    def __init__(self, curve: list[CurvePoint]):
        # As arrays, because np.interp() would convert lists again at every call.
        self._iterations = np.array([point.iteration for point in curve], dtype=float)
        self._smooth_losses = np.array([point.smooth_loss for point in curve])
        self._seconds = np.array([point.seconds for point in curve])

    def smooth_loss(self, iteration: int) -> float:
        """Nats, summed over the window."""
        return float(np.interp(iteration, self._iterations, self._smooth_losses))

    def seconds(self, iteration: int) -> float:
        """Seconds of training."""
        return float(np.interp(iteration, self._iterations, self._seconds))


def _curve_rows(view: RunView) -> list[Row]:
    T, at = view.config.seq_length, Interpolation(view.curve)
    _, high = _extent(view)
    rows = []
    for n, loss, smooth_loss, seconds in view.curve:
        # The loss of a single window may be far above, and must not stretch the axis.
        if loss is not None:
            rows.append(_row("loss", n, min(loss / T, high), seconds))
        rows.append(_row("smooth", n, smooth_loss / T, seconds))
    seconds_at = {point.iteration: point.seconds for point in view.curve}
    # A line from the guesses before the first update would show a slow fall that nobody measured.
    for n, held_out in view.evaluations[1:] if len(view.evaluations) > 2 else view.evaluations:
        rows.append(_row("held-out", n, held_out, seconds_at.get(n, at.seconds(n))))
    if view.best and draws_held_out_line(view) and view.best[0] < view.evaluations[-1][0]:
        n, held_out = view.best  # a later evaluation was worse
        rows.append(_row("best", n, held_out, at.seconds(n), f"best: iteration {n:,}"))
    for n in thinned(view.sample_iterations, MAX_DOTS):
        rows.append(_row("sample", n, at.smooth_loss(n) / T, at.seconds(n)))
    for i, (n, rate) in enumerate(settled(view.rate_changes, view.iteration)):
        row = _row("rate", n, at.smooth_loss(n) / T, at.seconds(n), f"learning rate {rate:g}")
        rows.append(row | {"label_y": 10 + 16 * (i % RATE_LABEL_LINES)})
    return rows


def draws_held_out_line(view: RunView) -> bool:
    """Whether there is a held-out line in the chart: the guesses before training draw none."""
    return newest_evaluation(view.evaluations) is not None


def settled(changes: list[tuple[int, float]], iteration: int) -> list[tuple[int, float]]:
    """The changes of the learning rate that were not followed by another one at once.

    A slider that is moved from 0.1 to 0.01 passes all the values between. changes: (iteration,
    learning rate). iteration: how far the run is.
    """
    distance = iteration * MIN_CHANGE_DISTANCE
    next_iterations = [n for n, _ in changes[1:]] + [math.inf]
    return [
        change
        for change, following in zip(changes, next_iterations, strict=False)
        if following - change[0] > distance
    ]


# --- Baselines, axes, labels ---------------------------------------------------------------------


def _baseline_rows(view: RunView) -> list[Row]:
    return [_row("baseline", 0, bits * LN_2) for bits in view.baselines]


def _rival_rows(view: RunView) -> list[Row]:
    """The lines of rivals that no baseline has drawn, and where the network overtakes each."""
    rows, at = [], Interpolation(view.curve)
    for rival in view.rivals:
        if rival.label not in BASELINE_LABELS.values():
            rows.append(_row("baseline", 0, rival.bits * LN_2))
        if rival.low is not None and rival.high is not None:
            high = min(rival.high * LN_2, _extent(view)[1])
            rows.append(_row("interval", 0, rival.low * LN_2) | {"high": high})
        n = rival.overtaken_at
        if n is not None:
            rows.append(_row("overtaken", n, rival.bits * LN_2, at.seconds(n), rival.label))
    return rows


def _corner_rows(view: RunView, axis: str) -> list[Row]:
    """Two invisible corners. The x axis doubles when it is full, so that the curve never creeps."""
    low, high = _extent(view)
    newest = view.curve[-1]
    if axis == "seconds":
        end = _row("corner", 0, high, doubled(4.0, newest.seconds))
    else:
        limit = max(view.iterations, newest.iteration)
        end = _row("corner", min(doubled(100, newest.iteration), limit), high)
    return [_row("corner", 0, low), end]


def _extent(view: RunView) -> tuple[float, float]:
    """Both ends of the y axis, in nats per character.

    Rounded to half and quarter bits, so that the axis stays the same while the loss falls a little.
    """
    T, baselines = view.config.seq_length, view.baselines
    bits = [point.smooth_loss / T / LN_2 for point in view.curve]
    # At the lower end also those of single windows, which are never below 0.
    windows = [point.loss / T / LN_2 for point in view.curve if point.loss is not None]
    held_out = [nats / LN_2 for _, nats in view.evaluations]
    rivals = [rival.bits for rival in view.rivals]
    low = min(*bits, *windows, *held_out, *rivals, baselines.trigram, baselines.bigram - 0.5)
    high = max([min(max(*bits, baselines.uniform), 1.5 * baselines.uniform), *held_out])
    low = max(0.0, math.floor(2 * (low - 0.25)) / 2)
    label_height = 0.08 * (high - low) + 0.05
    return low * LN_2, math.ceil(4 * (high + label_height)) / 4 * LN_2


def _label_rows(view: RunView) -> list[Row]:
    """The names of the lines, each beside the end of its line as far as there is room.

    In every unit, equal steps of the loss are drawn equally high.
    """
    low, high = _extent(view)
    labels = [
        ("baseline label", bits * LN_2, BASELINE_LABELS[name])
        for name, bits in view.baselines._asdict().items()
    ]
    labels += [
        ("baseline label", rival.bits * LN_2, rival.label)
        for rival in view.rivals
        if rival.label not in BASELINE_LABELS.values()
    ]
    if draws_held_out_line(view):
        labels.append(("held-out label", view.evaluations[-1][1], HELD_OUT_LABEL))
    labels.sort(key=lambda label: label[1])
    distance = LABEL_DISTANCE * (high - low) / PLOT_HEIGHT
    heights = spread([nats for _, nats, _ in labels], distance, low, high)
    return [
        _row(kind, view.curve[-1].iteration, height, view.curve[-1].seconds, label)
        for (kind, _, label), height in zip(labels, heights, strict=True)
    ]


def spread(heights: list[float], distance: float, low: float, high: float) -> list[float]:
    """Ascending heights, moved as little as possible to be `distance` apart, from low to high."""
    # Less i·distance they only have to ascend. Where they do not, each takes the mean of its group.
    groups: list[tuple[float, int]] = []  # mean, size
    for i, height in enumerate(heights):
        mean, size = height - i * distance, 1
        while groups and groups[-1][0] > mean:
            below, n = groups.pop()
            mean, size = (n * below + size * mean) / (n + size), n + size
        groups.append((mean, size))
    means = [mean for mean, size in groups for _ in range(size)]
    most = high - (len(heights) - 1) * distance
    return [max(low, min(mean, most)) + i * distance for i, mean in enumerate(means)]

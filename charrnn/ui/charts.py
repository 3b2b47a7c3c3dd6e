"""The loss chart: rows in, specification out. Nothing here displays."""

import math
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from charrnn.ui.snapshot import Snapshot
from charrnn.ui.style import ACCENT, HELD_OUT, QUIET

UNITS = {
    "bits": "bits per character",
    "nats": "nats per window",
    "perplexity": "perplexity",
}
AXES = {"iteration": "iteration", "characters": "characters read", "seconds": "seconds"}

LANDMARK_NAMES = {
    "uniform": "guessing",
    "unigram": "letter frequencies",
    "bigram": "pairs of letters",
    "trigram": "triples",
}

HELD_OUT_NAME = "text it never saw"

MAX_DOTS = 100
RATE_LABEL_ROWS = 6
CHANGES_APART = 0.03  # of the iterations so far, at least, between marks of the learning rate
LABELS_APART = 0.065  # of the height, at least, between labels of landmarks
LN_2 = math.log(2)
CHART_HEIGHT = 340
TEXT = 13  # pixels: it is read from the last row, too, and has room on a phone
LARGE_TEXT = {"labelFontSize": TEXT, "titleFontSize": TEXT}  # of an axis
PLOT_HEIGHT = 255  # of it: the axis is below
NAME_RISE = 8  # pixels from the line of a landmark up to the middle of its label
NAME_APART = 16  # pixels, at least, between the middles of two labels
NAME_FROM_LINE = range(10, 40)  # pixels from the held-out line to the middle of its label
NAME_ROOM = 120  # pixels that a label beside a line needs


def loss_rows(snapshot: Snapshot, unit: str, axis: str) -> pd.DataFrame:
    """Everything the chart shows, one row a mark; `kind` says which layer a row is for.

    All that changes while a run trains is in here, the extent of the axes too, so that the
    specification stays the same and the chart keeps its hover and its zoom.
    """
    rows = _curve_rows(snapshot)
    rows += _landmark_rows(snapshot)
    rows += _extent_rows(snapshot, axis)
    rows += _held_out_name_rows(snapshot, rows)
    # Column by column, each in its final form: a frame that is changed afterwards takes three
    # times as long, at every tick of every page.
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    nats = np.array(columns.pop("nats_per_character"), dtype=float)
    iterations = np.array(columns.pop("iteration"), dtype=float)
    numbers = {
        "iteration": iterations,
        "seconds": np.array(columns.pop("seconds"), dtype=float),
        "characters": iterations * snapshot.characters_per_iteration,
        "bits": nats / LN_2,
        "nats": nats * snapshot.config.seq_length,
        "perplexity": np.exp(np.minimum(nats, 80.0)),
    }
    numbers |= {"x": numbers[axis], "y": numbers[unit]}
    return pd.DataFrame(columns | {name: n.astype("float32") for name, n in numbers.items()})


def _row(kind: str, iteration: float, nats: float, seconds: float = 0.0, label: str = "") -> dict:
    return {
        "kind": kind,
        "iteration": iteration,
        "nats_per_character": nats,
        "seconds": seconds,
        "label": label,
        "row": 0,  # pixels from the top, for labels
    }


def _curve_rows(snapshot: Snapshot) -> list[dict]:
    T, history = snapshot.config.seq_length, snapshot.history
    seconds = {n: s for n, _, _, s in history.metrics}
    at = Interpolation(history.metrics)
    rows = []
    low, high = _extent(snapshot)
    for n, loss, smooth, s in history.metrics:
        # Single windows may be far out; they must not stretch the axis.
        if loss is not None:
            rows.append(_row("loss", n, min(max(loss / T, low), high), s))
        rows.append(_row("smooth", n, smooth / T, s))
    for n, held_out in history.evaluations:
        rows.append(_row("held", n, held_out, seconds.get(n, at.seconds(n))))
    for n in thinned(history.sample_iterations, MAX_DOTS):
        rows.append(_row("sample", n, at.smooth(n) / T, at.seconds(n)))
    for i, (n, rate) in enumerate(settled(history.rate_changes, snapshot.iteration)):
        label = f"learning rate {rate:g}"
        row = 10 + 16 * (i % RATE_LABEL_ROWS)  # labels stand below each other
        rows.append(_row("rate", n, at.smooth(n) / T, at.seconds(n), label) | {"row": row})
    return rows


def settled(changes: list[tuple[int, float]], iteration: int) -> list[tuple[int, float]]:
    """Changes of the learning rate, without those that others followed at once.

    A slider on its way from 0.1 to 0.01 passes all the values between.
    """
    apart = iteration * CHANGES_APART
    followers = [n for n, _ in changes[1:]] + [math.inf]
    return [
        change
        for change, after in zip(changes, followers, strict=False)
        if after - change[0] > apart
    ]


def _landmark_rows(snapshot: Snapshot) -> list[dict]:
    """A line for each landmark; where two lie close, the upper one is labelled for both."""
    low, high = _extent(snapshot)
    rows = []
    for name, bits in snapshot.corpus.landmarks._asdict().items():
        nats, label = bits * LN_2, LANDMARK_NAMES[name]
        named = [row for row in rows if row["label"]]
        if named and named[-1]["nats_per_character"] - nats < LABELS_APART * (high - low):
            named[-1]["label"] += f", {label}"
            label = ""
        rows.append(_row("landmark", 0, nats, label=label))
    return rows


def _extent_rows(snapshot: Snapshot, axis: str) -> list[dict]:
    """Two invisible corners. The x axis doubles when it is full, so the curve never creeps."""
    low, high = _extent(snapshot)
    newest = snapshot.history.metrics[-1]
    if axis == "seconds":
        return [_row("extent", 0, low), _row("extent", 0, high, doubled(4.0, newest[3]))]
    end = min(doubled(100, newest[0]), max(snapshot.iterations, newest[0]))
    return [_row("extent", 0, low), _row("extent", end, high)]


def _held_out_name_rows(snapshot: Snapshot, rows: list[dict]) -> list[dict]:
    """The label at the end of the held-out line: off the bold line, landmarks and their labels.

    rows: all others. In every unit equal steps of the loss are drawn equally high.
    """
    if len(snapshot.history.evaluations) < 2:
        return []  # one point is no line
    drawn = [row["nats_per_character"] for row in rows]
    marks = [row["nats_per_character"] for row in rows if row["kind"] == "landmark"]
    low, high = min(drawn), max(drawn)
    pixel = (high - low) / PLOT_HEIGHT
    n, held_out = snapshot.history.evaluations[-1]
    at = Interpolation(snapshot.history.metrics)
    side = 1 if held_out * snapshot.config.seq_length >= at.smooth(n) else -1
    top, bottom = high - NAME_RISE * pixel, low + NAME_RISE * pixel
    away = [way * p * pixel for way in (side, -side) for p in NAME_FROM_LINE]
    places = [min(max(held_out + d, bottom), top) for d in away]

    def is_free(place: float) -> bool:
        up = [(place - mark) / pixel for mark in marks]
        return not any(-NAME_RISE < pixels < NAME_RISE + NAME_APART for pixels in up)

    place = next(filter(is_free, places), places[0])
    return [_row("held name", n, place, at.seconds(n), HELD_OUT_NAME)]


def _extent(snapshot: Snapshot) -> tuple[float, float]:
    """Where the y axis begins and ends, nats per character, in steps so coarse that it rests."""
    T, history, marks = snapshot.config.seq_length, snapshot.history, snapshot.corpus.landmarks
    bits = [row[2] / T / LN_2 for row in history.metrics]
    held_out = [nats / LN_2 for _, nats in history.evaluations]
    low = min(*bits, *held_out, marks.trigram, marks.bigram - 0.5)
    high = max([min(max(*bits, marks.uniform), 1.5 * marks.uniform), *held_out])
    low = max(0.0, math.floor(2 * (low - 0.25)) / 2)
    room_for_a_label = 0.08 * (high - low) + 0.05
    return low * LN_2, math.ceil(4 * (high + room_for_a_label)) / 4 * LN_2


def doubled(start: float, least: float) -> float:
    """The first of start, 2·start, 4·start ... that is at least `least`."""
    while start < least:
        start *= 2
    return start


class Interpolation:
    """Where a curve lies at iterations between its rows."""

    def __init__(self, metrics: list[tuple[int, float, float, float]]):
        self._n = [row[0] for row in metrics]
        self._smooth = [row[2] for row in metrics]
        self._seconds = [row[3] for row in metrics]

    def smooth(self, iteration: int) -> float:
        return float(np.interp(iteration, self._n, self._smooth))

    def seconds(self, iteration: int) -> float:
        return float(np.interp(iteration, self._n, self._seconds))


def thinned(items: list, most: int) -> list:
    """At most about `most` of them: every 2nd, 4th, ... and always the last."""
    stride = 1
    while len(items) > most * stride:
        stride *= 2
    kept = items[::stride]
    return kept if not items or kept[-1] == items[-1] else [*kept, items[-1]]


def zoom_and_pan() -> alt.Parameter:
    """Zoom with the wheel and Ctrl, drag with the mouse. A finger that moves scrolls the page."""
    return alt.selection_interval(
        name="zoom",
        bind="scales",
        zoom="wheel![event.ctrlKey || event.metaKey]",
        translate="[mousedown, window:mouseup] > window:mousemove!",
    )


@cache
def loss_spec(unit: str, axis: str) -> dict:
    """The Vega-Lite specification of the loss chart, made once for each choice of axes."""
    scale = (
        alt.Scale(nice=False, type="log")
        if unit == "perplexity"
        else alt.Scale(nice=False, zero=False)
    )
    x = alt.X(
        "x:Q",
        title=AXES[axis],
        scale=alt.Scale(nice=False),
        axis=alt.Axis(format="~s", tickCount=6, grid=False, **LARGE_TEXT),
    )
    y = alt.Y("y:Q", title=UNITS[unit], scale=scale, axis=alt.Axis(tickCount=6, **LARGE_TEXT))
    base = alt.Chart(alt.NamedData("source")).encode(x=x, y=y)

    def of(kind: str) -> alt.Chart:
        return base.transform_filter(alt.datum.kind == kind)

    zoom = zoom_and_pan()
    nearest = alt.selection_point(
        name="nearest", on="pointermove", nearest=True, fields=["iteration"], empty=False
    )
    pick = alt.selection_point(
        name="pick", on="click", nearest=True, fields=["iteration"], toggle=False
    )
    tooltip = [
        alt.Tooltip("iteration:Q", title="iteration", format=","),
        alt.Tooltip("bits:Q", title="bits per character", format=".3f"),
        alt.Tooltip("nats:Q", title="nats per window", format=".2f"),
        alt.Tooltip("perplexity:Q", title="like choosing among", format=".1f"),
        alt.Tooltip("characters:Q", title="characters read", format=","),
        alt.Tooltip("seconds:Q", title="seconds", format=".1f"),
    ]
    landmark = alt.Chart(alt.NamedData("source")).transform_filter(alt.datum.kind == "landmark")
    rate = alt.Chart(alt.NamedData("source")).transform_filter(alt.datum.kind == "rate").encode(x=x)
    name = landmark.encode(y=y, x=alt.value("width"), text="label:N")
    # A label begins where its line is, or ends there if there is no room behind.
    behind = f"scale('x', datum.x) + {NAME_ROOM} < width"
    beside = {
        "align": {"expr": f"{behind} ? 'left' : 'right'"},
        "dx": {"expr": f"{behind} ? 4 : -4"},
    }
    layers = [
        of("extent").mark_point(opacity=0, tooltip=None).add_params(zoom),
        landmark.mark_rule(strokeDash=[2, 4], color=QUIET, opacity=0.9, clip=True).encode(y=y),
        name.mark_text(
            align="right",
            dx=-4,
            dy=-7,
            font="serif",
            fontStyle="italic",
            fontSize=TEXT + 1,  # the serif letters are smaller
            color=QUIET,
            clip=True,
        ),
        of("loss").mark_line(color=ACCENT, opacity=0.28, strokeWidth=1, clip=True),
        of("held").mark_line(color=HELD_OUT, strokeDash=[5, 3], strokeWidth=1.8, clip=True),
        of("smooth").mark_line(color=ACCENT, strokeWidth=2.6, clip=True),
        of("held name")
        .mark_text(**beside, color=HELD_OUT, fontSize=TEXT, clip=True)
        .encode(text="label:N"),
        rate.mark_rule(color=QUIET, strokeWidth=1, clip=True),
        rate.mark_text(**beside, color=QUIET, fontSize=TEXT, clip=True).encode(
            y=alt.Y("row:Q", scale=None, axis=None), text="label:N"
        ),
        of("sample")
        .mark_point(color=ACCENT, filled=True, size=22, opacity=1, clip=True, cursor="pointer")
        .encode(tooltip=tooltip)
        .add_params(pick),
        of("smooth")
        .mark_point(color=ACCENT, filled=True, size=70, clip=True)
        .encode(opacity=alt.condition(nearest, alt.value(1), alt.value(0)), tooltip=tooltip)
        .add_params(nearest),
    ]
    chart = alt.layer(*layers).properties(height=CHART_HEIGHT)
    spec = chart.to_dict()
    for dropped in ("data", "config", "$schema", "datasets"):
        spec.pop(dropped, None)
    return spec

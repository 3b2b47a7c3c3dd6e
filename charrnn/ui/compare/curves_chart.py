"""The chart of the compared losses: its rows and its specification. Nothing here displays."""

from typing import Any

import altair as alt
import pandas as pd

from charrnn.engine.evaluation import bits_per_character
from charrnn.ui.compare.compared_run import ComparedRun
from charrnn.ui.compare.line_style import LineStyle
from charrnn.ui.shared.charts.specs import (
    AXES,
    LARGE_TEXT,
    SHORT_NUMBERS,
    compiled,
    doubled,
    themed,
    zoom_and_pan,
)
from charrnn.ui.style import MUTED

HEIGHT = 320  # pixels
MARGIN = 1.04  # the x axis is this much longer than the longest curve


def curve_rows(compared_runs: list[ComparedRun], axis: str) -> pd.DataFrame:
    """One row per point of each curve, and two invisible corners that hold the axes still."""
    frame = pd.DataFrame([row for compared in compared_runs for row in _points(compared)])
    end = _x_end(compared_runs, axis, float(frame[axis].max()))
    lowest, highest = frame["bits"].min(), frame["bits"].max()
    corners = pd.DataFrame(
        {
            "layer": "corner",
            axis: [0.0, end],
            "bits": [max(0.0, int(2 * (lowest - 0.2)) / 2), int(2 * highest + 1) / 2],
        }
    )
    frame = pd.concat([frame, corners], ignore_index=True)
    frame["x"] = frame[axis]
    numbers = ["x", "bits", "seconds", "characters", "iteration"]
    return frame.astype(dict.fromkeys(numbers, "float32"))


def _points(compared: ComparedRun) -> list[dict[str, Any]]:
    """The curve of one run, a row per point; the last point is its newest iteration."""
    run = compared.run
    points = [(n, smooth, seconds) for n, _, smooth, seconds in compared.history.metrics]
    points.append((run.iteration, run.smooth_loss, run.seconds))
    return [
        {
            "layer": "curve",
            "key": compared.key,
            "run": run.title,
            "settings": compared.differing_settings,
            "iteration": n,
            "characters": n * compared.run.config.characters_per_iteration,
            "seconds": seconds,
            "bits": bits_per_character(smooth, run.config.seq_length),
        }
        for n, smooth, seconds in points
    ]


def _x_end(compared_runs: list[ComparedRun], axis: str, longest: float) -> float:
    """Where the x axis ends. While a run trains it doubles when full, so curves do not creep."""
    runs = [compared.run for compared in compared_runs]
    if not any(run.moving for run in runs):
        return max(longest, 1.0) * MARGIN
    end = doubled(4.0 if axis == "seconds" else 100.0, longest * MARGIN)
    if axis == "seconds":
        return end  # how long the runs will take is unknown
    limit = max(
        run.iterations * (run.config.characters_per_iteration if axis == "characters" else 1)
        for run in runs
    )
    return max(min(end, limit * MARGIN), longest)


@themed
def curve_spec(keys: tuple[str, ...], styles: tuple[LineStyle, ...], axis: str) -> dict[str, Any]:
    """The Vega-Lite specification: a line for each key, in its style."""
    base = _base(axis)
    colors = alt.Scale(domain=keys, range=[style.color for style in styles])
    dashes = alt.Scale(domain=keys, range=[style.dash for style in styles])
    curves = base.transform_filter(alt.datum.layer == "curve").encode(
        color=alt.Color("key:N", legend=None, scale=colors), detail="key:N"
    )
    nearest = alt.selection_point(
        name="nearest", on="pointermove", nearest=True, fields=["key", "x"], empty=False
    )
    layers = [
        base.transform_filter(alt.datum.layer == "corner")
        .mark_point(opacity=0, tooltip=None, color=MUTED)
        .add_params(zoom_and_pan()),
        curves.mark_line(strokeWidth=2.4, clip=True).encode(
            strokeDash=alt.StrokeDash("key:N", legend=None, scale=dashes)
        ),
        curves.mark_point(filled=True, size=80, clip=True)
        .encode(opacity=alt.condition(nearest, alt.value(1), alt.value(0)), tooltip=_tooltip())
        .add_params(nearest),
    ]
    return compiled(alt.layer(*layers).properties(height=HEIGHT))


def _base(axis: str) -> alt.Chart:
    """The axes, which all layers share."""
    return alt.Chart(alt.NamedData("source")).encode(
        x=alt.X(
            "x:Q",
            title=AXES[axis],
            scale=alt.Scale(nice=False),
            axis=alt.Axis(labelExpr=SHORT_NUMBERS, tickCount=6, grid=False, **LARGE_TEXT),
        ),
        y=alt.Y(
            "bits:Q",
            title="bits per character (smooth)",
            scale=alt.Scale(nice=False, zero=False),
            axis=alt.Axis(tickCount=6, **LARGE_TEXT),
        ),
    )


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("run:N"),
        alt.Tooltip("settings:N"),
        alt.Tooltip("bits:Q", title="bits per character", format=".3f"),
        alt.Tooltip("iteration:Q", format=","),
        alt.Tooltip("characters:Q", title="characters read", format=","),
        alt.Tooltip("seconds:Q", format=".1f"),
    ]

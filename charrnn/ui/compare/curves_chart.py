"""The chart of the compared losses: its rows and its specification. Nothing here displays."""

from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from charrnn.engine.evaluation import bits_per_character
from charrnn.ui.compare.compared_run import ComparedRun, LineStyle
from charrnn.ui.shared.charts.specs import AXES, LARGE_TEXT, compiled, doubled, zoom_and_pan
from charrnn.ui.shared.formatting import listed
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
            "characters": n * compared.characters_per_iteration,
            "seconds": seconds,
            "bits": bits_per_character(smooth, run.config.seq_length),
        }
        for n, smooth, seconds in points
    ]


def _x_end(compared_runs: list[ComparedRun], axis: str, longest: float) -> float:
    """Where the x axis ends. While a run trains it doubles when full, so curves do not creep."""
    if not any(compared.run.moving for compared in compared_runs):
        return max(longest, 1.0) * MARGIN
    end = doubled(4.0 if axis == "seconds" else 100.0, longest * MARGIN)
    if axis == "seconds":
        return end  # how long the runs will take is unknown
    limit = max(
        compared.run.iterations * (compared.characters_per_iteration if axis == "characters" else 1)
        for compared in compared_runs
    )
    return max(min(end, limit * MARGIN), longest)


@cache
def curve_spec(keys: tuple[str, ...], styles: tuple[LineStyle, ...], axis: str) -> dict[str, Any]:
    """The Vega-Lite specification: a line for each key, in its style."""
    base = _base(axis)
    colours = alt.Scale(domain=keys, range=[style.colour for style in styles])
    dashes = alt.Scale(domain=keys, range=[style.dash for style in styles])
    curves = base.transform_filter(alt.datum.layer == "curve").encode(
        color=alt.Color("key:N", legend=None, scale=colours), detail="key:N"
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
            axis=alt.Axis(format="~s", tickCount=6, grid=False, **LARGE_TEXT),
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


def in_words(compared_runs: list[ComparedRun]) -> str:
    """The chart as a sentence: the lowest loss at the last iteration that all have reached."""
    if len(compared_runs) == 1:
        return f"{compared_runs[0].run.title} is at {compared_runs[0].bits:.2f} bits per character."
    not_started = [c.run.title for c in compared_runs if c.run.iteration == 0]
    if not_started:
        have = "has" if len(not_started) == 1 else "have"
        return f"{listed(not_started)} {have} not started: there is nothing to compare yet."
    sentence = _lowest_in_words(compared_runs)
    if len({compared.run.sha256 for compared in compared_runs}) > 1:
        sentence += " They learn different texts, and some texts are easier than others."
    return sentence


def _lowest_in_words(compared_runs: list[ComparedRun]) -> str:
    reached = [compared.run.iteration for compared in compared_runs]
    common = min(reached)
    # Rounded, so that losses that read the same count as equal.
    bits = [f"{_bits_at(compared, common):.2f}" for compared in compared_runs]
    lowest = min(bits, key=float)
    best = [_named(c) for c, figure in zip(compared_runs, bits, strict=True) if figure == lowest]
    at = f"At iteration {common:,}"
    if max(reached) > common:
        at += ", the last that all have reached,"
    if len(best) == 1:
        return f"{at} {best[0]} has the lowest loss: {lowest} bits per character."
    if len(best) == len(compared_runs):
        return f"{at} {listed(best)} have the same loss: {lowest} bits per character."
    return f"{at} {listed(best)} share the lowest loss: {lowest} bits per character."


def _named(compared: ComparedRun) -> str:
    settings = compared.differing_settings
    return compared.run.title + (f" ({settings})" if settings else "")


def _bits_at(compared: ComparedRun, iteration: int) -> float:
    """The loss at an iteration, in bits per character; interpolated, as the points are thinned."""
    if compared.run.iteration <= iteration:
        return compared.bits
    T, run = compared.run.config.seq_length, compared.run
    start = (0, T * compared.corpus.baselines.uniform * np.log(2))
    points = [start, *((n, smooth) for n, _, smooth, _ in compared.history.metrics)]
    iterations, losses = zip(*points, (run.iteration, run.smooth_loss), strict=True)
    return bits_per_character(float(np.interp(iteration, iterations, losses)), T)

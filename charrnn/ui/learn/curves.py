"""The chart of the loss of an experiment's runs. Rows and specification; draw() displays them."""

from typing import Any

import altair
import pandas as pd
import streamlit as st

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.evaluation import bits_per_character
from charrnn.ui.learn.result import Result
from charrnn.ui.shared.charts.specs import (
    COLOURS,
    FONT_SIZE,
    LARGE_TEXT,
    SHORT_NUMBERS,
    compiled,
    themed,
)
from charrnn.ui.style import MUTED

HEIGHT = 300  # pixels
MAX_BITS = 8.0  # a loss far above guessing must not stretch the axis
BASELINES = {
    "uniform": "guessing",
    "unigram": "letter frequencies",
    "bigram": "pairs",
    "trigram": "triples",
}


def draw(
    result: Result,
    *,
    baselines: Baselines | None = None,
    held_out: bool = False,
    names: dict[str, str] | None = None,
    alt: str,
) -> None:
    """Draw a curve for each run. baselines: drawn as dotted lines. held_out: that loss of
    a single run as well.

    names: label of a run -> what the legend calls it.
    """
    frame = rows(result, baselines=baselines, held_out=held_out, names=names or {})
    lines = tuple(dict.fromkeys(frame.loc[frame["layer"] == "curve", "line"]))
    st.vega_lite_chart(frame, spec(lines), key="learn_curves", alt=alt, width="stretch")


def draw_lines(frame: pd.DataFrame, *, x: str, alt: str, y: str = "bits per character") -> None:
    """Draw lines. frame: with the columns line, x and bits. x, y: the titles of the axes."""
    frame = frame.assign(layer="curve").astype({"x": "float32", "bits": "float32"})
    lines = tuple(dict.fromkeys(frame["line"]))
    st.vega_lite_chart(frame, spec(lines, x, y), key="learn_lines", alt=alt, width="stretch")


def rows(
    result: Result,
    *,
    baselines: Baselines | None = None,
    held_out: bool = False,
    names: dict[str, str] | None = None,
) -> pd.DataFrame:
    """One row for each point of each curve, and for each baseline."""
    found: list[dict[str, Any]] = []
    for outcome in result.outcomes:
        config = outcome.run.config
        name = (names or {}).get(outcome.label, outcome.label) or "the network"
        per_iteration = config.seq_length * config.streams
        points = [(n, smooth) for n, _, smooth, _ in outcome.history.metrics]
        points.append((outcome.run.iteration, outcome.run.smooth_loss))
        for n, smooth in points:
            bits = min(bits_per_character(smooth, config.seq_length), MAX_BITS)
            found.append(_row("curve", name, n * per_iteration, bits))
        for n, loss in outcome.history.evaluations if held_out else []:
            bits = min(bits_per_character(loss, 1), MAX_BITS)
            found.append(_row("curve", "held-out text", n * per_iteration, bits))
    for field, label in BASELINES.items() if baselines else []:
        found.append(_row("baseline", label, 0.0, getattr(baselines, field)))
    return pd.DataFrame(found).astype({"x": "float32", "bits": "float32"})


def _row(layer: str, line: str, x: float, bits: float) -> dict[str, Any]:
    return {"layer": layer, "line": line, "x": x, "bits": bits}


@themed
def spec(
    lines: tuple[str, ...], x: str = "characters read", y: str = "bits per character"
) -> dict[str, Any]:
    """The Vega-Lite specification, with a colour for each line. x, y: the titles of the axes."""
    base = altair.Chart(altair.NamedData("source")).encode(
        y=altair.Y(
            "bits:Q",
            title=y,
            scale=altair.Scale(nice=False, zero=False),
            axis=altair.Axis(tickCount=6, **LARGE_TEXT),
        )
    )
    baseline = base.transform_filter(altair.datum.layer == "baseline")
    curves = base.transform_filter(altair.datum.layer == "curve").encode(
        x=altair.X(
            "x:Q",
            title=x,
            scale=altair.Scale(nice=False),
            axis=altair.Axis(labelExpr=SHORT_NUMBERS, tickCount=6, grid=False, **LARGE_TEXT),
        ),
        color=altair.Color(
            "line:N",
            scale=altair.Scale(domain=lines, range=list(COLOURS[: len(lines)])),
            legend=altair.Legend(orient="top", title=None, labelFontSize=FONT_SIZE, labelLimit=400)
            if len(lines) > 1
            else None,
        ),
    )
    layers = [
        baseline.mark_rule(strokeDash=[2, 4], color=MUTED, opacity=0.9, tooltip=None),
        baseline.encode(x=altair.value("width"), text="line:N").mark_text(
            align="left",
            baseline="middle",
            dx=6,
            font="serif",
            fontStyle="italic",
            fontSize=FONT_SIZE,
            color=MUTED,
            tooltip=None,
        ),
        curves.mark_line(strokeWidth=2.6, tooltip=None),
    ]
    return compiled(altair.layer(*layers).properties(height=HEIGHT))


@themed
def share_spec(lines: tuple[str, ...], title: str) -> dict[str, Any]:
    """A bar for each line, from 0 to 100 %, with a rule at a third: a guess among three."""
    bars = altair.Chart(altair.NamedData("source")).encode(
        y=altair.Y(
            "line:N", title=None, sort=list(lines), axis=altair.Axis(labelFontSize=FONT_SIZE)
        ),
        x=altair.X(
            "share:Q",
            title=title,
            scale=altair.Scale(domain=[0, 1]),
            axis=altair.Axis(format="%", tickCount=5, grid=False, **LARGE_TEXT),
        ),
        color=altair.Color(
            "line:N",
            legend=None,
            scale=altair.Scale(domain=list(lines), range=list(COLOURS[: len(lines)])),
        ),
    )
    guess = altair.Chart(altair.NamedData("source")).encode(x=altair.datum(1 / 3))
    layers = [
        bars.mark_bar(tooltip=None),
        bars.encode(text=altair.Text("share:Q", format=".0%")).mark_text(
            align="left", dx=5, fontSize=FONT_SIZE, tooltip=None
        ),
        guess.mark_rule(strokeDash=[2, 4], color=MUTED, tooltip=None),
    ]
    return compiled(altair.layer(*layers).properties(height=altair.Step(46)))

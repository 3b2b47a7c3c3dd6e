"""The chart of the loss of an experiment's runs. Rows and specification; draw() displays them."""

from typing import Any

import altair
import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.evaluation import bits_per_character
from charrnn.ui.learn.result import Result
from charrnn.ui.shared.charts.specs import (
    COLORS,
    FONT_SIZE,
    LARGE_TEXT,
    SHORT_NUMBERS,
    compiled,
    themed,
)
from charrnn.ui.style import ACCENT, MUTED

HEIGHT, SPIKE_HEIGHT = 300, 200  # pixels
MAX_BITS = 8.0  # a loss far above guessing must not stretch the axis
BASELINES = {
    "uniform": "guessing",
    "unigram": "unigrams",
    "bigram": "bigrams",
    "trigram": "trigrams",
}


def draw(
    result: Result,
    *,
    baselines: Baselines | None = None,
    held_out: bool = False,
    name: str = "the network",
    alt: str,
) -> None:
    """Draw a curve for each run. baselines: drawn as dotted lines. held_out: that loss of
    a single run as well.

    name: what the legend calls a run that is alone.
    """
    frame = rows(result, baselines=baselines, held_out=held_out, name=name)
    lines = tuple(dict.fromkeys(frame.loc[frame["layer"] == "curve", "line"]))
    st.vega_lite_chart(frame, spec(lines), key="learn_curves", alt=alt, width="stretch")


def draw_lines(
    frame: pd.DataFrame, *, x: str, y: str = "bits per character", alt: str, faint: str = ""
) -> None:
    """Draw lines. frame: with the columns line, x and bits. x, y: the titles of the axes.

    faint: a line that is drawn behind the others.
    """
    frame = frame.assign(layer=np.where(frame["line"] == faint, "faint", "curve"))
    frame = frame.astype({"x": "float32", "bits": "float32"})
    lines = tuple(dict.fromkeys(frame["line"]))
    st.vega_lite_chart(frame, spec(lines, x, y), key="learn_lines", alt=alt, width="stretch")


def draw_spikes(losses: list[tuple[int, float]], spikes: list[int], *, key: str) -> None:
    """Draw the loss of single windows, with a dot on each spike to click.

    losses: (iteration, nats). spikes: iterations. key: of the session, where the one that is
    clicked is put.
    """
    frame = pd.DataFrame(losses, columns=["x", "bits"])
    frame["spike"] = frame["x"].isin(spikes)
    frame["chosen"] = frame["x"] == st.session_state.get(key)

    def choose() -> None:
        if clicked := st.session_state[f"chart_{key}"].selection.get("pick"):
            st.session_state[key] = int(clicked[0]["x"])

    st.vega_lite_chart(
        frame.astype({"bits": "float32"}),
        spike_spec(),
        key=f"chart_{key}",
        on_select=choose,
        selection_mode="pick",
        alt="The loss of single windows; the buttons below choose a spike",
        width="stretch",
    )


def rows(
    result: Result,
    *,
    baselines: Baselines | None = None,
    held_out: bool = False,
    name: str = "the network",
) -> pd.DataFrame:
    """One row for each point of each curve, and for each baseline."""
    found: list[dict[str, Any]] = []
    for outcome in result.outcomes:
        config = outcome.run.config
        line = outcome.label or name
        per_iteration = config.seq_length * config.streams
        points = [(n, smooth) for n, _, smooth, _ in outcome.history.metrics]
        points.append((outcome.run.iteration, outcome.run.smooth_loss))
        for n, smooth in points:
            bits = min(bits_per_character(smooth, config.seq_length), MAX_BITS)
            found.append(_row("curve", line, n * per_iteration, bits))
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
    """The Vega-Lite specification, with a color for each line. x, y: the titles of the axes."""
    base = altair.Chart(altair.NamedData("source")).encode(
        y=altair.Y(
            "bits:Q",
            title=y,
            scale=altair.Scale(nice=False, zero=False),
            axis=altair.Axis(tickCount=6, **LARGE_TEXT),
        )
    )
    baseline = base.transform_filter(altair.datum.layer == "baseline")
    legend = altair.Legend(
        orient="top", title=None, labelFontSize=FONT_SIZE, labelLimit=400, symbolOpacity=1
    )
    lined = base.encode(
        x=altair.X(
            "x:Q",
            title=x,
            scale=altair.Scale(nice=False),
            axis=altair.Axis(labelExpr=SHORT_NUMBERS, tickCount=6, grid=False, **LARGE_TEXT),
        ),
        color=altair.Color(
            "line:N",
            scale=altair.Scale(domain=lines, range=list(COLORS[: len(lines)])),
            legend=legend if len(lines) > 1 else None,
        ),
    )
    layers = [
        lined.transform_filter(altair.datum.layer == "faint").mark_line(
            strokeWidth=1, opacity=0.45, tooltip=None
        ),
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
        lined.transform_filter(altair.datum.layer == "curve").mark_line(
            strokeWidth=2.6, tooltip=None
        ),
    ]
    return compiled(altair.layer(*layers).properties(height=HEIGHT))


@themed
def spike_spec() -> dict[str, Any]:
    """The loss of single windows over iterations, with a dot for each spike."""
    base = altair.Chart(altair.NamedData("source")).encode(
        x=altair.X(
            "x:Q",
            title="iteration",
            scale=altair.Scale(nice=False, zero=False),
            axis=altair.Axis(format=",d", tickCount=6, grid=False, **LARGE_TEXT),
        ),
        y=altair.Y(
            "bits:Q",
            title="nats per window",
            scale=altair.Scale(nice=False, zero=False),
            axis=altair.Axis(tickCount=5, **LARGE_TEXT),
        ),
    )
    pick = altair.selection_point(name="pick", on="click", nearest=True, fields=["x"], toggle=False)
    dots = base.transform_filter(altair.datum.spike)
    layers = [
        base.mark_line(strokeWidth=1.2, color=MUTED, tooltip=None),
        dots.transform_filter(altair.datum.chosen).mark_point(
            size=260, strokeWidth=2, color=ACCENT, tooltip=None
        ),
        dots.mark_point(filled=True, size=110, opacity=1, color=ACCENT, cursor="pointer")
        .encode(
            tooltip=[
                altair.Tooltip("x:Q", title="iteration", format=","),
                altair.Tooltip("bits:Q", title="nats", format=".0f"),
            ]
        )
        .add_params(pick),
    ]
    return compiled(altair.layer(*layers).properties(height=SPIKE_HEIGHT))


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
            scale=altair.Scale(domain=list(lines), range=list(COLORS[: len(lines)])),
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

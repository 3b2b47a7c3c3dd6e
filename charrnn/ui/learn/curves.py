"""The charts of the experiments: their rows, and drawing them. What they look like: specs."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from charrnn.engine.analysis.baselines import BASELINE_LABELS, Baselines
from charrnn.engine.evaluation import bits_per_character, newest_evaluation
from charrnn.ui.learn import specs
from charrnn.ui.learn.result import Result

MAX_BITS = 8.0  # a loss far above guessing must not stretch the axis
HELD_OUT = "held-out text"
NUMBERS = {"x": "float32", "y": "float32"}


def draw(
    result: Result,
    *,
    baselines: Baselines | None = None,
    held_out: bool = False,
    name: str = "the network",
    most: float = MAX_BITS,
    alt: str,
) -> None:
    """Draw a curve for each run, and say below where they are now.

    baselines: drawn as dotted lines. held_out: that loss of a single run as well. name: what the
    legend calls a run that is alone. most: the highest loss that has a place in the chart.
    """
    frame = rows(result, baselines=baselines, held_out=held_out, name=name, most=most)
    # Also before it has a point: the chart must not make room for its legend later.
    lines = (*[outcome.label or name for outcome in result.outcomes], *[HELD_OUT] * held_out)
    st.vega_lite_chart(frame, specs.curves(lines), key="learn_curves", alt=alt, width="stretch")
    when = "at the end" if result.finished else "now"
    st.caption(f"Smooth loss {when}, in bits per character: {in_words(frame, most)}")


def draw_lines(
    points: Sequence[tuple[str, float, float]],
    *,
    x: str,
    y: str = "bits per character",
    end: float | None = None,
    step: float = 0.5,
    faint: str = "",
    alt: str,
) -> None:
    """Draw lines. points: (line, x, y). x, y: the titles of the axes.

    end: of the x axis, if there is more to come. step: the y axis ends at multiples of it. faint: a
    line that is drawn behind the others.
    """
    found = [_row("faint" if line == faint else "curve", line, x, y) for line, x, y in points]
    frame = _framed(found, end=end, step=step)
    lines = tuple(dict.fromkeys(line for line, _, _ in points))
    spec = specs.curves(lines, x, y, faint=faint)
    st.vega_lite_chart(frame, spec, key="learn_lines", alt=alt, width="stretch")


def draw_spikes(losses: list[tuple[int, float]], spikes: list[int], *, key: str) -> None:
    """Draw the loss of single windows, with a dot on each spike to click.

    losses: (iteration, nats). spikes: iterations. key: of the session, where the one that is
    clicked is put.
    """
    frame = pd.DataFrame(losses, columns=["x", "y"])
    frame["spike"] = frame["x"].isin(spikes)
    frame["chosen"] = frame["x"] == st.session_state.get(key)

    def choose() -> None:
        if clicked := st.session_state[f"chart_{key}"].selection.get("pick"):
            st.session_state[key] = int(clicked[0]["x"])

    st.vega_lite_chart(
        frame.astype({"y": "float32"}),
        specs.spikes(),
        key=f"chart_{key}",
        on_select=choose,
        selection_mode="pick",
        alt="The loss of single windows; the buttons below choose a spike",
        width="stretch",
    )


def draw_shares(shares: dict[str, float], *, title: str, chance: str, alt: str) -> None:
    """Draw a bar for each line -> share, 0 to 1. chance: names the rule at a third."""
    rows = [(line, share, f"{share:.0%}") for line, share in shares.items()]
    frame = pd.DataFrame(rows, columns=["line", "share", "figure"])
    spec = specs.shares(tuple(shares), title, chance)
    with st.container(key="shares_chart"):
        st.vega_lite_chart(frame, spec, key="learn_shares", alt=alt, width="stretch")


def rows(
    result: Result,
    *,
    baselines: Baselines | None = None,
    held_out: bool = False,
    name: str = "the network",
    most: float = MAX_BITS,
) -> pd.DataFrame:
    """One row for each point of each curve and for each baseline, and the corners of the chart.

    The corners fit the whole training from the start, so that the axes stay as they are meanwhile.
    """
    found: list[dict[str, Any]] = []
    for outcome in result.outcomes:
        config = outcome.run.config
        line = outcome.label or name
        points = [(n, smooth) for n, _, smooth, _ in outcome.history.metrics]
        points.append((outcome.run.iteration, outcome.run.smooth_loss))
        for n, smooth in points:
            bits = min(bits_per_character(smooth, config.seq_length), most)
            found.append(_row("curve", line, n * config.characters_per_iteration, bits))
        evaluations = outcome.history.evaluations
        for n, loss in evaluations if held_out and newest_evaluation(evaluations) else []:
            bits = min(bits_per_character(loss, 1), most)
            found.append(_row("curve", HELD_OUT, n * config.characters_per_iteration, bits))
    for field, label in BASELINE_LABELS.items() if baselines else []:
        found.append(_row("baseline", label, 0.0, getattr(baselines, field)))
    runs = [outcome.run for outcome in result.outcomes]
    whole = max(run.iterations * run.config.characters_per_iteration for run in runs)
    return _framed(found, end=whole, step=0.5 if most > 1 else 0.1)


def in_words(frame: pd.DataFrame, most: float) -> str:
    """Where the curves are now, for anyone who cannot see the chart."""
    newest = frame[frame["layer"] == "curve"].groupby("line", sort=False).last()
    return " · ".join(
        f"{_named(line)}: " + (f"{y:.2f}" if y < most else f"above {most:g}")
        for line, y in newest["y"].items()
    )


def _named(line: str) -> str:
    return f"{line} (not smoothed)" if line == HELD_OUT else line


def _row(layer: str, line: str, x: float, y: float) -> dict[str, Any]:
    return {"layer": layer, "line": line, "x": x, "y": y}


def _framed(found: list[dict[str, Any]], *, end: float | None, step: float) -> pd.DataFrame:
    """The rows with two invisible corners. end: of the x axis, which then begins at 0; None: both
    where the rows have theirs.
    """
    x, y = ([row[axis] for row in found] for axis in "xy")
    low, high = math.floor((min(y) - step / 4) / step), math.ceil((max(y) + step / 4) / step)
    left, right = (min(x), max(x)) if end is None else (0.0, end)
    corners = [_row("corner", "", left, low * step), _row("corner", "", right, high * step)]
    return pd.DataFrame([*found, *corners]).astype(NUMBERS)

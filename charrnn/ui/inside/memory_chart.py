"""The charts of how far back the network remembers. They return specifications."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from charrnn.ui.shared.charts.specs import LARGE_TEXT, compiled, themed
from charrnn.ui.style import ACCENT, HELD_OUT, MUTED

HEIGHT = 320  # pixels
SMALLEST = 1e-12  # what is left of a gradient; nothing below it is drawn
APART = 0.7  # between two names at the right end, in powers of ten
# 1, 0.01, 1e-4 and so on.
SHARES = "datum.value >= 0.001 ? format(datum.value, '~g') : format(datum.value, '~e')"
SOURCE = alt.NamedData("source")
NAMES: dict[str, Any] = {"fontSize": 13, "font": "serif", "fontStyle": "italic", "color": MUTED}


def flow_rows(curves: dict[int, np.ndarray], position: np.ndarray) -> pd.DataFrame:
    """One row per distance and curve. curves: iteration -> what is left over distance, (K,).

    position: the same for one position alone, (K,).
    """
    parts, named = [], _named(curves)
    for i, (iteration, left) in enumerate(curves.items(), 1):
        age = 0.25 + 0.75 * i / len(curves)
        label = f"{iteration:,}" if iteration in named else ""
        parts.append(_curve(f"iteration {iteration:,}", "mean", left, label, age))
    parts.append(_curve("one position", "one position", position, "", 1.0))
    return pd.concat(parts, ignore_index=True)


def _named(curves: dict[int, np.ndarray]) -> set[int]:
    """The iterations whose names do not cover that of a later one, at the right end."""
    named: dict[int, float] = {}  # iteration -> where it ends
    for iteration in reversed(curves):
        end = float(np.log10(max(curves[iteration][-1], SMALLEST / 10)))
        cut_off = end < np.log10(SMALLEST)  # ends before the right end, where there is room
        if cut_off or all(abs(end - other) >= APART for other in named.values()):
            named[iteration] = end
    return set(named)


def _curve(name: str, kind: str, left: np.ndarray, label: str, age: float) -> pd.DataFrame:
    drawn = left >= SMALLEST
    distance = np.arange(len(left), dtype="int32")
    last = distance[drawn].max(initial=0)
    return pd.DataFrame(
        {
            "distance": distance,
            "left": np.where(drawn, left, np.nan),
            "curve": name,
            "kind": kind,
            "label": np.where(distance == last, label, ""),
            "age": age,
        }
    )


@themed
def flow_spec(seq_length: int, distance: int) -> dict[str, Any]:
    """Curves of what is left of a gradient over distance, and where windows cut it."""
    x = alt.X(
        "distance:Q",
        title="characters back",
        axis=alt.Axis(tickCount=8, grid=False, **LARGE_TEXT),
        scale=alt.Scale(domain=[0, distance], nice=False),
    )
    y = alt.Y(
        "left:Q",
        title="gradient left",
        axis=alt.Axis(tickCount=6, labelExpr=SHARES, **LARGE_TEXT),
        scale=alt.Scale(type="log", domainMax=3),
    )
    tooltip = [
        alt.Tooltip("curve:N"),
        alt.Tooltip("distance:Q", title="characters back"),
        alt.Tooltip("left:Q", title="gradient left", format=".2e"),
    ]
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["mean", "one position"], range=[ACCENT, HELD_OUT]),
        legend=None,
    )
    base = alt.Chart(SOURCE)
    lines = base.mark_line(strokeWidth=2.4).encode(
        x=x,
        y=y,
        color=color,
        detail="curve:N",
        opacity=alt.Opacity("age:Q", scale=None, legend=None),
        strokeDash=alt.condition(
            "datum.kind == 'one position'", alt.value([5, 4]), alt.value([1, 0])
        ),
    )
    points = base.mark_point(filled=True, size=60, opacity=0).encode(x=x, y=y, tooltip=tooltip)
    labeled = base.transform_filter("datum.label != ''").encode(x=x, y=y, text="label:N")
    # Beside the end of its curve; where there is no room, the newest above it, others below.
    room = f"datum.distance < {0.88 * distance}"
    beside = labeled.transform_filter(room).mark_text(align="left", dx=6, dy=-4, **NAMES)
    at_the_end = labeled.transform_filter(f"!({room})")
    above = at_the_end.transform_filter("datum.age == 1").mark_text(align="right", dy=-20, **NAMES)
    below = at_the_end.transform_filter("datum.age < 1").mark_text(align="right", dy=14, **NAMES)
    rule = base.transform_filter("datum.distance == 0").mark_rule(color=MUTED, strokeDash=[2, 3])
    layers = [
        rule.encode(x=alt.XDatum(seq_length)),
        lines,
        points,
        beside,
        above,
        below,
    ]
    return compiled(alt.layer(*layers).properties(height=HEIGHT))


def spectrum_rows(eigenvalues: np.ndarray) -> pd.DataFrame:
    """One row per eigenvalue. eigenvalues: complex, (H,)."""
    return pd.DataFrame(
        {
            "real": eigenvalues.real,
            "imaginary": eigenvalues.imag,
            "absolute": np.abs(eigenvalues),
        }
    )


@themed
def spectrum_spec(largest: float) -> dict[str, Any]:
    """Eigenvalues in the complex plane, with the unit circle. largest: what has to fit in."""
    scale = alt.Scale(domain=[-largest, largest], nice=False)
    axis = alt.Axis(tickCount=5, grid=False, **LARGE_TEXT)
    x = alt.X("real:Q", title="real", scale=scale, axis=axis)
    y = alt.Y("imaginary:Q", title="imaginary", scale=scale, axis=axis)
    circle = (
        alt.Chart(
            alt.SequenceGenerator(alt.SequenceParams(start=0, stop=6.3, step=0.05, **{"as": "a"}))
        )
        .transform_calculate(real="cos(datum.a)", imaginary="sin(datum.a)")
        .mark_line(color=HELD_OUT, strokeDash=[4, 3], strokeWidth=2)
        .encode(x=x, y=y, order="a:Q")
    )
    points = (
        alt.Chart(SOURCE)
        .mark_circle(color=ACCENT, size=42, opacity=0.75)
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("real:Q", format=".3f"),
                alt.Tooltip("imaginary:Q", format=".3f"),
                alt.Tooltip("absolute:Q", title="absolute value", format=".3f"),
            ],
        )
    )
    return compiled(alt.layer(points, circle).properties(height=HEIGHT, width=HEIGHT))

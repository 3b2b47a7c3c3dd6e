"""The charts of the gauges: lines over iterations. spec() returns a specification."""

from typing import Any, Literal

import altair as alt
import pandas as pd

from charrnn.engine.gauges import Gauges
from charrnn.ui.shared.charts.specs import (
    FONT_SIZE,
    LARGE_TEXT,
    SHORT_NUMBERS,
    compiled,
    themed,
)
from charrnn.ui.style import ACCENT, HELD_OUT, MUTED

HEIGHT = 240  # pixels
SMALLEST = 1e-6  # on a logarithmic scale; nothing below it is drawn
COLORS = {"Whh": ACCENT, "Why": HELD_OUT, "Wxh": MUTED, "bh": ACCENT, "by": HELD_OUT}
DASHED = ("bh", "by")
SOURCE = alt.NamedData("source")

# A share from 0 to 1; a ratio over many powers of ten; a size from 0 on.
Kind = Literal["share", "ratio", "size"]
AXIS_FORMATS = {"share": ".0%", "ratio": "~%", "size": "~s"}
TOOLTIP_FORMATS = {"share": ".2%", "ratio": ".3%", "size": ".2f"}


def rows(lines: dict[str, str], measured: list[tuple[int, Gauges]]) -> pd.DataFrame:
    """One row per line and measured step. lines: name -> which of the Gauges."""
    values = [getattr(gauges, name) for name in lines.values() for _, gauges in measured]
    return pd.DataFrame(
        {
            "iteration": pd.Series([n for n, _ in measured] * len(lines), dtype="int32"),
            "value": pd.Series(values, dtype="float32"),
            "line": [line for line in lines for _ in measured],
        }
    )


@themed
def spec(lines: tuple[str, ...], kind: Kind, limit: float | None) -> dict[str, Any]:
    """A line for each name, and a dotted one at the limit."""
    x = alt.X(
        "iteration:Q",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(labelExpr=SHORT_NUMBERS, tickCount=5, grid=False, **LARGE_TEXT),
    )
    ticks = [10.0**n for n in range(-6, 4)] if kind == "ratio" else alt.Undefined
    axis = alt.Axis(format=AXIS_FORMATS[kind], tickCount=4, values=ticks, **LARGE_TEXT)
    y = alt.Y("value:Q", title=None, scale=_scale(kind), axis=axis)
    several = len(lines) > 1
    legend = None
    if several:
        legend = alt.Legend(orient="top", title=None, symbolType="stroke", labelFontSize=FONT_SIZE)
    colors = alt.Scale(domain=list(lines), range=[COLORS.get(line, ACCENT) for line in lines])
    dashes = [[4, 3] if line in DASHED else [1, 0] for line in lines]
    dash = alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=list(lines), range=dashes), legend=legend
    )
    tooltip = [
        *([alt.Tooltip("line:N", title="array")] if several else []),
        alt.Tooltip("iteration:Q", format=","),
        alt.Tooltip("value:Q", format=TOOLTIP_FORMATS[kind]),
    ]
    visible = alt.Chart(SOURCE)
    if kind == "ratio":
        visible = visible.transform_filter(f"datum.value > {SMALLEST}")
    drawn = visible.encode(x=x, y=y, color=alt.Color("line:N", scale=colors, legend=legend))
    layers = [
        drawn.mark_line(strokeWidth=1.8).encode(strokeDash=dash),
        drawn.mark_point(filled=True, size=60, opacity=0).encode(tooltip=tooltip),
    ]
    if limit is not None:
        rule = alt.Chart(SOURCE).mark_rule(strokeDash=[2, 4], color=MUTED)
        layers.insert(0, rule.encode(y=alt.YDatum(limit)))
    return compiled(alt.layer(*layers).properties(height=HEIGHT))


def _scale(kind: Kind) -> alt.Scale:
    if kind == "ratio":
        return alt.Scale(type="log")
    return alt.Scale(domain=[0, 1]) if kind == "share" else alt.Scale(domainMin=0)

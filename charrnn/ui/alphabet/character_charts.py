"""Charts with one row per character: counts and surprisal. They return specifications.

Characters are stacked vertically in every chart with many of them, so that their symbols never
run into each other, however narrow the page.
"""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from charrnn.ui.shared.charts.specs import compiled, themed
from charrnn.ui.style import ACCENT, HELD_OUT, MUTED

MAX_BARS = 150
ROW_PIXELS = 18  # room for the marks above and below a letter of LABEL_PIXELS
LABEL_PIXELS = 13
COUNT_OFFSET = 72  # pixels, from the bars to the right edge of the column of counts
FEW_POSITIONS = 10  # a mean surprisal over fewer is faded

SOURCE = alt.NamedData("source")
CHARACTER_TOOLTIP = [
    alt.Tooltip("character:N"),
    alt.Tooltip("name:N"),
    alt.Tooltip("index:Q", format=","),
]


def row_axis(n: int) -> alt.Y:
    """The vertical position of n rows, from the column "row"."""
    scale = alt.Scale(domain=list(range(n)), paddingInner=0.2)
    return alt.Y("row:O", axis=None, scale=scale)


def character_labels(
    base: alt.Chart, tooltip: list[alt.Tooltip] | str = CHARACTER_TOOLTIP
) -> alt.Chart:
    """The symbols of the characters, left of their rows."""
    mark = base.mark_text(
        align="right", baseline="middle", dx=-6, fontSize=LABEL_PIXELS, color=MUTED
    )
    return mark.encode(x=alt.value(0), text="character:N", tooltip=tooltip)


def value_labels(base: alt.Chart, x: alt.X | alt.XValue) -> alt.Chart:
    """The numbers right of the bars. They have no tooltip, because the bars have one."""
    mark = base.mark_text(align="left", dx=5, fontSize=10.5, color=MUTED)
    return mark.encode(x=x, text="value_label:N", tooltip=alt.value(None))


def frequency_rows(table: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """One row per character. ids: the indices of the characters, the most frequent first."""
    rows = table.iloc[ids].copy()
    rows["row"] = np.arange(len(ids), dtype="int32")
    rows["value_label"] = [f"{n:,}" for n in rows["count"]]
    rows["rare"] = np.where(rows["rare"] != "", "yes", "no")
    return rows


@themed
def frequency_spec(n: int) -> dict[str, Any]:
    """Bars for the counts of n characters."""
    base = alt.Chart(SOURCE).encode(y=row_axis(n))
    tooltip = [
        *CHARACTER_TOOLTIP,
        alt.Tooltip("count:Q", title="occurs", format=","),
        alt.Tooltip("share:Q", format=".3%"),
        alt.Tooltip("rare:N"),
    ]
    x = alt.X("count:Q", axis=None)
    color = alt.condition("datum.rare == 'yes'", alt.value(HELD_OUT), alt.value(ACCENT))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(x=x, color=color, tooltip=tooltip)
    layers = [bars, value_labels(base, x), character_labels(base)]
    return compiled(alt.layer(*layers).properties(height=ROW_PIXELS * n))


def surprisal_rows(
    table: pd.DataFrame, ids: np.ndarray, nats: np.ndarray, counts: np.ndarray
) -> pd.DataFrame:
    """One row per character: its mean surprisal in bits, and the bits by its frequency alone.

    ids: the characters from top to bottom, (n,). nats: surprisal of each character, summed over
    the positions where it was measured, (V,); counts: how many positions that were, (V,).
    """
    rows = table.iloc[ids][["index", "character", "name", "count", "share"]].copy()
    measured = counts[ids]
    rows["row"] = np.arange(len(ids), dtype="int32")
    rows["positions"] = measured
    rows["bits"] = np.where(measured > 0, nats[ids] / np.maximum(measured, 1) / np.log(2), np.nan)
    rows["by_frequency"] = -np.log2(rows["share"])
    rows["value_label"] = [
        f"{bits:.1f}" if n else "not read" for bits, n in zip(rows["bits"], measured, strict=True)
    ]
    return rows


@themed
def surprisal_spec(n: int) -> dict[str, Any]:
    """Bars for the surprisal of n characters, and ticks for the bits by frequency alone."""
    base = alt.Chart(SOURCE).encode(y=row_axis(n))
    tooltip = [
        *CHARACTER_TOOLTIP,
        alt.Tooltip("bits:Q", title="surprisal (bits)", format=".2f"),
        alt.Tooltip("by_frequency:Q", title="by frequency alone (bits)", format=".2f"),
        alt.Tooltip("count:Q", title="occurs", format=","),
        alt.Tooltip("positions:Q", title="positions measured", format=","),
    ]
    axis = alt.Axis(tickCount=5, grid=False, title="surprisal (bits)")
    x = alt.X("bits:Q", axis=axis, scale=alt.Scale(nice=False))
    few = f"datum.positions < {FEW_POSITIONS}"
    opacity = alt.condition(few, alt.value(0.3), alt.value(0.85))
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=2)
    ticks = base.mark_tick(color=HELD_OUT, thickness=2.5, size=ROW_PIXELS)
    layers = [
        bars.encode(x=x, opacity=opacity, tooltip=tooltip),
        ticks.encode(x=alt.X("by_frequency:Q", axis=axis), tooltip=tooltip),
        value_labels(base, alt.XValue("width")),
        *_counts(base),
        character_labels(base),
    ]
    return compiled(alt.layer(*layers).properties(height=ROW_PIXELS * n))


def _counts(base: alt.Chart) -> list[alt.Chart]:
    """The column of how many positions each surprisal was measured at, and the heads of both."""
    style: dict[str, Any] = {"fontSize": 10.5, "color": MUTED}
    right: dict[str, Any] = {"x": alt.XValue("width"), "tooltip": alt.value(None)}
    head = base.transform_filter("datum.row == 0")
    above = right | {"y": alt.value(-10)}
    return [
        base.mark_text(align="right", dx=COUNT_OFFSET, **style).encode(
            text=alt.Text("positions:Q", format=","), **right
        ),
        head.mark_text(align="left", dx=5, **style).encode(text=alt.value("bits"), **above),
        head.mark_text(align="right", dx=COUNT_OFFSET, **style).encode(
            text=alt.value("positions"), **above
        ),
    ]

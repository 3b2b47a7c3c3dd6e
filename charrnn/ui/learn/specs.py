"""What the charts of the experiments look like: Vega-Lite specifications without data."""

from typing import Any

import altair

from charrnn.ui.shared.charts.specs import (
    COLORS,
    FONT_SIZE,
    LARGE_TEXT,
    SHORT_NUMBERS,
    compiled,
    themed,
)
from charrnn.ui.style import ACCENT, LIGHT, MUTED

HEIGHT, SPIKE_HEIGHT, BAR_HEIGHT = 360, 240, 48  # pixels
NARROW = 420  # pixels of a plot: on a phone, a legend takes two rows
CHANCE = 1 / 3  # that a guess among three is right
DOTTED = [2, 4]

ITALIC: dict[str, Any] = {
    "font": "serif",
    "fontStyle": "italic",
    "fontSize": FONT_SIZE,
    "color": MUTED,
    "tooltip": None,
}


@themed
def curves(
    lines: tuple[str, ...],
    x: str = "characters read",
    y: str = "bits per character",
    *,
    faint: str = "",
) -> dict[str, Any]:
    """A color for each line; that of the faint one is muted. x, y: the titles of the axes."""
    base = altair.Chart(altair.NamedData("source")).encode(
        y=altair.Y(
            "y:Q",
            title=y,
            scale=altair.Scale(nice=False, zero=False),
            axis=altair.Axis(tickCount=6, **LARGE_TEXT),
        )
    )
    placed = base.encode(
        x=altair.X(
            "x:Q",
            title=x,
            scale=altair.Scale(nice=False, zero=False),
            axis=altair.Axis(labelExpr=SHORT_NUMBERS, tickCount=6, grid=False, **LARGE_TEXT),
        )
    )
    baseline = base.transform_filter(altair.datum.layer == "baseline")
    lined = placed.encode(color=_line_color(lines, faint))
    curve = lined.transform_filter(altair.datum.layer == "curve")
    layers = [
        placed.transform_filter(altair.datum.layer == "corner").mark_point(opacity=0, tooltip=None),
        lined.transform_filter(altair.datum.layer == "faint").mark_line(
            strokeWidth=1, opacity=0.6, tooltip=None
        ),
        baseline.mark_rule(strokeDash=DOTTED, color=MUTED, opacity=0.9, tooltip=None),
        baseline.encode(x=altair.value("width"), text="line:N").mark_text(
            align="left", baseline="middle", dx=6, **ITALIC
        ),
        curve.mark_line(strokeWidth=2.6, tooltip=None),
        _nearest_point(curve, x, y),
    ]
    return compiled(altair.layer(*layers).properties(height=HEIGHT))


def _line_color(lines: tuple[str, ...], faint: str) -> altair.Color:
    """The color of each line, with a legend if there are several."""
    legend = altair.Legend(
        orient="top",
        title=None,
        columns=altair.ExprRef(f"width < {NARROW} ? 2 : {len(lines)}"),
        labelFontSize=FONT_SIZE,
        labelLimit=400,
        symbolOpacity=1,
    )
    colors = dict(zip([line for line in lines if line != faint], COLORS, strict=False))
    return altair.Color(
        "line:N",
        scale=altair.Scale(domain=lines, range=[colors.get(line, MUTED) for line in lines]),
        legend=legend if len(lines) > 1 else None,
    )


def _nearest_point(curve: altair.Chart, x: str, y: str) -> altair.Chart:
    """The point of a curve that is nearest to the mouse, with its figures."""
    nearest = altair.selection_point(
        name="nearest", on="pointermove", nearest=True, fields=["line", "x"], empty=False
    )
    point = curve.mark_point(filled=True, size=80).encode(
        opacity=altair.condition(nearest, altair.value(1), altair.value(0)),
        tooltip=[
            altair.Tooltip("line:N", title="line"),
            altair.Tooltip("y:Q", title=y, format=".2f"),
            altair.Tooltip("x:Q", title=x, format=",.0f"),
        ],
    )
    return point.add_params(nearest)


@themed
def spikes() -> dict[str, Any]:
    """The loss of single windows over iterations, with a dot for each spike."""
    base = altair.Chart(altair.NamedData("source")).encode(
        x=altair.X(
            "x:Q",
            title="iteration",
            scale=altair.Scale(nice=False, zero=False),
            axis=altair.Axis(format=",d", tickCount=6, grid=False, **LARGE_TEXT),
        ),
        y=altair.Y(
            "y:Q",
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
                altair.Tooltip("y:Q", title="nats", format=".0f"),
            ]
        )
        .add_params(pick),
    ]
    return compiled(altair.layer(*layers).properties(height=SPIKE_HEIGHT))


@themed
def shares(lines: tuple[str, ...], title: str, chance: str) -> dict[str, Any]:
    """A bar for each line, from 0 to 100 %, its figure at the right, and a rule at a third.

    chance: the label above the rule.
    """
    bars = altair.Chart(altair.NamedData("source")).encode(
        y=altair.Y(
            "line:N",
            title=None,
            sort=list(lines),
            axis=altair.Axis(labelFontSize=FONT_SIZE, ticks=False, domain=False, labelPadding=8),
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
    third = altair.Chart(altair.NamedData("source")).encode(x=altair.datum(CHANCE))
    layers = [
        bars.mark_bar(height={"band": 0.62}).encode(
            tooltip=[
                altair.Tooltip("line:N", title="network"),
                altair.Tooltip("figure:N", title=title),
            ]
        ),
        bars.encode(
            x=altair.value("width"),
            text="figure:N",
            color=altair.value(LIGHT.text),
        ).mark_text(align="left", dx=8, fontSize=FONT_SIZE + 1, fontWeight=600, tooltip=None),
        third.mark_rule(strokeDash=DOTTED, color=MUTED, tooltip=None),
        third.encode(y=altair.value(0)).mark_text(
            align="left", baseline="bottom", dx=-4, dy=-4, text=chance, **ITALIC
        ),
    ]
    return compiled(altair.layer(*layers).properties(height=altair.Step(BAR_HEIGHT)))

"""The specification of the loss chart, one layer for each kind of row. Nothing here displays."""

from functools import cache
from typing import Any

import altair as alt

from charrnn.ui.shared.charts.specs import (
    AXES,
    FONT_SIZE,
    LARGE_TEXT,
    UNITS,
    compiled,
    zoom_and_pan,
)
from charrnn.ui.style import ACCENT, HELD_OUT, MUTED

CHART_HEIGHT = 340  # pixels, as in style.css; loss_rows.PLOT_HEIGHT of them above the axis
LABEL_WIDTH = 120  # pixels that a label beside a line needs


@cache
def loss_spec(unit: str, axis: str) -> dict[str, Any]:
    """The Vega-Lite specification of the loss chart, without data; cached for each unit and axis.

    unit: one of UNITS. axis: one of AXES.
    """
    x, y = _x(axis), _y(unit)
    # From back to front.
    layers = [
        _rows("corner", x=x, y=y).mark_point(opacity=0, tooltip=None).add_params(zoom_and_pan()),
        *_baseline_layers(y),
        *_line_layers(x, y),
        *_rate_layers(x),
        *_dot_layers(x, y),
    ]
    return compiled(alt.layer(*layers).properties(height=CHART_HEIGHT))


def _rows(kind: str, **channels: Any) -> alt.Chart:
    """A layer without its mark: the rows of one kind."""
    source = alt.Chart(alt.NamedData("source"))
    return source.transform_filter(alt.datum.kind == kind).encode(**channels)


def _x(axis: str) -> alt.X:
    return alt.X(
        "x:Q",
        title=AXES[axis],
        scale=alt.Scale(nice=False),
        axis=alt.Axis(format="~s", tickCount=6, grid=False, **LARGE_TEXT),
    )


def _y(unit: str) -> alt.Y:
    scale = (
        alt.Scale(nice=False, type="log")
        if unit == "perplexity"
        else alt.Scale(nice=False, zero=False)
    )
    return alt.Y("y:Q", title=UNITS[unit], scale=scale, axis=alt.Axis(tickCount=6, **LARGE_TEXT))


def _baseline_layers(y: alt.Y) -> list[alt.Chart]:
    return [
        _rows("baseline", y=y).mark_rule(strokeDash=[2, 4], color=MUTED, opacity=0.9, clip=True),
        _rows("baseline", y=y, x=alt.value("width"), text="label:N").mark_text(
            align="right",
            dx=-4,
            dy=-7,
            font="serif",
            fontStyle="italic",
            fontSize=FONT_SIZE + 1,  # serif letters look smaller
            color=MUTED,
            clip=True,
        ),
    ]


def _line_layers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    return [
        _rows("loss", x=x, y=y).mark_line(color=ACCENT, opacity=0.28, strokeWidth=1, clip=True),
        _rows("held-out", x=x, y=y).mark_line(
            color=HELD_OUT, strokeDash=[5, 3], strokeWidth=1.8, clip=True
        ),
        _rows("smooth", x=x, y=y).mark_line(color=ACCENT, strokeWidth=2.6, clip=True),
        _rows("held-out label", x=x, y=y, text="label:N").mark_text(
            **_beside(), color=HELD_OUT, fontSize=FONT_SIZE, clip=True
        ),
    ]


def _rate_layers(x: alt.X) -> list[alt.Chart]:
    """A vertical line with a label at each change of the learning rate."""
    label_y = alt.Y("label_y:Q", scale=None, axis=None)
    return [
        _rows("rate", x=x).mark_rule(color=MUTED, strokeWidth=1, clip=True),
        _rows("rate", x=x, y=label_y, text="label:N").mark_text(
            **_beside(), color=MUTED, fontSize=FONT_SIZE, clip=True
        ),
    ]


def _beside() -> dict[str, Any]:
    """The position of a label: to the right of its x, or to the left if there is no room."""
    has_room = f"scale('x', datum.x) + {LABEL_WIDTH} < width"
    return {
        "align": {"expr": f"{has_room} ? 'left' : 'right'"},
        "dx": {"expr": f"{has_room} ? 4 : -4"},
    }


def _dot_layers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """A dot for each sample, to click; and the point of the curve nearest to the pointer."""
    pick = alt.selection_point(
        name="pick", on="click", nearest=True, fields=["iteration"], toggle=False
    )
    nearest = alt.selection_point(
        name="nearest", on="pointermove", nearest=True, fields=["iteration"], empty=False
    )
    return [
        _rows("sample", x=x, y=y, tooltip=_tooltip())
        .mark_point(color=ACCENT, filled=True, size=22, opacity=1, clip=True, cursor="pointer")
        .add_params(pick),
        _rows("smooth", x=x, y=y, tooltip=_tooltip())
        .mark_point(color=ACCENT, filled=True, size=70, clip=True)
        .encode(opacity=alt.condition(nearest, alt.value(1), alt.value(0)))
        .add_params(nearest),
    ]


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("iteration:Q", title="iteration", format=","),
        alt.Tooltip("bits:Q", title="bits per character", format=".3f"),
        alt.Tooltip("nats:Q", title="nats per window", format=".2f"),
        alt.Tooltip("perplexity:Q", title="perplexity (effective choices)", format=".1f"),
        alt.Tooltip("characters:Q", title="characters read", format=","),
        alt.Tooltip("seconds:Q", title="seconds", format=".1f"),
    ]

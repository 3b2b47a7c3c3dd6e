"""The specification of the loss chart, one layer for each kind of row. Nothing here displays."""

from typing import Any

import altair as alt

from charrnn.ui.shared.charts.specs import (
    AXES,
    FONT_SIZE,
    LARGE_TEXT,
    SHORT_NUMBERS,
    UNITS,
    compiled,
    themed,
    zoom_and_pan,
)
from charrnn.ui.style import ACCENT, HELD_OUT, LIGHT, MUTED

CHART_HEIGHT = 340  # pixels, as in placeholders.css; loss_rows.PLOT_HEIGHT of them above the axis
RATE_LABEL_WIDTH = 120  # pixels
BEST_LABEL_WIDTH = 150  # pixels


@themed
def loss_spec(unit: str, axis: str) -> dict[str, Any]:
    """The Vega-Lite specification of the loss chart, without data.

    unit: one of UNITS. axis: one of AXES.
    """
    x, y = _x(axis), _y(unit)
    # From back to front.
    layers = [
        _rows("corner", x=x, y=y).mark_point(opacity=0, tooltip=None).add_params(zoom_and_pan()),
        _rows("interval", y=y, y2="y2:Q").mark_rect(
            color=MUTED, opacity=0.14, clip=True, tooltip=None
        ),
        _rows("baseline", y=y).mark_rule(
            strokeDash=[2, 4], color=MUTED, opacity=0.9, clip=True, tooltip=None
        ),
        *_line_layers(x, y),
        *_best_layers(x, y),
        _rows("overtaken", x=x, y=y).mark_point(
            shape="diamond", color=HELD_OUT, filled=True, size=110, clip=True, tooltip=None
        ),
        *_rate_layers(x),
        *_label_layers(y),
        *_dot_layers(x, y),
    ]
    return compiled(alt.layer(*layers).properties(height=CHART_HEIGHT))


def _rows(*kinds: str, **channels: Any) -> alt.Chart:
    """A layer without its mark: the rows of some kinds."""
    source = alt.Chart(alt.NamedData("source"))
    chosen = alt.FieldOneOfPredicate(field="kind", oneOf=list(kinds))
    return source.transform_filter(chosen).encode(**channels)


def _x(axis: str) -> alt.X:
    return alt.X(
        "x:Q",
        title=AXES[axis],
        scale=alt.Scale(nice=False, padding=6),  # pixels, for the dots at both ends
        axis=alt.Axis(labelExpr=SHORT_NUMBERS, tickCount=6, grid=False, **LARGE_TEXT),
    )


def _y(unit: str) -> alt.Y:
    scale = (
        alt.Scale(nice=False, type="log")
        if unit == "perplexity"
        else alt.Scale(nice=False, zero=False)
    )
    return alt.Y("y:Q", title=UNITS[unit], scale=scale, axis=alt.Axis(tickCount=6, **LARGE_TEXT))


def _line_layers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    return [
        _rows("loss", x=x, y=y).mark_line(
            color=ACCENT, opacity=0.28, strokeWidth=1, clip=True, tooltip=None
        ),
        _rows("held-out", x=x, y=y).mark_line(
            color=HELD_OUT, strokeDash=[5, 3], strokeWidth=1.8, clip=True, tooltip=None
        ),
        _rows("smooth", x=x, y=y).mark_line(color=ACCENT, strokeWidth=2.6, clip=True, tooltip=None),
    ]


def _best_layers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """A ring, with its label above, where held-out text was predicted best.

    Above, because the curve of the training loss is usually below.
    """
    best = _rows("best", x=x, y=y)
    at, half = "scale('x', datum.x)", BEST_LABEL_WIDTH / 2
    align = f"{at} < {half} ? 'left' : {at} + {half} > width ? 'right' : 'center'"
    text: dict[str, Any] = {
        "align": {"expr": align},  # inside the chart, wherever the ring is
        "dy": -16,
        "fontSize": FONT_SIZE,
        "clip": True,
        "tooltip": None,
    }
    label = best.encode(text="label:N")
    return [
        best.mark_point(color=HELD_OUT, size=90, strokeWidth=2.2, clip=True, tooltip=None),
        label.mark_text(**text, color=LIGHT.paper, stroke=LIGHT.paper, strokeWidth=4),
        label.mark_text(**text, color=HELD_OUT),
    ]


def _rate_layers(x: alt.X) -> list[alt.Chart]:
    """A vertical line with a label at each change of the learning rate.

    The label stands to the right of its line, or to the left if there is no room, on an outline in
    the color of the page, so that it can be read over the curve.
    """
    label_y = alt.Y("label_y:Q", scale=None, axis=None)
    labels = _rows("rate", x=x, y=label_y, text="label:N")
    has_room = f"scale('x', datum.x) + {RATE_LABEL_WIDTH} < width"
    text: dict[str, Any] = {
        "align": {"expr": f"{has_room} ? 'left' : 'right'"},
        "dx": {"expr": f"{has_room} ? 4 : -4"},
        "fontSize": FONT_SIZE,
        "clip": True,
        "tooltip": None,
    }
    return [
        _rows("rate", x=x).mark_rule(color=MUTED, strokeWidth=1, clip=True, tooltip=None),
        labels.mark_text(**text, color=LIGHT.paper, stroke=LIGHT.paper, strokeWidth=4),
        labels.mark_text(**text, color=MUTED),
    ]


def _label_layers(y: alt.Y) -> list[alt.Chart]:
    """The names of the lines, in the margin to the right of the plot, where no curve can be."""
    in_margin: dict[str, Any] = {
        "align": "left",
        "baseline": "middle",
        "dx": 6,
        "clip": False,  # it would be: the axes can be zoomed
        "fontSize": FONT_SIZE,
        "tooltip": None,
    }
    # Not clipped like its line, a label has to vanish with it when the chart is zoomed.
    label_y = "scale('y', datum.y)"
    opacity = {"expr": f"{label_y} >= 0 && {label_y} <= height ? 1 : 0"}
    right = alt.value("width")
    return [
        _rows("baseline label", x=right, y=y, text="label:N").mark_text(
            **in_margin, opacity=opacity, color=MUTED, font="serif", fontStyle="italic"
        ),
        _rows("held-out label", x=right, y=y, text="label:N").mark_text(
            **in_margin, opacity=opacity, color=HELD_OUT
        ),
    ]


def _dot_layers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """A dot for each sample, and the point of the curve nearest to the pointer.

    The topmost layer alone has to do with the pointer, both with its position and with its clicks:
    of two such layers the upper one would hide the lower one.
    """
    nearest = alt.selection_point(
        name="nearest", on="pointermove", nearest=True, fields=["iteration"], empty=False
    )
    pick = alt.selection_point(
        name="pick", on="click", nearest=True, fields=["iteration"], toggle=False
    )
    return [
        _rows("sample", x=x, y=y).mark_point(
            color=ACCENT, filled=True, size=30, opacity=1, clip=True, tooltip=None
        ),
        _rows("smooth", "sample", x=x, y=y, tooltip=_tooltip())
        .mark_point(color=ACCENT, filled=True, size=80, clip=True, cursor="pointer")
        .encode(opacity=alt.condition(nearest, alt.value(1), alt.value(0)))
        .add_params(nearest, pick),
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

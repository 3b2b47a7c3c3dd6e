"""What all charts share: units, axes, font sizes, zoom, and the compiled specification."""

from typing import Any, TypeVar

import altair as alt

UNITS = {
    "bits": "bits per character",
    "nats": "nats per window",
    "perplexity": "perplexity",
}
AXES = {"iteration": "iteration", "characters": "characters read", "seconds": "seconds"}

FONT_SIZE = 13  # pixels: readable on a projector, and still fits on a phone
LARGE_TEXT: dict[str, Any] = {"labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE}  # of alt.Axis

T = TypeVar("T")


def compiled(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, without its data and without Altair's own theme.

    st.vega_lite_chart() adds the data at every refresh and applies Streamlit's theme.
    """
    spec = chart.to_dict()
    for name in ("data", "config", "$schema", "datasets"):
        spec.pop(name, None)
    return spec


def zoom_and_pan() -> alt.Parameter:
    """Zoom with Ctrl or Cmd and the wheel, pan by dragging the mouse.

    A touch drag is left to the browser, so that a finger on a chart scrolls the page.
    """
    return alt.selection_interval(
        name="zoom",
        bind="scales",
        zoom="wheel![event.ctrlKey || event.metaKey]",
        translate="[mousedown, window:mouseup] > window:mousemove!",
    )


def doubled(start: float, least: float) -> float:
    """The first of start, 2·start, 4·start ... that is at least `least`. start must be above 0."""
    while start < least:
        start *= 2
    return start


def thinned(items: list[T], most: int) -> list[T]:
    """Every item, or every 2nd, 4th ..., so that about `most` remain, and always the last."""
    stride = 1
    while len(items) > most * stride:
        stride *= 2
    kept = items[::stride]
    return kept if not items or kept[-1] == items[-1] else [*kept, items[-1]]

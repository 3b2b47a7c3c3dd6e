"""What all charts share: units, axes, font sizes, zoom, themes, the compiled specification."""

import json
from collections.abc import Callable
from dataclasses import astuple
from functools import cache, wraps
from typing import Any, TypeVar

import altair as alt

from charrnn.ui.style import DARK, LIGHT, is_dark

UNITS = {
    "bits": "bits per character",
    "nats": "nats per window",
    "perplexity": "perplexity",
}
AXES = {"iteration": "iteration", "characters": "characters read", "seconds": "seconds"}

# Of lines: legible on both backgrounds, and distinguishable with color blindness.
COLORS = ("#C4622D", "#2F7F9F", "#7C6BB8", "#4C9A5B", "#B5578F", "#B08A1E")

FONT_SIZE = 13  # pixels: readable on a projector, and still fits on a phone
LARGE_TEXT: dict[str, Any] = {"labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE}  # of alt.Axis

# 0, 500, 2k, 1.5M; never "0k".
SHORT_NUMBERS = "abs(datum.value) < 1000 ? format(datum.value, '~g') : format(datum.value, '~s')"

_TEXT = {"labelColor": LIGHT.muted, "titleColor": LIGHT.muted}
_AXIS = {"domainColor": LIGHT.line, "tickColor": LIGHT.line, "gridColor": LIGHT.line}
CONFIG = {"axis": _TEXT | _AXIS, "legend": _TEXT}
PADDING = {"left": 2, "right": 4, "top": 8, "bottom": 2}  # pixels, for labels at the ends of axes

Spec = Callable[..., dict[str, Any]]
T = TypeVar("T")


def compiled(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, without its data and without Altair's own theme.

    st.vega_lite_chart() adds the data at every refresh and applies Streamlit's theme.
    """
    spec = chart.to_dict()
    for name in ("data", "$schema", "datasets"):
        spec.pop(name, None)
    for layer in spec.get("layer", [spec]):
        # The chart has a name, and a sentence or a table beside it has the contents. Read aloud
        # mark by mark it would be hundreds of numbers.
        layer["mark"]["aria"] = False
    return spec | {"config": CONFIG, "padding": PADDING}


def themed(build: Spec) -> Spec:
    """As a decorator: cache a specification, and translate its colors for a dark page.

    build: returns a specification in the colors of the light palette, from hashable arguments.
    """

    light = cache(build)
    dark = cache(lambda *args, **kwargs: _in_dark(build(*args, **kwargs)))

    @wraps(build)
    def of_theme(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return (dark if is_dark() else light)(*args, **kwargs)

    return of_theme


def _in_dark(spec: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(spec)
    for light, dark in zip(astuple(LIGHT), astuple(DARK), strict=True):
        text = text.replace(f'"{light}"', f'"{dark}"')
    translated: dict[str, Any] = json.loads(text)
    return translated


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

"""A number that can be typed, and for most of them a slider beside the field.

Both show one setting. Slider and field are kept in step by shared/settings.py, which also says what
is wrong with a number that is not allowed.
"""

import math

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.ui.shared import settings, settings_input, wording
from charrnn.ui.shared.settings import CHOICES

FIELD_WIDTH = 84  # pixels: room for seven digits


def draw_with_slider(name: str, *, advice: str = "") -> None:
    """The slider of a setting, and its number field to the right. advice: added to its help."""
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"number_{name}"):
        settings_input.place_slider(name)
        st.select_slider(
            settings.label(name),
            sorted({*CHOICES[name], settings.value(name)}),
            key=settings_input.slider_key(name),
            format_func=lambda number: wording.value(name, number),
            help=f"{RunConfig.meaning(name)} {advice}".strip(),
            persist_state="session",
        )
        _field(name, step=step_at(name, settings.value(name)), beside_slider=True)
    _say_problem(name)


def draw(name: str, *, step: float = 1, disabled: bool = False) -> None:
    """The number field of a setting that has no slider. disabled: it makes no difference now."""
    _field(name, step=step, disabled=disabled)
    _say_problem(name)


def step_at(name: str, value: float) -> float:
    """How much an arrow key changes a value: one in its second digit; 100 by 10, 0.15 by 0.01."""
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return max(1.0, step) if RunConfig.is_whole(name) else step


def _field(name: str, *, step: float, beside_slider: bool = False, disabled: bool = False) -> None:
    # No default and no limits, which the browser would enforce by itself: it would put the default
    # into an empty field, and keep back a number outside the limits from the server. For the same
    # reason the type is float: in a field of whole numbers the browser reads 1e3 as 1.
    st.number_input(
        settings.label(name),
        value=None,
        step=float(step),
        format="%g",
        key=name,
        help=None if beside_slider else RunConfig.meaning(name),
        label_visibility="collapsed" if beside_slider else "visible",
        width=FIELD_WIDTH if beside_slider else "stretch",
        disabled=disabled,
        persist_state="session",
    )


def _say_problem(name: str) -> None:
    with st.container():  # also if it is empty: nothing below it may move
        if problem := settings.problem(name):
            st.error(problem, icon=":material/error:")

"""Takes what a visitor enters on the controls of the settings, and keeps them in step.

One setting may have two controls, a slider and a number field, and the choice of a recipe sets
many. shared/drawn_controls.py says which of them the visitor has changed.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import LEARNING_SETTINGS, RECIPES, recipe_of
from charrnn.ui import session
from charrnn.ui.shared import settings
from charrnn.ui.shared.drawn_controls import DrawnControls


def slider_key(name: str) -> str:
    """The widget key of the slider beside a number field."""
    return f"{name}_slider"


NAMES = tuple(RunConfig().to_dict())
SLIDERS = tuple(slider_key(name) for name in settings.TYPED if name in settings.CHOICES)
CONTROLS = (*NAMES, *SLIDERS, session.RECIPE)


def take_input() -> None:
    """Take what the visitor has entered since the page was drawn.

    To be called before the settings are used: at the start of the page, and in a callback. To call
    it again changes nothing.
    """
    state = st.session_state
    if _shown() != state.get(session.TAKEN):
        _take_changes(_drawn_controls().receive(state.get(session.DRAWING), _values()))
    for name, value_of_name in state.pop(session.NEXT_SETTINGS, {}).items():
        settings.assign(name, value_of_name)
    state[session.TAKEN] = _shown()


def _take_changes(changed: set[str]) -> None:
    """changed: the controls that the visitor has changed. The others stay as the page has them."""
    state = st.session_state
    held = state.setdefault(session.SETTINGS, {})
    if session.RECIPE in changed:
        follow_recipe(state[session.RECIPE])
    for name in NAMES:
        if slider_key(name) in changed:
            settings.assign(name, state[slider_key(name)])
        elif name in changed or name not in held:
            settings.keep(name)
        elif state[name] != held[name]:
            state[name] = held[name]
    for key in _drawn_controls().superseded(_values()):
        state[key] = state[key]  # which sends it to the browser


def follow_recipe(name: str) -> None:
    """Set all settings that a recipe decides or suggests."""
    for setting, suggested in RECIPES[name].settings.items():
        settings.assign(setting, suggested)


def put(values: Mapping[str, Any]) -> None:
    """Set some settings, in a callback. values: name -> value, as RunConfig has them."""
    take_input()
    for name, value_of_name in values.items():
        settings.assign(name, value_of_name)


def put_from_fragment(values: Mapping[str, Any]) -> None:
    """As put(), in a fragment: set them before the whole page is drawn again.

    What a fragment sets itself is lost: the browser sends the old values of the controls again.
    """
    st.session_state[session.NEXT_SETTINGS] = dict(values)


# --- Drawing ------------------------------------------------------------------------------------


def place_recipe() -> str:
    """Set the choice of a recipe, which is about to be drawn, to that of the settings; returns it.

    Written only if it differs, as in place_slider().
    """
    name = recipe_of({setting: settings.value(setting) for setting in LEARNING_SETTINGS})
    if st.session_state.get(session.RECIPE) != name:
        st.session_state[session.RECIPE] = name
    return name


def place_slider(name: str) -> None:
    """Set a slider, which is about to be drawn, to the value of its setting.

    Written only if it differs: to write a widget's value takes it out of the visitor's hand.
    """
    state, position = st.session_state, settings.value(name)
    if state.get(slider_key(name)) != position:
        state[slider_key(name)] = position


def draw_number() -> None:
    """Draw the hidden control with the number of this drawing, after all the others."""
    state = st.session_state
    drawing = _drawn_controls().draw(_values())
    if drawing is not None:
        state[session.DRAWING] = drawing
    st.number_input(
        "drawing", value=None, key=session.DRAWING, format="%d", step=1, persist_state="session"
    )
    state[session.TAKEN] = _shown()


def _drawn_controls() -> DrawnControls:
    controls: DrawnControls = st.session_state.setdefault(session.DRAWN, DrawnControls())
    return controls


def _values() -> dict[str, Any]:
    """What the controls show: key -> value."""
    return {key: st.session_state[key] for key in CONTROLS if key in st.session_state}


def _shown() -> dict[str, Any]:
    """What the controls show, and in which drawing."""
    return {session.DRAWING: st.session_state.get(session.DRAWING)} | _values()

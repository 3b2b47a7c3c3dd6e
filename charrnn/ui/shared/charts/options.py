"""The controls of a loss chart: its unit and its horizontal axis."""

import streamlit as st

from charrnn.ui import session
from charrnn.ui.shared.charts import specs


def choose_unit() -> str:
    """Draw the control for the unit; returns one of specs.UNITS."""
    return _choose("Unit", list(specs.UNITS), session.UNIT)


def choose_axis() -> str:
    """Draw the control for the horizontal axis; returns one of specs.AXES. All pages share it."""
    return _choose("Horizontal axis", list(specs.AXES), session.AXIS)


def _choose(label: str, options: list[str], key: str) -> str:
    session.ensure_option(key, options)
    chosen = st.segmented_control(
        label,
        options,
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    return chosen or options[0]

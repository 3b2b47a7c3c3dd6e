"""What a chart of losses is drawn in: its unit, and its horizontal axis."""

import streamlit as st

from charrnn.ui import charts, session


def choose_unit() -> str:
    """One of charts.UNITS."""
    return _choose("Unit", list(charts.UNITS), session.UNIT)


def choose_axis() -> str:
    """One of charts.AXES; the same on all pages."""
    return _choose("Horizontal axis", list(charts.AXES), session.AXIS)


def _choose(label: str, options: list[str], key: str) -> str:
    session.drop_unless(key, options)
    return st.segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )

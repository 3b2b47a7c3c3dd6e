"""The little that the theme cannot say: tabular figures, the figures' grid, room on the page."""

from pathlib import Path

import streamlit as st

ACCENT = "#C4622D"  # legible on both backgrounds, as are the others
HELD_OUT = "#2F7F9F"
QUIET = "#8F867A"

ICON = str(Path(__file__).with_name("icon.svg"))  # a file: an icon by name comes from the web


def apply() -> None:
    st.html(Path(__file__).with_name("style.css"))

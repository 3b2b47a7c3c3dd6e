"""Colours, icon and style sheet of the pages; the rest is the theme in .streamlit/config.toml."""

from pathlib import Path

import streamlit as st

# Legible on the light and on the dark background.
ACCENT = "#C4622D"
HELD_OUT = "#2F7F9F"
MUTED = "#8F867A"

ICON = str(Path(__file__).with_name("icon.svg"))  # a file: an icon by name comes from the web


def apply() -> None:
    """Add the style sheet that all pages share."""
    st.html(Path(__file__).with_name("style.css"))

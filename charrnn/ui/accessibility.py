"""Repairs of Streamlit's own elements in the browser: keyboard, dialogs, the menu of a phone."""

from pathlib import Path

import streamlit as st

_repairs = st.components.v2.component(
    "charrnn_accessibility",
    html="<span></span>",
    js=Path(__file__).with_name("accessibility.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def repair() -> None:
    """Add the script to the page. It draws nothing."""
    with st.container(key="accessibility"):
        _repairs(key="repairs")

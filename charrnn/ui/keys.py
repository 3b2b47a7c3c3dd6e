"""Keys for whoever presents to a room: Space, the arrows, and ? for the list of them."""

from pathlib import Path

import streamlit as st

_keys = st.components.v2.component(
    "charrnn_keys",
    html="<span></span>",
    js=Path(__file__).with_name("keys.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def listen() -> None:
    """Add the script to the page. It draws nothing until ? is pressed."""
    with st.container(key="keys"):
        _keys(key="key_listener")

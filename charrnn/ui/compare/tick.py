"""A box to tick with somebody's words beside it, a small component.

Streamlit's own reads its label as Markdown, and hands the very same characters to screen readers:
what is escaped for the one is read aloud by the other.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_tick = st.components.v2.component(
    "charrnn_tick",
    html='<label class="tick"><input type="checkbox"><span></span></label>',
    css=(_HERE / "tick.css").read_text(encoding="utf-8"),
    js=(_HERE / "tick.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def tick(
    name: str, *, ticked: bool, full: str = "", key: str, on_change: Callable[[], None]
) -> None:
    """st.session_state[key]["ticked"] is what it was changed to.

    full: why nothing more can be ticked, or "".
    """
    disabled = bool(full) and not ticked
    _tick(
        key=key,
        data={"name": name, "ticked": ticked, "disabled": disabled, "why": full},
        on_ticked_change=on_change,
    )

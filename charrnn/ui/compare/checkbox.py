"""A checkbox whose label is plain text: a small component.

st.checkbox() reads its label as Markdown but gives screen readers the raw characters, so the
backslashes that escape a run's name would be read aloud.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_checkbox = st.components.v2.component(
    "charrnn_checkbox",
    html='<label class="run-checkbox"><input type="checkbox"><span></span></label>',
    css=(_HERE / "checkbox.css").read_text(encoding="utf-8"),
    js=(_HERE / "checkbox.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def checkbox(
    label: str,
    *,
    checked: bool,
    why_not_more: str = "",
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Draw the checkbox; during `on_change`, st.session_state[key]["checked"] is its new value.

    why_not_more: the reason why no further box can be checked, or "". It disables the box unless
    it is checked already.
    """
    disabled = bool(why_not_more) and not checked
    _checkbox(
        key=key,
        data={"label": label, "checked": checked, "disabled": disabled, "reason": why_not_more},
        on_checked_change=on_change,
    )

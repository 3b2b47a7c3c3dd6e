"""Dialogs that stay open until they are closed.

Streamlit closes a dialog whenever the whole page is drawn anew, and live parts ask for that when
their timers have to change.
"""

from collections.abc import Callable
from functools import wraps

import streamlit as st

from charrnn.ui import session


def dialog(title: str, **options) -> Callable:
    """st.dialog for a function, during which rerun_page() holds back."""

    def decorate(draw: Callable) -> Callable:
        @st.dialog(title, on_dismiss=none_is_open, **options)
        @wraps(draw)
        def open_dialog(*args, **kwargs) -> None:
            st.session_state[session.DIALOG] = True
            draw(*args, **kwargs)

        return open_dialog

    return decorate


def none_is_open() -> None:
    """To be said when the whole page is drawn: that has closed whatever was open."""
    st.session_state[session.DIALOG] = False


def rerun_page() -> None:
    """Draw the whole page anew; while a dialog is open, nothing: the next look asks again."""
    if not st.session_state.get(session.DIALOG):
        st.rerun()

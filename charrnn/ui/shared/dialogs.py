"""Dialogs that stay open until the visitor closes them.

Streamlit closes a dialog whenever the whole page is redrawn, and the live parts of a page ask for
that whenever their timers have to change. While a dialog is open, they have to wait.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st

from charrnn.ui import session

P = ParamSpec("P")


def dialog(title: str, **options: Any) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Like st.dialog, as a decorator, but rerun_page() does nothing while the dialog is open."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @st.dialog(title, on_dismiss=mark_closed, **options)
        @wraps(draw)
        def open_dialog(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[session.DIALOG] = True
            draw(*args, **kwargs)

        return open_dialog

    return decorate


def mark_closed() -> None:
    """Record that no dialog is open. For every run of the whole page, which closes any dialog."""
    st.session_state[session.DIALOG] = False


def rerun_page() -> None:
    """Redraw the whole page, unless a dialog is open: then the next refresh asks again."""
    if not st.session_state.get(session.DIALOG):
        st.rerun()

"""Dialogs about a run, which stay open until the visitor closes them.

Streamlit closes a dialog whenever the whole page is redrawn, and the live parts of a page ask for
that whenever their timers have to change. While a dialog is open, they have to wait.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import streamlit as st

from charrnn.runs.errors import RunNotFound
from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import deleted_runs

P = ParamSpec("P")
RunDialog = Callable[Concatenate[Run, P], None]


def run_dialog(title: str, **options: Any) -> Callable[[RunDialog[P]], RunDialog[P]]:
    """Like st.dialog, as a decorator, but rerun_page() does nothing while the dialog is open.

    The dialog shows errors, and says so if the run was deleted meanwhile.
    """

    def decorate(draw: RunDialog[P]) -> RunDialog[P]:
        @st.dialog(title, on_dismiss=mark_closed, **options)
        @wraps(draw)
        @shows_errors()
        def open_dialog(run: Run, /, *args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[session.DIALOG] = True
            if _exists(run):
                draw(run, *args, **kwargs)
            else:
                deleted_runs.offer_to_restore(run)

        return open_dialog

    return decorate


def _exists(run: Run) -> bool:
    try:
        return services.store().runs.get(run.id).deleted_at is None
    except RunNotFound:
        return False


def mark_closed() -> None:
    """Record that no dialog is open. For every run of the whole page, which closes any dialog."""
    st.session_state[session.DIALOG] = False


def rerun_page() -> None:
    """Redraw the whole page, unless a dialog is open: then the next refresh asks again."""
    if not st.session_state.get(session.DIALOG):
        st.session_state[session.REDRAWS] = True
        st.rerun()

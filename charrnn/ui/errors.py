"""Errors on the page: one sentence that says what happened, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from charrnn.runs.errors import RunNotFound, StoreError, TextNotFound
from charrnn.runs.events import log_event, path
from charrnn.runs.limits import TooLarge
from charrnn.ui import session
from charrnn.ui._compat.script_runs import in_callback
from charrnn.ui.markdown import escape_markdown

UNEXPECTED = (
    "This part of the page could not be shown because of an unexpected error. Your runs are safe "
    "and keep training. Reload the page to try again."
)
UNEXPECTED_IN_CALLBACK = (
    "That did not work because of an unexpected error. Your runs are safe and keep training."
)
UNEXPECTED_ICON = ":material/error:"


@contextmanager
def shows_errors() -> Iterator[None]:
    """Say on the page what has failed; as a decorator, `@shows_errors()`, in callbacks.

    After RunNotFound the page is drawn again: the run was deleted after it had been drawn. Then
    shared/deleted_runs.py says so and offers to restore it. After TextNotFound it is drawn again
    without the selected text, which was pruned or is no longer shared. What nobody expects is
    left to show_unexpected(), except in a callback, where that would draw above the page.
    """
    try:
        yield
    except StoreError as error:
        say(escape_markdown(str(error)), ":material/database_off:")
    except TooLarge as error:
        say(escape_markdown(str(error)), ":material/expand:")
    except RunNotFound as error:
        session.note_deleted(error.key)
        st.rerun()
    except Exception as error:
        if isinstance(error, TextNotFound) and error.sha256 == session.text_sha256():
            _drop_selected_text()
        if not in_callback():
            raise
        _log(error)
        say(UNEXPECTED_IN_CALLBACK, UNEXPECTED_ICON)


def _drop_selected_text() -> None:
    session.forget_selected_text()
    st.toast(
        "The text you had chosen is not here any more: no run was using it, or its owner has "
        "stopped sharing it."
    )
    st.rerun()


def say(message: str, icon: str) -> None:
    """Draw an error here; or, in a callback, where the page has its notices. message: Markdown."""
    if in_callback():
        st.session_state[session.ERROR] = (message, icon)
        st.rerun()  # the whole page, even if the control belongs to a live part
    st.error(message, icon=icon)


def draw_notice() -> None:
    """Say what failed in a callback since the page was drawn last."""
    if error := st.session_state.pop(session.ERROR, None):
        message, icon = error
        st.error(message, icon=icon)


def show_unexpected(error: Exception) -> bool:
    """Log the type and place of an unexpected error, and say on the page that there was one.

    Returns True: it has been handled.
    """
    _log(error)
    st.error(UNEXPECTED, icon=UNEXPECTED_ICON)
    return True


def _log(error: Exception) -> None:
    steps = path(error)
    own_steps = [step for step in steps if step.startswith("charrnn.")]
    log_event("page_failed", error=type(error).__name__, at=steps[-1], path=" > ".join(own_steps))

"""Errors on the page: one sentence that says what happened, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_event
from charrnn.runs.limits import TooLarge
from charrnn.ui.markdown import escape_markdown


@contextmanager
def shows_errors() -> Iterator[None]:
    """Show StoreError and TooLarge on the page; as a decorator, `@shows_errors()`, in callbacks."""
    try:
        yield
    except StoreError as error:
        st.error(escape_markdown(str(error)), icon=":material/database_off:")
    except TooLarge as error:
        st.error(escape_markdown(str(error)), icon=":material/expand:")


def show_unexpected(error: Exception) -> bool:
    """Log the type and place of an unexpected error, and say on the page that there was one.

    The message is not logged: it may contain a visitor's text. Returns True: it has been handled.
    """
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else ""
    log_event("page_failed", error=type(error).__name__, where=where)
    st.error(
        "This part of the page could not be shown because of an unexpected error. Your runs are "
        "safe and keep training. Reload the page to try again.",
        icon=":material/error:",
    )
    return True

"""What goes wrong, said in one sentence on the page, in place of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from charrnn.runs.events import event
from charrnn.runs.limits import TooLarge
from charrnn.runs.records import StoreError
from charrnn.ui.plain import plain


@contextmanager
def told() -> Iterator[None]:
    """Around what reads or writes the store; also as a decorator, `@told()`, on callbacks."""
    try:
        yield
    except StoreError as trouble:
        st.error(plain(str(trouble)), icon=":material/database_off:")
    except TooLarge as trouble:
        st.error(plain(str(trouble)), icon=":material/expand:")


def say(error: Exception) -> bool:
    """What nobody thought of: its kind goes into the log, and the page says that it happened."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else ""
    event("page_failed", error=type(error).__name__, where=where)
    st.error(
        "This part of the page could not be drawn. Your runs are safe and go on; reload the page "
        "to try again.",
        icon=":material/error:",
    )
    return True

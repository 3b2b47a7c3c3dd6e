"""When the store cannot be used: one sentence on the page, in place of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from charrnn.runs.records import StoreError
from charrnn.ui.plain import plain


@contextmanager
def told() -> Iterator[None]:
    """Around what reads or writes the store; also as a decorator, `@told()`, on callbacks."""
    try:
        yield
    except StoreError as trouble:
        st.error(plain(str(trouble)), icon=":material/database_off:")

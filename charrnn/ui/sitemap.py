"""Going from one page to another. pages.py says which there are; this knows none of them."""

import streamlit as st

from charrnn.ui import session

_pages: dict[str, st.Page] = {}


def register(pages: list[st.Page]) -> None:
    """The pages of the dashboard: the same for every visitor, made anew at every run."""
    _pages.update({page.title: page for page in pages})


def go(title: str) -> None:
    """Go to a page; what is seen there comes from the session. Not for use in a callback."""
    if session.page() == title:
        st.rerun()
    st.switch_page(_pages[title])

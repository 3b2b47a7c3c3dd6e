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
    st.switch_page(_pages[title], query_params=session.link_to_seen())


def link(title: str, label: str, *, query: dict[str, str]) -> None:
    """A link to a page. Unlike go(), it is one step in the browser's history, to be gone back."""
    st.page_link(_pages[title], label=label, query_params=query)

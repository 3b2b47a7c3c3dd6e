"""Going from one page to another by its title. The pages themselves are registered by pages.py."""

import streamlit as st

from charrnn.ui import selection, session

_pages: dict[str, st.Page] = {}


def register(pages: list[st.Page]) -> None:
    """Make the pages known. They are the same for every session, but created at every rerun."""
    _pages.update({page.title: page for page in pages})


def go(title: str) -> None:
    """Go to a page, with the selected run. Must not be called in a callback."""
    if session.page() == title:
        st.rerun()
    st.switch_page(_pages[title], query_params=selection.link_to_selected())


def follow(title: str, query: dict[str, str]) -> None:
    """Show a page just as its URL says. Does nothing for a page that is not there."""
    if title not in _pages:
        return
    on_this_page = session.page() == title
    selection.open_anew(query)
    if on_this_page and session.WALL_VIEW in query:
        # While the control is on the page, only the control may write its parameter.
        query = {**query}
        st.session_state[session.WALL_VIEW] = query.pop(session.WALL_VIEW)
    st.switch_page(_pages[title], query_params=query)


def link(title: str, label: str, *, query: dict[str, str]) -> None:
    """Draw a link to a page. Unlike go(), following it can be undone with the browser's Back."""
    st.page_link(_pages[title], label=label, query_params=query)


def address() -> str:
    """The URL of the dashboard in the visitor's browser, without a page; "" if it is unknown."""
    url = (st.context.url or "").split("?")[0].rstrip("/")
    return url if session.page() == "Train" else url.rsplit("/", 1)[0]

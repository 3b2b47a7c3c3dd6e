"""Opening a page in tests, as a visitor whose browser has the key of a workspace."""

from streamlit.testing.v1 import AppTest

from charrnn.ui import workspace_key
from tests.support.store import WORKSPACE


def enter(page: AppTest, *, key: str = WORKSPACE, **query: str) -> AppTest:
    """Give a page that was not run yet the visitor's key and its address; returns it.

    key: "" for a new visitor. query: `w` is the key in a link.
    """
    if key:
        page.session_state[workspace_key._KEY] = key
    page.query_params.update(query)
    return page

"""Fixtures for the tests of the page /inside."""

import pytest
from streamlit.testing.v1 import AppTest


@pytest.fixture
def open_inside(open_page):
    """open_inside(view, run=...): the page at one of its views."""

    def open_inside(view="The network", /, **query) -> AppTest:
        page = open_page("inside", view=view, **query)
        assert not page.exception
        return page

    return open_inside

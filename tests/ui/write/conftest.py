"""Fixtures for the tests of the page /write."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.visitor import enter


def the_page():
    from charrnn.ui import selection
    from charrnn.ui.write import page

    selection.read_url("Write")
    page.show()


@pytest.fixture
def open_write(store):
    def open_write(**query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        enter(page, **query)
        page.run()
        assert not page.exception
        return page

    return open_write

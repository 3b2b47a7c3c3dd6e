"""The Alphabet page of a run or of a text."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.alphabet_page import the_page
from tests.support.visitor import enter


@pytest.fixture
def open_alphabet(store):
    """open_alphabet(run=...) or open_alphabet(text=...): the page, run once."""

    def open_alphabet(*, text=None, **query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        enter(page, **query)
        if text is not None:
            corpus = store.corpora.add("A *text* of <b>mine</b>", text)
            page.session_state["text"] = corpus.sha256
            page.session_state["own_texts"] = {corpus.sha256: corpus.name}
        page.run()
        assert not page.exception
        return page

    return open_alphabet

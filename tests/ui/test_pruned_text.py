"""A text that was chosen in a session and is pruned before any run uses it."""

import pytest
import streamlit as st

from tests.support.train_page import words
from tests.ui.conftest import go

TEXT = "the cat sat on a zebra " * 30


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("at", ["", "alphabet", "compare", "write"])
def test_every_page_goes_on_without_a_text_that_was_pruned(open_page, store, at, restarted):
    page = open_page()
    page.button_group(key="source").set_value("Paste").run()
    page.text_area[0].set_value(TEXT).run()
    pasted = page.session_state["text"]
    with store.database.writing() as db:
        db.exec_driver_sql(f"DELETE FROM corpora WHERE sha256 = '{pasted}'")
    if restarted:  # a server that has been restarted has nothing in its cache
        st.cache_data.clear()
        st.cache_resource.clear()
    go(page, at)
    page.run()
    assert not page.exception
    go(page, "")
    page.run()
    assert not page.exception
    assert page.session_state["text"] == pasted  # the paste box still has it: it is stored again
    assert f"{len(TEXT)} characters" in words(page)

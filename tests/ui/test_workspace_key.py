"""A browser keeps the key of its workspace in a cookie, and nobody else's."""

import re

import pytest
import streamlit as st

from tests.support.store import WORKSPACE


@pytest.fixture
def cookies(monkeypatch) -> dict[str, str]:
    """The cookies that the browser sends."""
    cookies = {}
    monkeypatch.setattr(type(st.context), "cookies", property(lambda _: cookies))
    return cookies


def stored_key(page) -> str | None:
    """The key that the page lets the browser store, if any."""
    data = "".join(component.proto.json for component in page.get("bidi_component"))
    found = re.search(r"charrnn_workspace=([\w-]+);", data)
    return found and found[1]


def test_the_bare_address_finds_the_runs_of_the_browser_again(open_page, cats, cookies):
    cookies["charrnn_workspace"] = WORKSPACE
    page = open_page(w="")
    assert "Back to Run 1" in [button.label for button in page.button]
    assert stored_key(page) is None  # it is there already


def test_a_new_visitor_gets_a_key_and_keeps_it(open_page, cats, cookies):
    page = open_page(w="")
    key = stored_key(page)
    assert len(key) == 32
    assert key != WORKSPACE
    assert stored_key(page.run()) is None


@pytest.mark.parametrize("saved", ["short", "x" * 65, "'; alert(1); '" + "x" * 20])
def test_a_forged_cookie_is_replaced(open_page, cookies, saved):
    cookies["charrnn_workspace"] = saved
    assert re.fullmatch(r"[\w-]{32}", stored_key(open_page(w="")))


def test_the_key_in_a_link_is_not_stored(open_page, cats):
    """It may belong to somebody else."""
    assert stored_key(open_page(w=WORKSPACE, run=cats.id)) is None

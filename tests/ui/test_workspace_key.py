"""A browser keeps the key of its workspace in a cookie; the address bar never shows it."""

import json
import re
import secrets
from base64 import urlsafe_b64encode as b64encode

import pytest
import streamlit as st

from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.room_records import Start
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import workspace_key
from tests.support.store import SMALL, WORKSPACE
from tests.support.train_page import click, words
from tests.ui.conftest import go

FORGED = ["short", "x" * 65, "'; alert(1); '" + "x" * 20]


@pytest.fixture
def cookies(monkeypatch) -> dict[str, str]:
    """The cookies that the browser sends."""
    cookies = {}
    monkeypatch.setattr(type(st.context), "cookies", property(lambda _: cookies))
    return cookies


def stored_key(page) -> str | None:
    """The key that the page lets the browser store, if any."""
    components = (json.loads(c.proto.json) for c in page.get("bidi_component") if c.proto.json)
    keys = [data["key"] for data in components if data.get("name") == "charrnn_workspace"]
    return keys[0] if keys else None


def test_the_bare_address_finds_the_runs_of_the_browser_again(open_page, cats, cookies):
    cookies["charrnn_workspace"] = WORKSPACE
    page = open_page(key="")
    assert "Back to Run 1" in [button.label for button in page.button]
    assert stored_key(page) is None  # it is there already


def test_a_new_visitor_gets_a_key_and_keeps_it(open_page, cats, cookies):
    page = open_page(key="")
    key = stored_key(page)
    assert len(key) == 32
    assert key != WORKSPACE
    assert stored_key(page.run()) == key


def test_keys_cannot_be_guessed(open_page, store, corpus, monkeypatch, started):
    """Each key is all of what the system's source of randomness has given for it."""
    drawn, draw = [], secrets.token_bytes
    monkeypatch.setattr(secrets, "token_bytes", lambda n: drawn.append(draw(n)) or drawn[-1])
    page = open_page(key="")
    click(page, "Train")
    key = page.session_state[workspace_key._KEY]
    (run,) = Workspace(store, key).runs()
    room = Presenter.open_room(store, key, Start(corpus.sha256, "cats", SMALL))
    member = store.rooms.join(room, key, "Ada")
    random_bits = {b64encode(n).rstrip(b"=").decode(): 8 * len(n) for n in drawn}
    keys = {each: random_bits[each] for each in (run.id, run.view_key, room.id, member.key, key)}
    assert list(keys.values()) == [96, 96, 96, 96, 192]


@pytest.mark.parametrize("saved", FORGED)
def test_a_forged_cookie_is_replaced(open_page, cookies, saved):
    cookies["charrnn_workspace"] = saved
    assert re.fullmatch(r"[\w-]{32}", stored_key(open_page(key="")))


@pytest.mark.parametrize("at", ["", "alphabet", "compare", "write"])
def test_the_address_of_an_own_run_does_not_contain_the_key(open_page, cats, at):
    page = open_page(at, run=cats.id, compare=cats.id)
    for path in ("", "alphabet", "compare", "write"):
        go(page, path)
        page.run()
        assert not page.exception
        assert WORKSPACE not in str(dict(page.query_params))


def test_training_leaves_the_key_out_of_the_address(open_page, workspace, started):
    page = open_page()
    click(page, "Train")
    assert set(page.query_params) == {"run"}
    assert workspace.runs()[0].id in page.query_params["run"]


def test_the_page_says_so_if_the_browser_keeps_no_cookies(open_page, cookies):
    page = open_page(key="")
    assert "keeps no cookies" not in words(page)
    page.session_state["cookies_blocked"] = True  # as the component reports it
    page.run()
    assert "keeps no cookies" in words(page)

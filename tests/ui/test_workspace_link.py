"""A link with a key opens a workspace, and leads nobody into another one without a word."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.store.workspace import Workspace
from charrnn.ui import workspace_key
from tests.support.store import SMALL, WORKSPACE
from tests.support.train_page import buttons, click, words
from tests.support.visitor import enter

THEIRS = "s" * 32
QUESTION = "This link opens other runs than yours"
NOTICE = "A link has opened these runs"


def key(page) -> str:
    """The key that the page uses."""
    return page.session_state[workspace_key._KEY]


@pytest.fixture
def theirs(store, corpus, work):
    """A run of another visitor."""
    return work(Workspace(store, THEIRS).create(corpus, SMALL, pause_at=250))


@pytest.mark.parametrize("query", [{}, {"run": True}], ids=["no run", "a run"])
def test_a_new_visitor_follows_an_old_link_and_is_told_who_shares_these_runs(
    open_page, theirs, query
):
    query = dict.fromkeys(query, theirs.id)
    page = open_page(key="", w=THEIRS, **query)
    assert key(page) == THEIRS
    assert NOTICE in words(page)
    assert "w" not in page.query_params
    assert page.query_params.get("run") in (None, theirs.id, [theirs.id])
    assert ("run" in page.query_params) == bool(query)
    click(page, "Close")
    assert NOTICE not in words(page)


def test_a_visitor_can_leave_the_runs_that_a_link_opened(open_page, theirs, store):
    page = open_page(key="", w=THEIRS, run=theirs.id)
    click(page, "Start a list of my own")
    assert key(page) not in ("", THEIRS)
    click(page, "Train")
    assert Workspace(store, THEIRS).runs() == [theirs]
    assert len(Workspace(store, key(page)).runs()) == 1


def test_the_own_link_opens_the_own_runs_without_a_question(open_page, cats):
    page = open_page(w=WORKSPACE, run=cats.id)
    assert not {NOTICE, QUESTION} & set(words(page).splitlines())
    assert "Resume" in buttons(page)
    assert "w" not in page.query_params


def test_a_visitor_with_runs_is_asked_first_and_can_stay(open_page, cats, theirs, store):
    page = open_page(w=THEIRS, run=theirs.id)
    assert QUESTION in words(page)
    assert buttons(page) == {"Stay with mine", "Open the other runs"}
    assert "w" not in page.query_params
    click(page, "Stay with mine")
    assert key(page) == WORKSPACE
    assert QUESTION not in words(page)
    assert "You are viewing another visitor's run" in words(page)
    click(page, "Train")
    assert Workspace(store, THEIRS).runs() == [theirs]


def test_a_visitor_with_runs_can_open_the_others(open_page, cats, theirs):
    page = open_page(w=THEIRS, run=theirs.id)
    assert any(f"?w={WORKSPACE}" in code.value for code in page.code)  # the way back
    click(page, "Open the other runs")
    assert key(page) == THEIRS
    assert "Resume" in buttons(page)
    page.run()
    assert QUESTION not in words(page)


@pytest.mark.parametrize("own", ["", WORKSPACE], ids=["new visitor", "with a key"])
@pytest.mark.parametrize("forged", ["anything_of_20_chars", "x" * 64, "short", "\0", "../" * 10])
def test_a_key_without_runs_is_not_taken(open_page, store, workspace, started, own, forged):
    """Or else whoever made it up would find on his list what is trained there."""
    page = open_page(key=own, w=forged)
    assert "This link opens no runs" in words(page)
    assert key(page) == own or not own
    click(page, "Train")
    assert Workspace(store, forged.replace("\0", "")).runs() == []
    assert len(Workspace(store, key(page)).runs()) == 1


def test_a_text_uploaded_after_a_made_up_link_stays_with_its_owner(open_page, store):
    page = open_page(key="", w="anything_of_20_chars")
    page.segmented_control(key="source").set_value("Paste").run()
    page.text_area(key="paste").set_value("a letter to nobody else\n" * 20).run()
    assert not Workspace(store, "anything_of_20_chars").in_use()


def the_device_dialog():
    from charrnn.ui import selection, services
    from charrnn.ui.shared import workspace_link

    selection.read_url("Train")
    workspace_link.offer_link(services.workspace().runs()[0])


def test_the_link_for_another_device_opens_the_run_there(open_page, store, cats):
    dialog = enter(AppTest.from_function(the_device_dialog, default_timeout=60)).run()
    assert not dialog.exception
    assert "keep it to yourself" in words(dialog)
    page = open_page(key="", **dict(parse_qsl(urlsplit(dialog.code[0].value).query)))
    assert "Resume" in buttons(page)
    assert key(page) == WORKSPACE

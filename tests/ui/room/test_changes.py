"""What the browsers of people in a room ask for: whether their pages have to change."""

import json
from dataclasses import replace

import pytest
from anyio.from_thread import start_blocking_portal

from charrnn.runs.store.room_records import Place
from charrnn.ui.shared.room import changes
from charrnn.ui.shared.room.changes import RoomChanges
from tests.ui.room.conftest import ADA, BEN


async def _no_page(scope, receive, send):
    raise AssertionError("the question reached the page")


@pytest.fixture
def ask():
    """ask(path, query=""): the answer to a question, as a browser gets it."""

    def ask(path: str, query: str = "") -> dict:
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode()}
        with start_blocking_portal() as portal:
            portal.call(RoomChanges(_no_page), scope, None, send)
        assert sent[0]["status"] == 200
        assert (b"cache-control", b"no-store") in sent[0]["headers"]
        return json.loads(sent[1]["body"])

    return ask


@pytest.fixture
def ada(store, room):
    return store.rooms.join(room, ADA, "Ada")


@pytest.fixture
def version(ask, room, ada):
    """version(query=""): what Ada's browser compares."""
    return lambda query="": ask(f"/room-changes/{room.id}/{ada.key}", query)["version"]


CHANGES = {
    "a start": lambda presenter, room: presenter.send(replace(room.start, note="try this")),
    "a place": lambda presenter, room: presenter.lead(Place("Inside", {})),
    "a question": lambda presenter, room: presenter.ask("How much?"),
    "the end": lambda presenter, room: presenter.close(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_reaches_a_page_changes_the_version(version, presenter, room, change):
    before = version()
    assert version() == before
    change(presenter, room)
    assert version() != before


def test_a_new_name_and_a_run_that_was_started_change_it_for_that_member_alone(
    version, presenter, room, store, ask, ada
):
    ben = store.rooms.join(room, BEN, "Ben")
    of_ada, of_ben = version(), ask(f"/room-changes/{room.id}/{ben.key}")
    presenter.rename(ada.key, "Ada L.")
    assert version() != of_ada
    assert ask(f"/room-changes/{room.id}/{ben.key}") == of_ben


def test_who_looks_around_alone_is_not_led_on(version, presenter):
    presenter.lead(Place("Inside", {}))
    before, alone = version(), version("alone=1")
    presenter.lead(Place("Write", {}))
    assert version() != before
    assert version("alone=1") == alone


def test_who_was_removed_hears_of_it(version, presenter, ada):
    presenter.remove(ada.key)
    assert version() == ""


@pytest.mark.parametrize("path", ["", "/", "x", "x/y", "../../etc", "%00/\0", "\0/\0", "ä/ö/ü"])
def test_other_keys_learn_nothing(ask, room, path):
    assert ask(f"/room-changes/{path}") == {"version": ""}
    assert ask(f"/room-changes/{room.id}/{path}") == {"version": ""}


def test_an_answer_says_how_far_away_the_common_start_is(ask, room, presenter, ada):
    path = f"/room-changes/{room.id}/{ada.key}"
    assert ask(path)["seconds"] is None
    begins_at = room.now + 60.0
    presenter.count_down(begins_at)
    answer = ask(path)
    assert set(answer) == {"version", "share", "begins", "seconds", "wait"}  # no text, no name
    assert answer["begins"] == begins_at
    assert 0.0 < answer["seconds"] <= 60.0


def test_of_many_people_each_asks_less_often(ask, room, ada, monkeypatch):
    monkeypatch.setattr(changes, "PEOPLE_PER_SECOND", 0.25)
    assert ask(f"/room-changes/{room.id}/{ada.key}")["wait"] == 4.0

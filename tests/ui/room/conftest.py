"""Pages of a presenter and of people in a room, without browser and worker processes."""

import json

import pytest

from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.room_records import Room, Start
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.room import join
from charrnn.ui.room.code_guesses import CodeGuesses
from charrnn.ui.shared.room import presence
from tests.support.store import SMALL, WORKSPACE
from tests.ui.conftest import go

PRESENTER, ADA, BEN = WORKSPACE, "a" * 32, "b" * 32
HOSTILE = "<b>*x*</b> :red[y] $z$"  # HTML, Markdown, Streamlit's own markup, a formula


def data_of(page, component: str) -> dict:
    """What a component on the page gets from the server."""
    (found,) = [
        each for each in page.get("bidi_component") if each.proto.component_name.endswith(component)
    ]
    return json.loads(found.proto.json)


def tiles(page) -> list[dict]:
    """What the tiles of the wall show."""
    return data_of(page, "charrnn_tiles")["tiles"]


@pytest.fixture(autouse=True)
def nothing_is_cached(monkeypatch):
    """Pages see at once what the test has changed, and no test sees the guesses of another."""
    for shared in (presence._PRESENCES, presence._PEOPLE, presence._WALLS):
        monkeypatch.setattr(shared, "seconds", 0.0)
    monkeypatch.setattr(join, "GUESSES", CodeGuesses())


@pytest.fixture
def room(store, corpus) -> Room:
    return Presenter.open_room(store, PRESENTER, Start(corpus.sha256, "cats", SMALL))


@pytest.fixture
def presenter(store, room) -> Presenter:
    return Presenter(store, PRESENTER, room.id)


@pytest.fixture
def enter_room(store, room, open_page):
    """enter_room(key, nickname): the Train page of somebody who has joined."""

    def enter_room(key: str, nickname: str):
        store.rooms.join(room, key, nickname)
        return open_page(key=key)

    return enter_room


@pytest.fixture
def people(store, room):
    """people(): the members of the room, as they are now."""
    return lambda: store.rooms.people(room.id)[1]


@pytest.fixture
def now(store, room):
    """now(): the room as it is now."""
    return lambda: store.rooms.people(room.id)[0]


@pytest.fixture
def wall(open_page):
    """wall(view="Tiles"): the page of the presenter."""

    def wall(view: str = "Tiles"):
        page = open_page("room", key=PRESENTER)
        page.segmented_control(key="show").set_value(view)
        go(page, "room")
        page.run()
        assert not page.exception
        return page

    return wall


@pytest.fixture
def ada_trains(enter_room, store, corpus, work):
    """The Train page of somebody in the room, and her run, which is done."""
    page = enter_room(ADA, HOSTILE[:20])
    run = work(Workspace(store, ADA).create(corpus, SMALL))
    return page, run

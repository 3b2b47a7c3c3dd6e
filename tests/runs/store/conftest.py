"""Fixtures for the tests of the store: a new run, one with a lease, two visitors, and a room."""

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.room_records import Room, Start
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from tests.support.rooms import PRESENTER
from tests.support.store import SMALL


@pytest.fixture
def run(store: Store, corpus: Corpus) -> Run:
    return store.runs.create(corpus, RunConfig())


@pytest.fixture
def leased_run(store: Store, run: Run) -> Run:
    """A run whose lease the worker "one" holds."""
    assert store.leases.claim(run.id, "one")
    return store.runs.get(run.id)


@pytest.fixture
def mine(store):
    return Workspace(store, "mine")


@pytest.fixture
def yours(store):
    return Workspace(store, "yours")


@pytest.fixture
def start(corpus) -> Start:
    return Start(corpus.sha256, "cats", SMALL)


@pytest.fixture
def room(store, start) -> Room:
    return Presenter.open_room(store, PRESENTER, start)


@pytest.fixture
def presenter(store, room) -> Presenter:
    return Presenter(store, PRESENTER, room.id)


@pytest.fixture
def join(store, room):
    """join(workspace, nickname): the member."""
    return lambda workspace, nickname="Ada": store.rooms.join(room, workspace, nickname)

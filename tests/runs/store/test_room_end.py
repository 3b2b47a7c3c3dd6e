"""Closing and leaving a room, and what remains."""

import time

import pytest

from charrnn.runs.store import rooms as rooms_module
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.records import Experiment
from charrnn.runs.store.room_records import ROOM_SECONDS, Room
from charrnn.runs.store.workspace import Workspace
from tests.support.rooms import ADA, BEN, PRESENTER
from tests.support.store import SMALL

DAY = 86_400


def age(store, room: Room, seconds: float, *, column: str) -> None:
    """Let a time of the room be so long ago."""
    r = rooms_module.schema.rooms
    with store.database.writing() as db:
        db.execute(r.update().where(r.c.id == room.id).values({column: time.time() - seconds}))


def test_a_room_that_nobody_looks_at_for_a_day_closes_itself(store, room, join, corpus):
    join(ADA)
    store.runs.create(corpus, SMALL)
    assert store.placement.read().one_each == {ADA}
    age(store, room, ROOM_SECONDS + 60, column="seen_at")
    assert store.rooms.find(room.code) is None
    assert store.rooms.joined(ADA) is None
    assert store.placement.read().one_each == set()
    assert store.rooms.retire() == 0  # its presenter can still save the wall for a day
    assert store.rooms.retire(now=time.time() + DAY) == 1


def test_looking_at_a_room_keeps_it_open(store, room):
    age(store, room, ROOM_SECONDS - 60, column="seen_at")
    store.rooms.mark_seen(store.rooms.people(room.id)[0])
    assert store.rooms.people(room.id)[0].seen_at > time.time() - 60


def test_a_day_after_the_end_nothing_is_left_but_the_runs(
    store, room, presenter, corpus, join, work
):
    ada = join(ADA)
    run = work(Workspace(store, ADA).create(corpus, SMALL))
    presenter.ask("How much?")
    store.rooms.guess(ada, store.rooms.people(room.id)[0].question, 1.0)
    presenter.keep(store.walls.read(room.id).tiles[0])
    presenter.close()
    assert store.rooms.retire(now=time.time() + DAY / 2) == 0
    assert len(store.walls.read(room.id).tiles) == 1  # the presenter can still save it
    assert store.rooms.retire(now=time.time() + DAY + 60) == 1
    schema = rooms_module.schema
    with store.database.reading() as db:
        for table in (schema.rooms, *schema.ROOM_TABLES):
            assert db.execute(table.select()).all() == []
    assert store.runs.get(run.id) == run


@pytest.mark.parametrize("end", ["closed", "unseen for a day"])
def test_a_run_created_after_the_end_is_not_on_the_wall(store, room, presenter, corpus, join, end):
    mine = Workspace(store, ADA)
    join(ADA)
    join(BEN, "Ben")
    group = Experiment("clipping", "group", "clipped", "")
    in_room = mine.create(corpus, SMALL, experiment=group)
    if end == "closed":
        presenter.close()
    else:
        age(store, room, ROOM_SECONDS, column="seen_at")
    mine.create(corpus, SMALL, experiment=group)
    Workspace(store, BEN).create(store.corpora.add("private", "a private text" * 40), SMALL)
    of_ada, of_ben = store.walls.read(room.id).tiles
    assert (of_ada.run.id, of_ben.run) == (in_room.id, None)


def test_leaving_takes_the_tile_and_the_guess_along(store, room, presenter, join):
    ada = join(ADA)
    presenter.ask("How much?")
    question = store.rooms.people(room.id)[0].question
    store.rooms.guess(ada, question, 1.0)
    store.rooms.leave(ada)
    assert store.rooms.people(room.id)[1] == []
    assert store.rooms.guesses(room.id, question) == {}


def test_a_new_room_of_the_same_presenter_closes_the_old_one(store, room, start):
    newer = Presenter.open_room(store, PRESENTER, start)
    assert store.rooms.find(room.code) is None
    assert store.rooms.presented(PRESENTER).id == newer.id

"""Rooms: who may do what, and what remains of a room."""

import time
from dataclasses import replace

import pytest

from charrnn.runs.limits import Limits
from charrnn.runs.store import rooms as rooms_module
from charrnn.runs.store.presenter import NotPresenter, Presenter, own_start
from charrnn.runs.store.retention import prune
from charrnn.runs.store.room_records import ROOM_SECONDS, Place, Room, Start
from charrnn.runs.store.rooms import CODE_CHARACTERS, MAX_NICKNAME_LENGTH, CannotJoin
from charrnn.runs.store.workspace import Workspace
from tests.support.rooms import ADA, BEN, CLEO, PRESENTER
from tests.support.store import SMALL

DAY = 86_400


def age(store, room: Room, seconds: float, *, column: str) -> None:
    """Let a time of the room be so long ago."""
    r = rooms_module.schema.rooms
    with store.database.writing() as db:
        db.execute(r.update().where(r.c.id == room.id).values({column: time.time() - seconds}))


# --- Codes and joining --------------------------------------------------------------------------


def test_a_code_is_found_however_it_is_typed(store, room):
    assert set(room.code) <= set(CODE_CHARACTERS)
    half = len(room.code) // 2
    for typed in (room.code, room.code.lower(), f" {room.code[:half]}-{room.code[half:]} "):
        assert store.rooms.find(typed).id == room.id


@pytest.mark.parametrize("typed", ["", "A", "\0", "a'; --", "9" * 500, "ÄÖÜß00", "😀" * 6])
def test_no_other_code_opens_a_room(store, room, typed):
    assert store.rooms.find(typed) is None


def test_codes_are_random(store, start):
    codes = {Presenter.open_room(store, f"{n:032}", start).code for n in range(50)}
    assert len(codes) == 50
    assert len(CODE_CHARACTERS) ** len(next(iter(codes))) > 10**8


def test_a_code_is_useless_once_the_room_is_closed(store, room, presenter, join):
    join(ADA)
    presenter.close()
    assert store.rooms.find(room.code) is None
    assert store.rooms.joined(ADA) is None
    with pytest.raises(CannotJoin, match="closed"):
        join(BEN)


def test_equal_nicknames_are_told_apart(join):
    assert [join(key, "Ada").nickname for key in (ADA, BEN, CLEO)] == ["Ada", "Ada 2", "Ada 3"]
    assert join(BEN, "ADA").nickname == "ADA 2"  # their own name does not count as taken


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada\n Lovelace ", "Ada Lovelace"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=aler…"),
        ("\u202eevil", "evil"),
        ("=1+1", "=1+1"),
        ("x" * 100, "x" * (MAX_NICKNAME_LENGTH - 1) + "…"),
    ],
)
def test_a_nickname_is_short_plain_text_on_one_line(join, typed, kept):
    assert join(ADA, typed).nickname == kept


def test_nobody_joins_without_a_nickname(join):
    with pytest.raises(CannotJoin, match="nickname"):
        join(ADA, " \n")


def test_a_room_takes_as_many_people_as_the_limit_allows(join, monkeypatch):
    monkeypatch.setenv("CHARRNN_ROOM_PEOPLE", "2")
    join(ADA)
    join(BEN)
    with pytest.raises(CannotJoin, match="2 people"):
        join(CLEO)
    assert join(ADA, "Ada L.").nickname == "Ada L."  # whoever is in it may come in again


def test_whoever_joins_another_room_leaves_the_first(store, start, room, join):
    join(ADA)
    other = Presenter.open_room(store, "q" * 32, start)
    store.rooms.join(other, ADA, "Ada")
    assert store.rooms.joined(ADA)[0].id == other.id
    assert store.rooms.people(room.id)[1] == []


# --- Who may do what ----------------------------------------------------------------------------

POWERS = {
    "send": lambda p, member, start: p.send(start),
    "count_down": lambda p, member, start: p.count_down(1.0),
    "lead": lambda p, member, start: p.lead(Place("Train", {})),
    "hide_names": lambda p, member, start: p.hide_names(True),
    "ask": lambda p, member, start: p.ask("How much?"),
    "challenge": lambda p, member, start: p.challenge(1000),
    "rename": lambda p, member, start: p.rename(member.key, "Eve"),
    "remove": lambda p, member, start: p.remove(member.key),
    "keep": lambda p, member, start: p.keep(p.store.walls.read(p.room_id).tiles[0]),
    "move": lambda p, member, start: p.move(1, 1),
    "discard": lambda p, member, start: p.discard(1),
    "close": lambda p, member, start: p.close(),
}


@pytest.fixture
def member(store, room, presenter, corpus, join):
    """A member with a run, of which the presenter has kept two moments."""
    member = join(ADA)
    Workspace(store, ADA).create(corpus, SMALL)
    for _ in range(2):
        presenter.keep(store.walls.read(room.id).tiles[0])
    return member


@pytest.mark.parametrize("power", POWERS.values(), ids=POWERS)
def test_the_code_gives_nobody_the_powers_of_the_presenter(
    store, room, presenter, start, member, power
):
    before = store.rooms.people(room.id), presenter.moments()
    with pytest.raises(NotPresenter):
        power(Presenter(store, ADA, room.id), member, start)
    assert (store.rooms.people(room.id), presenter.moments()) == before


@pytest.mark.parametrize("power", POWERS.values(), ids=POWERS)
def test_a_closed_room_stays_as_it_is(store, room, presenter, start, member, power):
    presenter.close()
    before = store.rooms.people(room.id), presenter.moments()
    with pytest.raises(NotPresenter):
        power(presenter, member, start)
    assert (store.rooms.people(room.id), presenter.moments()) == before


def test_others_see_nothing_that_leads_into_a_workspace(join):
    member = join(ADA)
    assert member.workspace not in member.key


def test_a_removed_member_loses_nickname_and_tile_but_no_run(store, presenter, room, corpus, join):
    member = join(ADA)
    run = Workspace(store, ADA).create(corpus, SMALL)
    presenter.remove(member.key)
    assert store.rooms.joined(ADA) is None
    assert store.walls.read(room.id).tiles == []
    assert Workspace(store, ADA).run(run.id) == run
    assert join(ADA, "Ada again").nickname == "Ada again"


def test_the_presenter_renames_people_to_distinct_names(store, presenter, room, join):
    join(ADA, "Ada")
    presenter.rename(join(BEN, "Ben").key, "ada")
    assert [member.nickname for member in store.rooms.people(room.id)[1]] == ["Ada", "ada 2"]


# --- The start ----------------------------------------------------------------------------------


def test_each_person_starts_with_another_seed_unless_the_start_says_otherwise(start, join):
    people = [join(ADA), join(BEN)]
    assert [own_start(start, member).config.seed for member in people] == [1, 2]
    alike = replace(start, own_seeds=False)
    assert [own_start(alike, member).config.seed for member in people] == [0, 0]


def test_everybody_is_started_once_with_what_stands_on_their_page(
    store, room, presenter, corpus, join
):
    ada, ben = join(ADA, "Ada"), join(BEN, "Ben")
    earlier = Workspace(store, BEN).create(corpus, SMALL)
    wider = replace(SMALL, hidden_size=12)
    store.rooms.choose(ben, Start(corpus.sha256, "cats", wider))
    presenter.count_down(100.0)
    assert presenter.begin(99.0) == []  # another countdown, which was called off
    assert Presenter(store, ADA, room.id).begin(100.0) == []  # by somebody else
    assert [member.key for member in presenter.begin(100.0)] == [ada.key, ben.key]
    assert presenter.begin(100.0) == []
    of_ada, of_ben = (tile.run for tile in store.walls.read(room.id).tiles)
    assert of_ada.config == replace(SMALL, seed=1).fitted(corpus.characters)
    assert of_ben.config == wider.fitted(corpus.characters)
    assert [member.run for member in store.rooms.people(room.id)[1]] == [of_ada.id, of_ben.id]
    assert of_ada.desired == of_ben.desired == "running"
    assert store.runs.get(earlier.id).desired == "paused"


def test_whoever_cannot_train_does_not_keep_the_others_from_it(store, room, presenter, start, join):
    store.rooms.choose(join(ADA, "Ada"), replace(start, sha256="0" * 64))
    ben = join(BEN, "Ben")
    presenter.count_down(100.0)
    assert [member.key for member in presenter.begin(100.0)] == [ben.key]


def test_a_new_start_keeps_the_runs_of_the_old_one(store, room, presenter, start, corpus, join):
    join(ADA)
    run = Workspace(store, ADA).create(corpus, SMALL)
    presenter.send(replace(start, note="try this"))
    after = store.rooms.people(room.id)[0].start
    assert (after.number, after.note) == (2, "try this")
    assert Workspace(store, ADA).run(run.id) == run


def test_a_start_of_an_earlier_version_has_no_experiment(store, room, start):
    old = start.to_dict()
    del old["experiment"], old["sent_at"]
    with store.database.writing() as db:
        db.execute(rooms_module.schema.rooms.update().values(start=old))
    assert store.rooms.people(room.id)[0].start == start


def test_an_experiment_is_guessed_at_until_everybody_is_started(
    store, room, presenter, start, corpus, join
):
    ada = join(ADA)
    running = Workspace(store, ADA).create(corpus, SMALL)
    presenter.send(replace(start, experiment="clipping"), question="What becomes of it?")
    asked = store.rooms.people(room.id)[0]
    assert (asked.question.text, asked.question.experiment) == ("What becomes of it?", "clipping")
    assert asked.start.sent_at > running.created_at
    store.rooms.guess(ada, asked.question, 1.0)
    started = []

    def start_run(workspace, room, member):
        started.append((workspace.key, room.start.experiment, member))
        assert not store.runs.get(running.id).active
        return running

    presenter.count_down(100.0)
    presenter.begin(100.0, start_run=start_run)
    assert started == [(ADA, "clipping", ada)]
    closed = store.rooms.people(room.id)[0].question
    assert closed == replace(asked.question, open=False)
    store.rooms.guess(ada, asked.question, 2.0)  # too late
    assert store.rooms.guesses(room.id, closed) == {ADA: 1.0}

    presenter.send(start)
    assert store.rooms.people(room.id)[0].question.text == ""
    presenter.ask("How many bits?")
    presenter.send(start)  # a question in the presenter's own words stays
    assert store.rooms.people(room.id)[0].question.text == "How many bits?"


def test_the_text_of_a_start_is_not_pruned(store, room, presenter, corpus):
    corpora = rooms_module.schema.corpora
    with store.database.writing() as db:
        db.execute(corpora.update().values(added_at=time.time() - 2 * DAY))
    assert prune(store, Limits(), dry_run=True).texts == []
    presenter.close()
    assert prune(store, Limits(), dry_run=True).texts == [corpus.sha256]


# --- Guessing -----------------------------------------------------------------------------------


def test_the_last_guess_of_each_counts_until_guessing_ends(store, room, presenter, join):
    ada, ben = join(ADA), join(BEN)
    presenter.ask("How much?")
    question = store.rooms.people(room.id)[0].question
    for member, guess in ((ada, 1.0), (ben, 2.5), (ada, 3.0)):
        store.rooms.guess(member, question, guess)
    presenter.answer(None)
    store.rooms.guess(ben, question, 9.0)
    assert store.rooms.guesses(room.id, question) == {ADA: 3.0, BEN: 2.5}
    presenter.withdraw_question()
    presenter.ask("And now?")
    asked = store.rooms.people(room.id)[0].question
    assert store.rooms.guesses(room.id, asked) == {}


# --- The end ------------------------------------------------------------------------------------


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

"""Rooms: who may come in, and who may do what."""

import pytest

from charrnn.runs.store.presenter import NotPresenter, Presenter
from charrnn.runs.store.room_records import Place
from charrnn.runs.store.rooms import CODE_CHARACTERS, MAX_NICKNAME_LENGTH, CannotJoin
from charrnn.runs.store.workspace import Workspace
from tests.support.rooms import ADA, BEN, CLEO
from tests.support.store import SMALL

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


def test_who_was_removed_or_joins_another_room_takes_the_guess_along(
    store, presenter, room, start, join
):
    presenter.ask("Which loss?")
    for each in (ADA, BEN):
        member = join(each)
        question = store.rooms.people(room.id)[0].question
        store.rooms.guess(member, question, 2.0)
    assert len(store.rooms.guesses(room.id, question)) == 2
    presenter.remove(next(m.key for m in store.rooms.people(room.id)[1] if m.workspace == ADA))
    assert len(store.rooms.guesses(room.id, question)) == 1
    another = Presenter.open_room(store, CLEO, start)
    store.rooms.join(another, BEN, "Ben")
    assert len(store.rooms.guesses(room.id, question)) == 0


def test_the_presenter_renames_people_to_distinct_names(store, presenter, room, join):
    join(ADA, "Ada")
    presenter.rename(join(BEN, "Ben").key, "ada")
    assert [member.nickname for member in store.rooms.people(room.id)[1]] == ["Ada", "ada 2"]

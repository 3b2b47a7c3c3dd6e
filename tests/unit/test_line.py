"""Who trains, who waits and who pauses."""

import shutil
import time
from types import SimpleNamespace

import pytest

from charrnn.runs import line, schema
from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits
from charrnn.runs.line import line_up, pause_unwanted


def waiting(*runs):
    """Runs by their names, such as "a1" for the first of the visitor a."""
    return [SimpleNamespace(id=name, workspace=name[0]) for name in runs]


def lined_up(runs, training=(), *, visitor=8, server=32):
    """(names of those that may go, places of those that wait)."""
    limits = Limits(visitor_runs=visitor, server_runs=server)
    go, places = line_up(waiting(*runs), set(training), limits)
    return [run.id for run in go], places


def test_where_there_is_room_all_go_at_once_in_their_order():
    assert lined_up(["a1", "b1", "a2"]) == (["a1", "b1", "a2"], {})
    assert lined_up([]) == ([], {})


def test_what_trains_goes_on_and_takes_its_room():
    assert lined_up(["a1", "a2", "a3"], ["a1"], server=2) == (["a2"], {"a3": 1})


def test_the_oldest_go_first_and_the_others_know_their_place():
    assert lined_up(["a1", "b1", "c1", "d1"], server=2) == (["a1", "b1"], {"c1": 1, "d1": 2})


def test_a_visitor_who_has_as_many_as_are_allowed_lets_others_pass():
    go, places = lined_up(["a1", "a2", "a3", "a4", "b1"], visitor=2, server=4)
    assert go == ["a1", "a2", "b1"]
    assert places == {"a3": 1, "a4": 2}
    assert lined_up(["a1", "a2", "a3"], ["a2", "a3"], visitor=2)[0] == []


def test_what_another_server_trains_counts():
    assert lined_up(["a1", "b1", "c1"], ["b1"], server=1) == ([], {"a1": 1, "c1": 2})


def test_nobody_waits_for_ever():
    """However many one visitor has, each that ends lets the next one go."""
    runs = [f"a{n}" for n in range(20)] + ["b0"]
    training, done = [], []
    while runs:
        go, places = lined_up(runs, training, visitor=3, server=4)
        training += go
        assert len(training) <= 4
        assert sum(name[0] == "a" for name in training) <= 3
        assert sorted(places.values()) == list(range(1, len(places) + 1))
        done.append(training.pop(0))
        runs.remove(done[-1])
    assert done.index("b0") < 4
    assert len(done) == 21


# --- Pausing ------------------------------------------------------------------------------------


@pytest.fixture
def runs(store, corpus):
    return [store.create_run(corpus, RunConfig()) for _ in range(2)]


def room(monkeypatch, megabytes):
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: SimpleNamespace(free=megabytes * line.MEGABYTE)
    )


def test_with_room_and_somebody_looking_nothing_pauses(store, runs):
    assert pause_unwanted(store, Limits(free_megabytes=0.001), runs) == runs
    assert store.wanted() == runs


@pytest.mark.usefixtures("store_file")
def test_before_the_disk_is_full_all_pause_and_say_why(store, runs, monkeypatch):
    room(monkeypatch, 150)
    assert pause_unwanted(store, Limits(), runs) == []
    for run in runs:
        paused = store.run(run.id)
        assert (paused.desired, paused.active) == ("paused", False)
        assert paused.message == (
            "Paused: only 150 MB are free on the disk, and 200 are to stay free. Nothing is lost; "
            "make room, then resume."
        )
    room(monkeypatch, 200)
    store.wish(runs[0].id, desired="running")
    assert store.run(runs[0].id).message == ""
    assert pause_unwanted(store, Limits(), store.wanted()) == [store.run(runs[0].id)]


@pytest.mark.usefixtures("store_file")
def test_the_disk_that_counts_is_that_of_the_store(store, monkeypatch):
    asked = []
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: asked.append(path) or SimpleNamespace(free=0)
    )
    assert line.free_megabytes(store) == 0
    assert store.file.startswith(f"{asked[0]}/")


def test_a_store_that_is_no_file_here_has_room():
    assert line.free_megabytes(SimpleNamespace(file=None)) == float("inf")
    assert line.free_megabytes(SimpleNamespace(file="/nowhere/at/all.sqlite")) == float("inf")


def unseen(store, run, minutes):
    with store.writing() as db:
        then = time.time() - 60 * minutes
        db.execute(schema.runs.update().where(schema.runs.c.id == run.id).values(looked_at=then))
    return store.run(run.id)


def test_what_nobody_has_looked_at_for_long_pauses_and_says_so(store, runs):
    long_ago, lately = unseen(store, runs[0], 61), unseen(store, runs[1], 59)
    limits = Limits(free_megabytes=0.001)
    assert pause_unwanted(store, limits, [long_ago, lately]) == [lately]
    assert store.run(long_ago.id).message == (
        "Paused: nobody has looked for 61 minutes. Nothing is lost; resume whenever you like."
    )


def test_where_nobody_knows_the_room_it_pauses_all_the_same(store, runs, monkeypatch):
    room(monkeypatch, float("inf"))  # as on PostgreSQL, and where the disk cannot be asked
    assert pause_unwanted(store, Limits(), [unseen(store, runs[0], 61)]) == []


def test_somebody_who_looks_or_resumes_keeps_it_going(store, runs):
    limits = Limits(free_megabytes=0.001)
    for run in runs:
        unseen(store, run, 600)
    store.look([runs[0].id])
    store.wish(runs[1].id, desired="running")  # from a page that shows many, say
    assert len(pause_unwanted(store, limits, store.wanted())) == 2


def test_while_there_was_no_server_nobody_could_look(store, runs):
    run = unseen(store, runs[0], 6000)
    limits = Limits(free_megabytes=0.001)
    assert pause_unwanted(store, limits, [run], since=time.time() - 60) == [run]
    assert pause_unwanted(store, limits, [run], since=time.time() - 3700) == []

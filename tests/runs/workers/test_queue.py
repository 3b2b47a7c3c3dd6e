"""Which runs train, which are queued, and which are paused automatically."""

import math
import re
import shutil
from collections import Counter
from types import SimpleNamespace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.records import Progress
from charrnn.runs.store.room_records import Start
from charrnn.runs.workers.queue import assign_slots
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.supervisors import PlacesOnly, apply_pause_rules

ANY_DISK = Limits(free_megabytes=0.001)

# --- The queue ----------------------------------------------------------------------------------


def assign(names, training=(), *, visitor=8, server=32, one_each=()):
    """assign_slots() with names, such as "a1" for the first run of the visitor a.

    "ax1" is an experiment of that visitor's.

    Returns (the names of the runs that may start, the positions of those that are queued).
    """
    startable, positions, preempted = assign_slots(
        [
            SimpleNamespace(id=name, workspace=name[0], address=None, experiment="x" in name)
            for name in names
        ],
        set(training),
        Limits(visitor_runs=visitor, server_runs=server),
        one_each=one_each,
    )
    assert preempted == set()
    return [run.id for run in startable], positions


def test_within_the_limits_all_runs_start_in_order():
    assert assign(["a1", "b1", "a2"]) == (["a1", "b1", "a2"], {})
    assert assign([]) == ([], {})


def test_runs_that_train_keep_their_slots():
    assert assign(["a1", "a2", "a3"], ["a1"], server=2) == (["a2"], {"a3": 1})


def test_the_oldest_runs_start_and_the_others_get_queue_positions():
    assert assign(["a1", "b1", "c1", "d1"], server=2) == (["a1", "b1"], {"c1": 1, "d1": 2})


def test_a_visitor_at_the_limit_does_not_hold_up_other_visitors():
    startable, positions = assign(["a1", "a2", "a3", "a4", "b1"], visitor=2, server=4)
    assert startable == ["a1", "a2", "b1"]
    assert positions == {"a3": 1, "a4": 2}
    assert assign(["a1", "a2", "a3"], ["a2", "a3"], visitor=2)[0] == []


def test_people_in_a_room_train_one_run_each(store, corpus):
    names = ["a1", "a2", "a3", "b1", "c1", "c2"]
    assert assign(names, one_each={"a", "b"}) == (["a1", "b1", "c1", "c2"], {"a2": 1, "a3": 2})
    assert assign(names, ["a3"], one_each={"a", "b"})[0] == ["b1", "c1", "c2"]

    room = Presenter.open_room(store, "p", Start(corpus.sha256, "cats", RunConfig()))
    store.rooms.join(room, "a", "Ada")
    runs = [store.runs.create(corpus, RunConfig(), workspace=name[0]) for name in names]
    supervisor = Supervisor(store, launcher=PlacesOnly(), limits=ANY_DISK)
    supervisor.reconcile()
    trains = [name for name, run in zip(names, runs, strict=True) if supervisor.trains(run.id)]
    assert trains == ["a1", "b1", "c1", "c2"]
    Presenter(store, "p", room.id).close()
    supervisor.reconcile()
    assert all(supervisor.trains(run.id) for run in runs)


def test_a_server_deletes_rooms_that_ended_more_than_a_day_ago(store, corpus):
    room = Presenter.open_room(store, "p", Start(corpus.sha256, "cats", RunConfig()))
    Presenter(store, "p", room.id).close()
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE rooms SET closed_at = 1")
    Supervisor(store, launcher=PlacesOnly(), limits=ANY_DISK).reconcile()
    assert store.rooms.presented("p") is None


def test_people_in_a_room_train_the_runs_of_an_experiment_one_after_the_other():
    names = ["ax1", "bx1", "ax2", "bx2", "ax3", "cx1", "cx2"]
    startable, positions = assign(names, one_each={"a", "b"})
    assert startable == ["ax1", "bx1", "cx1", "cx2"]
    assert positions == {"ax2": 1, "bx2": 2, "ax3": 3}
    assert assign(["ax2", "bx1", "ax3"], ["bx1"], one_each={"a", "b"})[0] == ["ax2"]


def test_experiments_take_no_more_than_two_of_the_runs_that_a_visitor_may_train():
    names = ["ax1", "ax2", "ax3", "ax4", "a1", "a2", "bx1"]
    startable, positions = assign(names, visitor=4)
    assert startable == ["ax1", "ax2", "a1", "a2", "bx1"]
    assert positions == {"ax3": 1, "ax4": 2}
    assert assign(["ax1", "ax3", "a1"], ["ax1"], visitor=4)[0] == ["ax3", "a1"]
    assert assign(["a1", "a2", "ax1"], ["a1", "a2"], visitor=2)[1] == {"ax1": 1}


def test_runs_that_another_server_trains_count():
    assert assign(["a1", "b1", "c1"], ["b1"], server=1) == ([], {"a1": 1, "c1": 2})


def test_every_queued_run_starts_eventually():
    """However many runs one visitor has: each one that ends lets the next one start."""
    runs = [f"a{n}" for n in range(20)] + ["b0"]
    training, done = [], []
    while runs:
        startable, positions = assign(runs, training, visitor=3, server=4)
        training += startable
        assert len(training) <= 4
        assert sum(name[0] == "a" for name in training) <= 3
        assert sorted(positions.values()) == list(range(1, len(positions) + 1))
        done.append(training.pop(0))
        runs.remove(done[-1])
    assert done.index("b0") < 4
    assert len(done) == 21


# --- A full server is shared by address ---------------------------------------------------------


def share(server, *addresses):
    """Let people at addresses ask for runs, one address after another, and wait for the end.

    addresses: strings such as "A:a8 b2", for 8 runs of workspace a and 2 of b, all at A. Returns
    how many runs each workspace trains then.
    """
    runs, training = [], set()
    limits = Limits(visitor_runs=8, server_runs=server)
    for each in addresses:
        address, _, workspaces = each.partition(":")
        for workspace, count in re.findall(r"(\w)(\d+)", workspaces):
            runs += [
                SimpleNamespace(
                    id=f"{workspace}{n}", workspace=workspace, address=address, experiment=None
                )
                for n in range(int(count))
            ]
        for _ in range(100):
            startable, positions, preempted = assign_slots(runs, training, limits)
            assert training.isdisjoint(run.id for run in startable)
            assert len(training) + len(startable) <= server
            assert positions.keys() == {run.id for run in runs} - training - {
                run.id for run in startable
            }
            if not startable and not preempted:
                break
            training = (training | {run.id for run in startable}) - preempted
        else:
            pytest.fail("the slots never settle")
    return Counter(run_id[0] for run_id in training)


def test_one_person_with_four_workspaces_does_not_keep_others_from_a_full_server():
    assert share(32, "A:a8 b8 c8 d8") == {"a": 8, "b": 8, "c": 8, "d": 8}
    late = share(32, "A:a8 b8 c8 d8", "B:e8", "C:f1")
    assert (late["e"], late["f"]) == (8, 1)
    assert sum(late.values()) == 32
    assert max(late[key] for key in "abcd") - min(late[key] for key in "abcd") <= 1


def test_a_class_behind_one_address_uses_the_whole_server_and_shares_it_among_its_pupils():
    pupils = "abcdefghijklmnopqrstuvwxyzABCD"
    assert share(32, "S:" + " ".join(f"{pupil}1" for pupil in pupils)) == dict.fromkeys(pupils, 1)
    # One pupil starts eight at once, and the others come later.
    greedy = share(32, "S:a8", "S:" + " ".join(f"{pupil}1" for pupil in pupils[1:]))
    assert greedy == dict.fromkeys(pupils, 1) | {"a": 3}


def test_nobody_gives_way_while_there_is_room():
    assert share(32, "A:a8 b8 c8", "B:d8") == {"a": 8, "b": 8, "c": 8, "d": 8}


def test_addresses_share_alike_whoever_comes_first():
    assert share(4, "A:a8", "B:b8") == share(4, "B:b8", "A:a8") == {"a": 2, "b": 2}
    assert share(3, "A:a8", "B:b8") == {"a": 2, "b": 1}  # the first keeps what cannot be halved


# --- Automatic pauses ---------------------------------------------------------------------------


@pytest.fixture
def runs(store, corpus):
    return [store.runs.create(corpus, RunConfig()) for _ in range(2)]


def set_free_space(monkeypatch, megabytes):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=megabytes * 2**20))


def test_nothing_pauses_while_there_is_disk_space_and_runs_are_viewed(store, runs):
    assert apply_pause_rules(store, ANY_DISK, runs) == runs
    assert store.runs.runnable() == runs


@pytest.mark.usefixtures("store_file")
def test_all_runs_pause_with_a_reason_before_the_disk_is_full(store, runs, monkeypatch):
    set_free_space(monkeypatch, 150)
    assert apply_pause_rules(store, Limits(), runs) == []
    for run in runs:
        paused = store.runs.get(run.id)
        assert (paused.desired, paused.active) == ("paused", False)
        assert paused.message == (
            "Paused: only 150 MB of disk space are free, and training needs 200 MB. "
            "Nothing is lost; free some space, then resume."
        )
    set_free_space(monkeypatch, 200)
    store.runs.request(runs[0].id, desired="running")
    assert store.runs.get(runs[0].id).message == ""
    assert apply_pause_rules(store, Limits(), store.runs.runnable()) == [store.runs.get(runs[0].id)]


def test_only_the_runs_of_a_visitor_who_has_stored_too_much_pause(store, corpus):
    mine, yours = (store.runs.create(corpus, RunConfig(), workspace=w) for w in ("me", "you"))
    heavy = [{"iteration": n, "state": bytes(2**20), "seconds": 1.0} for n in range(3)]
    assert store.leases.claim(mine.id, "one")
    store.leases.publish(mine.id, "one", {}, Progress(snapshots=heavy))
    limits = Limits(free_megabytes=0.001, visitor_megabytes=2)
    assert apply_pause_rules(store, limits, [mine, yours], quotas=False) == [mine, yours]
    assert apply_pause_rules(store, limits, [mine, yours]) == [yours]
    assert store.runs.get(mine.id).message == (
        "Paused: your texts and runs take 3 MB, and 2 MB are allowed. Nothing is lost; delete "
        "runs on the page Compare, then resume."
    )


def test_a_run_pauses_with_a_reason_when_no_page_has_shown_it_for_long(store, runs):
    unseen, seen = runs
    minutes = {unseen.id: 61, seen.id: 59}
    assert apply_pause_rules(store, ANY_DISK, runs, unseen_minutes=minutes) == [seen]
    assert store.runs.get(unseen.id).message == (
        "Paused: no page has shown this run for 61 minutes. "
        "Nothing is lost; resume whenever you like."
    )


def test_an_unseen_run_pauses_even_if_the_free_space_is_unknown(store, runs, monkeypatch):
    set_free_space(monkeypatch, math.inf)  # as on PostgreSQL
    minutes = {run.id: 61 for run in runs}
    assert apply_pause_rules(store, Limits(), runs, unseen_minutes=minutes) == []

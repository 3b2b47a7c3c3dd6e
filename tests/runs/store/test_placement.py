"""One server decides at a time, and what it decides holds only as long as it is the one."""

from dataclasses import replace

import pytest

from charrnn.runs.store import attempts, schema
from charrnn.runs.store.leases import LeaseLost
from charrnn.runs.store.placement import Decisions
from charrnn.runs.store.records import Progress
from tests.support.progress import RUNNING


def names(store) -> list[str]:
    return [server.name for server in store.placement.read().servers]


def test_the_first_server_decides_until_it_leaves(store, leased_run):
    for name in ("one", "two", "one"):
        store.servers.renew(name, 1)
    assert names(store) == ["one", "two"]
    queued = Decisions(placed=[(leased_run, None, 7)])
    assert not store.placement.apply("two", queued)
    assert store.runs.get(leased_run.id).queue_position is None
    assert store.placement.apply("one", queued)
    assert store.runs.get(leased_run.id).queue_position == 7

    store.servers.leave("one")
    assert not store.placement.apply("one", Decisions(placed=[(leased_run, None, 1)]))
    assert store.placement.apply("two", Decisions(placed=[(leased_run, "two", None)]))
    assert store.runs.get(leased_run.id).server == "two"


def test_a_server_that_was_removed_comes_back_last(store):
    for name in ("one", "two"):
        store.servers.renew(name, 1)
    one, _ = store.placement.read().servers
    store.servers.remove(one)
    store.servers.renew("one", 1)
    assert names(store) == ["two", "one"]


def test_a_server_that_was_renewed_meanwhile_is_not_removed(store):
    store.servers.renew("one", 1)
    (read,) = store.placement.read().servers
    store.servers.remove(replace(read, seen_at=read.seen_at - 1.0))
    assert names(store) == ["one"]


def test_a_server_that_leaves_gives_up_the_slots_of_its_runs(store, leased_run):
    store.servers.renew("one", 1)
    assert store.placement.apply("one", Decisions(placed=[(leased_run, "one", None)]))
    store.servers.leave("one")
    assert store.runs.get(leased_run.id).server is None


def test_a_lease_that_was_renewed_meanwhile_does_not_expire(store, leased_run):
    store.servers.renew("one", 1)
    (read,) = store.placement.read().runs
    store.leases.publish(read.id, "one", RUNNING, Progress())
    assert store.placement.apply("one", Decisions(expired=[read]))
    assert store.runs.get(read.id).worker == "one"
    (read,) = store.placement.read().runs
    assert store.placement.apply("one", Decisions(expired=[read]))
    with pytest.raises(LeaseLost):
        store.leases.publish(read.id, "one", RUNNING, Progress())
    assert store.leases.claim(read.id, "two")


# --- Attempts -----------------------------------------------------------------------------------


@pytest.fixture
def placed_run(store, leased_run):
    """A run that trains on a server named "here", in its second attempt."""
    store.servers.renew("here", 1)
    assert store.placement.apply("here", Decisions(placed=[(leased_run, "here", None)]))
    store.attempts.begin(leased_run.id, 100, 2)
    return leased_run


def end(store, run, reason=attempts.EXITED):
    store.attempts.end(run.id, reason, server="here", worker="one")
    return store.attempts.last(run.id)


def test_it_is_known_how_the_last_worker_ended_and_when(store, placed_run):
    running = store.attempts.last(placed_run.id)
    assert (running.checkpoint, running.number, running.failed) == (100, 2, False)
    ended = end(store, placed_run, attempts.HUNG)
    assert (ended.checkpoint, ended.number, ended.reason) == (100, 2, attempts.HUNG)
    assert ended.failed
    assert ended.ended_within(60.0)
    assert not ended.ended_within(0.0)
    assert store.runs.get(placed_run.id).worker is None


@pytest.mark.parametrize("reason", [attempts.STORE_FAILED, attempts.NOT_STARTED])
def test_what_is_not_the_fault_of_the_run_does_not_count(store, placed_run, reason):
    assert not end(store, placed_run, reason).failed


def test_a_worker_whose_run_has_lost_its_slot_preempted(store, placed_run):
    assert store.placement.apply("here", Decisions(placed=[(placed_run, None, 1)]))
    assert end(store, placed_run).reason == attempts.PREEMPTED


def test_attempts_start_over_once_the_run_is_paused(store, placed_run):
    store.runs.request(placed_run.id, desired="paused")
    assert end(store, placed_run) is None
    assert store.runs.get(placed_run.id).server is None


def test_an_end_before_a_clock_was_set_back_is_long_ago(store, placed_run):
    end(store, placed_run)
    a = schema.attempts.c
    with store.database.writing() as db:
        db.execute(schema.attempts.update().values(ended_at=a.ended_at + 7200.0))
    assert not store.attempts.last(placed_run.id).ended_within(10.0)

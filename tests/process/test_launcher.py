"""Whoever wants a run trained gets a worker for it: one, and another if it dies."""

import os
import signal
import subprocess

import pytest

from charrnn.runs import schema
from charrnn.runs.launcher import Launcher
from charrnn.runs.lease import worker_name
from charrnn.runs.limits import Limits
from charrnn.runs.records import Progress, StoreError
from tests.launching import ENDS_AT_ONCE
from tests.working import ENDLESS


def test_however_often_it_is_asked_a_run_has_one_process(store, run, launcher, started, eventually):
    for _ in range(5):
        launcher.ensure(run)
    eventually(lambda: store.run(run.id).iteration > 0)
    launcher.ensure(store.run(run.id))
    assert len(started) == 1


def test_what_is_not_wanted_running_gets_no_process(store, run, launcher, started):
    store.wish(run.id, desired="paused")
    launcher.ensure(store.run(run.id))
    assert started == []


def test_a_run_that_somebody_trains_gets_no_second_process(store, run, launcher, started):
    store.claim(run.id, "another server's worker")
    launcher.ensure(store.run(run.id))
    assert started == []


def test_after_its_process_was_killed_it_is_started_again_at_once(
    store, run, launcher, started, eventually
):
    launcher.ensure(run)
    before = eventually(lambda: store.run(run.id).iteration)
    started[0][1].send_signal(signal.SIGKILL)
    started[0][1].wait()
    launcher.ensure(store.run(run.id))
    assert len(started) == 2
    eventually(lambda: store.run(run.id).iteration > before)


def test_a_process_that_has_ended_leaves_nothing_behind(store, run, launcher, started, eventually):
    launcher.ensure(run)
    eventually(lambda: store.run(run.id).iteration > 0)
    process = started[0][1]
    store.wish(run.id, desired="paused")
    os.kill(process.pid, signal.SIGKILL)
    eventually(lambda: process.returncode is not None)  # reaped, though no page asks
    eventually(lambda: process.stdin.closed and store.run(run.id).worker is None)


def test_take_up_starts_what_is_wanted_running_and_nothing_else(store, corpus, hopeless, started):
    first, paused, failed, finished, owned, last = (
        store.create_run(corpus, ENDLESS) for _ in range(6)
    )
    store.wish(paused.id, desired="paused")
    store.fail(failed.id, "why")
    store.claim(finished.id, "done")
    store.publish(finished.id, "done", {"iteration": ENDLESS.iterations}, Progress())
    store.release(finished.id, "done")
    store.claim(owned.id, "another server's worker")
    hopeless.take_up()
    assert [run_id for run_id, _ in started] == [first.id, last.id]


def test_a_lease_of_a_process_that_is_gone_need_not_run_out(store, run, launcher, started):
    with subprocess.Popen([ENDS_AT_ONCE]) as gone:
        gone.wait()
    store.claim(run.id, worker_name(gone.pid))
    launcher.take_up()
    assert [run_id for run_id, _ in started] == [run.id]


@pytest.mark.parametrize("name", ["elsewhere:1:{gone}", "{here}", "one", "one:two", "{place}:two"])
def test_a_lease_that_may_be_in_use_has_to_run_out(store, run, launcher, started, name):
    here = worker_name(os.getpid())
    with subprocess.Popen([ENDS_AT_ONCE]) as gone:
        gone.wait()
    place = here.rpartition(":")[0]
    store.claim(run.id, name.format(gone=gone.pid, here=here, place=place))
    launcher.take_up()
    assert started == []


def test_a_worker_that_rests_makes_room_where_others_wait(
    store, corpus, started, eventually, tmp_path
):
    launcher = Launcher(store, limits=Limits(visitor_runs=1))
    first, second = (store.create_run(corpus, ENDLESS, workspace="me") for _ in range(2))
    launcher.take_up()
    eventually(lambda: store.run(first.id).iteration > 0)
    assert [run_id for run_id, _ in started] == [first.id]
    assert (launcher.place(first.id), launcher.place(second.id)) == (None, 1)

    store.wish(first.id, desired="paused")
    eventually(lambda: store.run(first.id).status == "paused")
    launcher.take_up()
    assert [run_id for run_id, _ in started] == [first.id, second.id]
    store.wish(first.id, desired="running")  # its turn has passed
    assert started[0][1].wait(30) == 0
    eventually(lambda: store.run(second.id).iteration > 0)
    launcher.take_up()
    assert (launcher.place(first.id), launcher.place(second.id)) == (1, None)
    assert len(started) == 2


def test_a_worker_that_rests_stays_to_be_resumed_at_once_where_there_is_room(
    store, run, launcher, started, eventually
):
    launcher.take_up()
    eventually(lambda: store.run(run.id).iteration > 0)
    store.wish(run.id, desired="paused")
    eventually(lambda: store.run(run.id).status == "paused")
    launcher.take_up()
    before = store.run(run.id).iteration
    store.wish(run.id, desired="running")
    eventually(lambda: store.run(run.id).iteration > before)
    assert len(started) == 1


def test_a_run_that_was_deleted_meanwhile_is_forgotten(store, run, hopeless, started):
    hopeless.ensure(run)
    started[-1][1].wait()
    with store.writing() as db:
        db.execute(schema.runs.delete())
    hopeless.ensure(run)
    hopeless.take_up()
    assert len(started) == 1


def test_where_no_process_can_be_had_the_next_round_tries(store, run, launcher, started):
    launcher._python, python = "/nowhere/python", launcher._python
    launcher.take_up()
    assert started == []
    launcher._python = python
    launcher.take_up()
    assert len(started) == 1


@pytest.mark.parametrize("error", [StoreError("full"), RuntimeError("a mistake of ours")])
def test_the_watch_goes_on_whatever_happens_in_a_round(
    store, run, launcher, started, eventually, monkeypatch, error
):
    monkeypatch.setattr("charrnn.runs.launcher.ROUND_SECONDS", 0.01)
    wanted, rounds = store.wanted, []

    def fail_thrice():
        rounds.append(1)
        if len(rounds) <= 3:
            raise error
        return wanted()

    monkeypatch.setattr(store, "wanted", fail_thrice)
    launcher.watch()
    eventually(lambda: started)
    launcher.close()

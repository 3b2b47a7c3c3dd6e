"""Each run that should train gets one worker process, and another one if that dies."""

import os
import signal
import subprocess

import pytest

from charrnn.runs.errors import StoreError
from charrnn.runs.limits import Limits
from charrnn.runs.store import schema
from charrnn.runs.store.leases import worker_name
from charrnn.runs.store.records import Progress
from charrnn.runs.workers import process
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.supervisors import FAILS_AT_ONCE
from tests.support.workers import ENDLESS


@pytest.fixture
def dead_pid():
    """The id of a process that has ended."""
    with subprocess.Popen([FAILS_AT_ONCE]) as dead:
        dead.wait()
    return dead.pid


# --- One worker for each run --------------------------------------------------------------------


def test_a_run_has_one_worker_however_often_one_is_requested(
    store, run, supervisor, started, eventually
):
    for _ in range(5):
        supervisor.reconcile()
    eventually(lambda: store.runs.get(run.id).iteration > 0)
    supervisor.reconcile()
    assert len(started) == 1


def test_a_paused_run_gets_no_worker(store, run, supervisor, started):
    store.runs.request(run.id, desired="paused")
    supervisor.reconcile()
    assert started == []


def test_a_run_that_another_server_trains_gets_no_worker(store, run, supervisor, started):
    store.leases.claim(run.id, "another server's worker")
    supervisor.reconcile()
    assert started == []


def test_reconcile_starts_workers_for_all_runs_that_should_train_and_no_others(
    store, corpus, failing_supervisor, started
):
    first, paused, failed, finished, owned, last = (
        store.runs.create(corpus, ENDLESS) for _ in range(6)
    )
    store.runs.request(paused.id, desired="paused")
    store.leases.fail(failed.id, "why")
    store.leases.claim(finished.id, "done")
    store.leases.publish(finished.id, "done", {"iteration": ENDLESS.iterations}, Progress())
    store.leases.release(finished.id, "done")
    store.leases.claim(owned.id, "another server's worker")
    failing_supervisor.reconcile()
    assert [run_id for run_id, _ in started] == [first.id, last.id]


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="needs POSIX")
def test_a_worker_that_trains_has_a_low_priority(store, run, supervisor, started, eventually):
    supervisor.reconcile()
    eventually(lambda: store.runs.get(run.id).iteration > 0)
    assert os.getpriority(os.PRIO_PROCESS, started[0][1].pid) == process.NICENESS


# --- Workers that end ---------------------------------------------------------------------------


def test_a_killed_worker_is_replaced_and_the_run_goes_on(
    store, run, supervisor, started, eventually
):
    supervisor.reconcile()
    before = eventually(lambda: store.runs.get(run.id).iteration)
    started[0][1].send_signal(signal.SIGKILL)
    started[0][1].wait()
    supervisor.reconcile()
    assert len(started) == 2
    eventually(lambda: store.runs.get(run.id).iteration > before)


def test_a_worker_that_ended_is_reaped_and_its_lease_released(
    store, run, supervisor, started, eventually
):
    supervisor.reconcile()
    eventually(lambda: store.runs.get(run.id).iteration > 0)
    worker = started[0][1]
    store.runs.request(run.id, desired="paused")
    os.kill(worker.pid, signal.SIGKILL)
    eventually(lambda: worker.returncode is not None)  # without another round
    eventually(lambda: worker.stdin.closed and store.runs.get(run.id).worker is None)


def test_the_lease_of_a_dead_process_is_released_before_it_expires(
    store, run, supervisor, started, dead_pid
):
    store.leases.claim(run.id, worker_name(dead_pid))
    supervisor.reconcile()
    assert [run_id for run_id, _ in started] == [run.id]


@pytest.mark.parametrize("name", ["elsewhere:1:{dead}", "{here}", "one", "one:two", "{host}:two"])
def test_a_lease_that_may_be_in_use_is_not_released(
    store, run, supervisor, started, dead_pid, name
):
    here = worker_name(os.getpid())
    host = here.rpartition(":")[0]
    store.leases.claim(run.id, name.format(dead=dead_pid, here=here, host=host))
    supervisor.reconcile()
    assert started == []


def test_a_deleted_run_is_forgotten(store, run, failing_supervisor, started):
    failing_supervisor.reconcile()
    started[-1][1].wait()
    with store.database.writing() as db:
        db.execute(schema.attempts.delete())
        db.execute(schema.runs.delete())
    failing_supervisor.reconcile()
    failing_supervisor.reconcile()
    assert len(started) == 1


# --- Idle workers -------------------------------------------------------------------------------


def test_an_idle_worker_is_stopped_when_a_queued_run_needs_its_place(
    store, corpus, started, eventually
):
    supervisor = Supervisor(store, limits=Limits(visitor_runs=1))
    first, second = (store.runs.create(corpus, ENDLESS, workspace="me") for _ in range(2))

    def positions():
        return tuple(store.runs.get(run.id).queue_position for run in (first, second))

    supervisor.reconcile()
    eventually(lambda: store.runs.get(first.id).iteration > 0)
    assert [run_id for run_id, _ in started] == [first.id]
    assert positions() == (None, 1)

    store.runs.request(first.id, desired="paused")
    eventually(lambda: store.runs.get(first.id).status == "paused")
    supervisor.reconcile()
    assert [run_id for run_id, _ in started] == [first.id, second.id]
    store.runs.request(first.id, desired="running")  # too late: it is queued now
    assert started[0][1].wait(30) == 0
    eventually(lambda: store.runs.get(second.id).iteration > 0)
    supervisor.reconcile()
    assert positions() == (1, None)
    assert len(started) == 2


def test_an_idle_worker_is_kept_for_a_quick_resume_while_there_is_room(
    store, run, supervisor, started, eventually
):
    supervisor.reconcile()
    eventually(lambda: store.runs.get(run.id).iteration > 0)
    store.runs.request(run.id, desired="paused")
    eventually(lambda: store.runs.get(run.id).status == "paused")
    supervisor.reconcile()
    before = store.runs.get(run.id).iteration
    store.runs.request(run.id, desired="running")
    eventually(lambda: store.runs.get(run.id).iteration > before)
    assert len(started) == 1


def test_a_visitor_who_starts_one_run_after_another_leaves_few_idle_workers(
    store, corpus, supervisor, started, eventually
):
    for _ in range(6):
        run = store.runs.create(corpus, ENDLESS, workspace="me")
        supervisor.reconcile()
        store.runs.request(run.id, desired="paused")
    supervisor.reconcile()
    assert len(started) == 6
    eventually(lambda: sum(child.poll() is None for _, child in started) <= 2)
    supervisor.reconcile()
    assert [child.poll() is None for _, child in started[-2:]] == [True, True]  # the newest stay


def test_a_run_gives_way_on_a_full_server_and_goes_on_when_there_is_room(
    store, corpus, started, eventually
):
    supervisor = Supervisor(store, limits=Limits(server_runs=2))
    first, second = (store.runs.create(corpus, ENDLESS, workspace=w, address="A") for w in "ab")
    supervisor.reconcile()
    before = eventually(lambda: store.runs.get(second.id).iteration)
    other = store.runs.create(corpus, ENDLESS, workspace="c", address="B")

    def trains(run):
        supervisor.reconcile()
        return store.runs.get(run.id).leased and store.runs.get(run.id).status == "running"

    eventually(lambda: trains(other))
    assert started[1][1].wait(30) == 0  # after a last checkpoint
    waiting = store.runs.get(second.id)
    assert (waiting.active, waiting.iteration >= before) == (True, True)
    supervisor.reconcile()
    assert store.runs.get(second.id).queue_position == 1
    assert store.runs.get(first.id).leased
    store.runs.request(other.id, desired="paused")
    eventually(lambda: trains(second))


# --- Rounds that fail ---------------------------------------------------------------------------


def test_a_process_that_cannot_be_started_is_tried_again_in_the_next_round(
    store, run, started, tmp_path
):
    python = tmp_path / "python"
    launcher = LocalLauncher(store.database.url, python=str(python))
    supervisor = Supervisor(store, launcher=launcher)
    supervisor.reconcile()
    assert started == []
    python.symlink_to(FAILS_AT_ONCE)
    supervisor.reconcile()
    assert len(started) == 1


@pytest.mark.parametrize("error", [StoreError("full"), RuntimeError("a bug")])
def test_watching_goes_on_after_any_error(
    store, run, supervisor, started, eventually, monkeypatch, error
):
    monkeypatch.setattr("charrnn.runs.workers.supervisor.ROUND_SECONDS", 0.01)
    read, rounds = store.placement.read, []

    def fail_three_times():
        rounds.append(1)
        if len(rounds) <= 3:
            raise error
        return read()

    monkeypatch.setattr(store.placement, "read", fail_three_times)
    supervisor.watch()
    eventually(lambda: started)
    supervisor.close()

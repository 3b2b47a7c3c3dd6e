"""A supervisor waits for slow workers, kills those that hang, and gives up without progress."""

import signal

import pytest

from charrnn.runs.errors import StoreError
from charrnn.runs.store import schema
from charrnn.runs.store.attempts import Attempts
from charrnn.runs.store.leases import Leases
from charrnn.runs.store.records import Progress
from charrnn.runs.workers import pool
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.pool import HANG_SECONDS, MAX_STARTS_WITHOUT_PROGRESS, RETRY_SECONDS
from charrnn.runs.workers.process import STORE_FAILED
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.supervisors import FAILS_AT_ONCE, SUCCEEDS_AT_ONCE, pass_time
from tests.support.workers import ENDLESS


def reconcile_again(supervisor, started):
    """Do a round once the last worker has ended."""
    started[-1][1].wait()
    supervisor.reconcile()


# --- Giving up ----------------------------------------------------------------------------------


def test_a_run_fails_with_a_message_after_three_starts_without_progress(
    store, run, failing_supervisor, started
):
    failing_supervisor.reconcile()
    for _ in range(MAX_STARTS_WITHOUT_PROGRESS + 1):
        reconcile_again(failing_supervisor, started)
    assert len(started) == MAX_STARTS_WITHOUT_PROGRESS == 3
    failed = store.runs.get(run.id)
    assert failed.status == "failed"
    assert "stopped three times without making progress" in failed.message

    store.runs.request(run.id, desired="running")  # the owner tries again
    failing_supervisor.reconcile()
    assert len(started) == 4


def test_a_run_without_progress_fails_even_if_its_processes_succeed(store, run, started):
    supervisor = Supervisor(
        store, launcher=LocalLauncher(store.database.url, python=SUCCEEDS_AT_ONCE)
    )
    supervisor.reconcile()
    for _ in range(MAX_STARTS_WITHOUT_PROGRESS + 1):
        reconcile_again(supervisor, started)
    assert len(started) == MAX_STARTS_WITHOUT_PROGRESS
    assert store.runs.get(run.id).status == "failed"


@pytest.mark.parametrize("python", [FAILS_AT_ONCE, SUCCEEDS_AT_ONCE])
@pytest.mark.parametrize("status", ["paused", "failed"])
def test_a_worker_that_ends_after_a_pause_or_a_failure_does_not_count_as_an_attempt(
    store, run, started, eventually, monkeypatch, python, status
):
    start = LocalLauncher.start

    def pause_or_fail_first(launcher, run):
        if status == "failed":
            store.leases.fail(run.id, "why")
        else:
            store.runs.request(run.id, desired="paused")
        return start(launcher, run)

    monkeypatch.setattr(LocalLauncher, "start", pause_or_fail_first)
    launcher = LocalLauncher(store.database.url, python=python)
    supervisor = Supervisor(store, launcher=launcher)
    for n in range(1, MAX_STARTS_WITHOUT_PROGRESS + 3):
        store.runs.request(run.id, desired="running")
        supervisor.reconcile()
        assert len(started) == n
        eventually(lambda: run.id not in supervisor._pool._workers)  # reaped without another round


def test_a_run_does_not_fail_while_its_workers_make_progress(
    store, run, failing_supervisor, started
):
    failing_supervisor.reconcile()
    for iteration in range(1, 6):
        store.leases.claim(run.id, "the worker")
        fields = {"status": "running", "iteration": iteration}
        checkpoint = {"iteration": iteration, "seconds": 1.0, "state": b""}
        store.leases.publish(run.id, "the worker", fields, Progress(checkpoint=checkpoint))
        store.leases.release(run.id, "the worker")
        reconcile_again(failing_supervisor, started)
    assert len(started) == 6
    assert store.runs.get(run.id).status == "running"


# --- A store that fails -------------------------------------------------------------------------


def test_store_errors_are_raised_and_attempts_still_counted(
    store, run, failing_supervisor, started, monkeypatch
):
    def fail(*_, **__):
        raise StoreError("full")

    with monkeypatch.context() as broken:
        broken.setattr(Attempts, "end", fail)
        failing_supervisor.reconcile()
        for _ in range(2):
            with pytest.raises(StoreError, match="full"):
                reconcile_again(failing_supervisor, started)
    for _ in range(MAX_STARTS_WITHOUT_PROGRESS - 1):
        reconcile_again(failing_supervisor, started)
    with monkeypatch.context() as broken:
        broken.setattr(Leases, "fail", fail)
        for _ in range(2):
            with pytest.raises(StoreError, match="full"):
                reconcile_again(failing_supervisor, started)
    assert len(started) == MAX_STARTS_WITHOUT_PROGRESS
    reconcile_again(failing_supervisor, started)
    assert store.runs.get(run.id).status == "failed"


def test_a_worker_that_could_not_save_is_retried_later_without_limit(store, run, started, tmp_path):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexit {STORE_FAILED}\n")
    python.chmod(0o755)
    launcher = LocalLauncher(store.database.url, python=str(python))
    supervisor = Supervisor(store, launcher=launcher)
    a = schema.attempts.c
    supervisor.reconcile()
    for n in range(1, MAX_STARTS_WITHOUT_PROGRESS + 3):
        reconcile_again(supervisor, started)
        assert len(started) == n  # not at once
        with store.database.writing() as db:
            db.execute(schema.attempts.update().values(ended_at=a.ended_at - RETRY_SECONDS))
        reconcile_again(supervisor, started)
        assert len(started) == n + 1
    assert store.runs.get(run.id).active


# --- Slow workers and workers that hang ---------------------------------------------------------


def test_a_worker_that_starts_slowly_is_not_replaced(store, run, started, monkeypatch):
    start = LocalLauncher.start

    def start_stopped(launcher, run):
        worker = start(launcher, run)
        worker.process.send_signal(signal.SIGSTOP)  # as if the machine were too busy to run it
        return worker

    monkeypatch.setattr(LocalLauncher, "start", start_stopped)
    supervisor = Supervisor(store)
    for _ in range(5):
        supervisor.reconcile()
    assert len(started) == 1
    assert store.runs.get(run.id).status == "waiting"
    started[0][1].kill()
    supervisor.close()


def test_a_worker_that_hangs_while_starting_is_replaced(store, run, supervisor, started, clock):
    supervisor.reconcile()
    started[0][1].send_signal(signal.SIGSTOP)
    supervisor.reconcile()
    assert started[0][1].poll() is None
    pass_time(clock, HANG_SECONDS + 1, supervisor)
    assert started[0][1].wait(10) == -signal.SIGKILL
    supervisor.reconcile()
    assert len(started) == 2


def test_workers_that_share_a_core_may_be_silent_for_longer(
    store, corpus, supervisor, started, clock, monkeypatch
):
    monkeypatch.setattr(pool, "available_cores", lambda: 1.0)
    for _ in range(2):
        store.runs.create(corpus, ENDLESS)
    supervisor.reconcile()
    first = [process for _, process in started]
    for process in first:
        process.send_signal(signal.SIGSTOP)
    pass_time(clock, 1.5 * HANG_SECONDS, supervisor)
    assert [process.poll() for process in first] == [None, None]
    pass_time(clock, HANG_SECONDS, supervisor)
    assert [process.wait(10) for process in first] == [-signal.SIGKILL] * 2

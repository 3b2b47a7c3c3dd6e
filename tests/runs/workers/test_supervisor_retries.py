"""A supervisor waits for slow workers, kills those that hang, and gives up without progress."""

import signal

import pytest

from charrnn.runs.errors import StoreError
from charrnn.runs.store.leases import Leases
from charrnn.runs.store.records import Progress
from charrnn.runs.workers import supervisor as supervisor_module
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.process import STORE_FAILED
from charrnn.runs.workers.supervisor import (
    HANG_SECONDS,
    MAX_STARTS_WITHOUT_PROGRESS,
    RETRY_SECONDS,
    Supervisor,
)
from tests.support.supervisors import FAILS_AT_ONCE, SUCCEEDS_AT_ONCE
from tests.support.workers import ENDLESS


def ensure_again(supervisor, started, run):
    """Ensure a worker once the last one has ended."""
    started[-1][1].wait()
    supervisor.ensure_worker(supervisor.store.runs.get(run.id))


# --- Giving up ----------------------------------------------------------------------------------


def test_a_run_fails_with_a_message_after_three_starts_without_progress(
    store, run, failing_supervisor, started
):
    failing_supervisor.ensure_worker(run)
    for _ in range(MAX_STARTS_WITHOUT_PROGRESS + 1):
        ensure_again(failing_supervisor, started, run)
    assert len(started) == MAX_STARTS_WITHOUT_PROGRESS == 3
    failed = store.runs.get(run.id)
    assert failed.status == "failed"
    assert "stopped three times without making progress" in failed.message

    store.runs.request(run.id, desired="running")  # the owner tries again
    failing_supervisor.ensure_worker(store.runs.get(run.id))
    assert len(started) == 4


def test_a_run_without_progress_fails_even_if_its_processes_succeed(store, run, started):
    supervisor = Supervisor(
        store, launcher=LocalLauncher(store.database.url, python=SUCCEEDS_AT_ONCE)
    )
    supervisor.ensure_worker(run)
    for _ in range(MAX_STARTS_WITHOUT_PROGRESS + 1):
        ensure_again(supervisor, started, run)
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
        supervisor.ensure_worker(store.runs.get(run.id))
        assert len(started) == n
        eventually(lambda: run.id not in supervisor._workers)  # reaped without another round


def test_a_run_does_not_fail_while_its_workers_make_progress(
    store, run, failing_supervisor, started
):
    failing_supervisor.ensure_worker(run)
    for iteration in range(1, 6):
        store.leases.claim(run.id, "the worker")
        fields = {"status": "running", "iteration": iteration}
        checkpoint = {"iteration": iteration, "seconds": 1.0, "state": b""}
        store.leases.publish(run.id, "the worker", fields, Progress(checkpoint=checkpoint))
        store.leases.release(run.id, "the worker")
        ensure_again(failing_supervisor, started, run)
    assert len(started) == 6
    assert store.runs.get(run.id).status == "running"


# --- A store that fails -------------------------------------------------------------------------


def test_store_errors_are_raised_and_attempts_still_counted(
    store, run, failing_supervisor, started, monkeypatch
):
    def fail(*_, **__):
        raise StoreError("full")

    failing_supervisor.ensure_worker(run)
    started[-1][1].wait()
    with monkeypatch.context() as broken:
        broken.setattr(Leases, "release", fail)
        for _ in range(2):
            with pytest.raises(StoreError, match="full"):
                failing_supervisor.ensure_worker(run)
    for _ in range(MAX_STARTS_WITHOUT_PROGRESS - 1):
        ensure_again(failing_supervisor, started, run)
    with monkeypatch.context() as broken:
        broken.setattr(Leases, "fail", fail)
        for _ in range(2):
            with pytest.raises(StoreError, match="full"):
                ensure_again(failing_supervisor, started, run)
    assert len(started) == MAX_STARTS_WITHOUT_PROGRESS
    ensure_again(failing_supervisor, started, run)
    assert store.runs.get(run.id).status == "failed"


def test_a_worker_that_could_not_save_is_retried_later_without_limit(
    store, run, started, clock, tmp_path
):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexit {STORE_FAILED}\n")
    python.chmod(0o755)
    launcher = LocalLauncher(store.database.url, python=str(python))
    supervisor = Supervisor(store, launcher=launcher, clock=clock)
    supervisor.ensure_worker(run)
    for n in range(1, MAX_STARTS_WITHOUT_PROGRESS + 3):
        ensure_again(supervisor, started, run)
        assert len(started) == n  # not at once
        clock.offset += RETRY_SECONDS
        ensure_again(supervisor, started, run)
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
        supervisor.ensure_worker(store.runs.get(run.id))
    assert len(started) == 1
    assert store.runs.get(run.id).status == "waiting"
    started[0][1].kill()
    supervisor.close()


def test_a_worker_that_hangs_while_starting_is_replaced(store, run, supervisor, started, clock):
    supervisor.reconcile()
    started[0][1].send_signal(signal.SIGSTOP)
    supervisor.reconcile()
    assert started[0][1].poll() is None
    clock.offset += HANG_SECONDS
    supervisor.reconcile()
    ensure_again(supervisor, started, run)
    assert len(started) == 2


def test_workers_that_share_a_core_may_be_silent_for_longer(
    store, corpus, supervisor, started, clock, monkeypatch
):
    monkeypatch.setattr(supervisor_module, "available_cores", lambda: 1.0)
    for _ in range(2):
        store.runs.create(corpus, ENDLESS)
    supervisor.reconcile()
    for _, process in started:
        process.send_signal(signal.SIGSTOP)
    clock.offset += 1.5 * HANG_SECONDS
    supervisor.reconcile()
    assert [process.poll() for _, process in started] == [None, None]
    clock.offset += HANG_SECONDS
    supervisor.reconcile()
    assert [process.wait() for _, process in started] == [-signal.SIGKILL] * 2

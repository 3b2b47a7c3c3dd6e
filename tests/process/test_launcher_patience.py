"""A launcher waits for a worker that is slow, and gives up a run that does not get on."""

import os
import shutil
import signal

import pytest

from charrnn.runs.launcher import HANG_SECONDS, RETRY_SECONDS, STARTS_WITHOUT_PROGRESS, Launcher
from charrnn.runs.process import STORE_FAILED
from charrnn.runs.records import Progress, StoreError
from charrnn.runs.store import Store
from tests.launching import ENDS_AT_ONCE
from tests.working import ENDLESS

ENDS_WELL_AT_ONCE = shutil.which("true")


def ensure_again(launcher, started, run):
    """Ask for a worker after the last one has ended."""
    started[-1][1].wait()
    launcher.ensure(launcher.store.run(run.id))


def test_it_gives_up_after_three_starts_without_progress_and_says_so(store, run, hopeless, started):
    hopeless.ensure(run)
    for _ in range(STARTS_WITHOUT_PROGRESS + 1):
        ensure_again(hopeless, started, run)
    assert len(started) == STARTS_WITHOUT_PROGRESS == 3
    failed = store.run(run.id)
    assert failed.status == "failed"
    assert "stopped three times without getting on" in failed.message

    store.wish(run.id, desired="running")  # somebody tries again
    hopeless.ensure(store.run(run.id))
    assert len(started) == 4


def test_it_gives_up_however_well_the_processes_end(store, run, started):
    launcher = Launcher(store, python=ENDS_WELL_AT_ONCE)
    launcher.ensure(run)
    for _ in range(STARTS_WITHOUT_PROGRESS + 1):
        ensure_again(launcher, started, run)
    assert len(started) == STARTS_WITHOUT_PROGRESS
    assert store.run(run.id).status == "failed"


@pytest.mark.parametrize("python", [ENDS_AT_ONCE, ENDS_WELL_AT_ONCE])
@pytest.mark.parametrize("rest", ["paused", "failed"])
def test_what_ended_while_nothing_was_wanted_does_not_count(
    store, run, started, eventually, monkeypatch, python, rest
):
    """Left after a long pause, or failed with a reason, and resumed: as often as one likes."""
    spawn = Launcher._spawn

    def come_to_rest_first(launcher, run):
        if rest == "failed":
            store.fail(run.id, "why")
        else:
            store.wish(run.id, desired="paused")
        return spawn(launcher, run)

    monkeypatch.setattr(Launcher, "_spawn", come_to_rest_first)
    launcher = Launcher(store, python=python)
    for n in range(1, STARTS_WITHOUT_PROGRESS + 3):
        store.wish(run.id, desired="running")
        launcher.ensure(store.run(run.id))
        assert len(started) == n
        eventually(lambda: run.id not in launcher._starts)  # no page asked for the run


def test_what_the_store_cannot_do_is_for_the_page_to_say_and_nothing_is_forgotten(
    store, run, hopeless, started, monkeypatch
):
    def full(*_, **__):
        raise StoreError("full")

    hopeless.ensure(run)
    started[-1][1].wait()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "release", full)
        for _ in range(2):
            with pytest.raises(StoreError, match="full"):
                hopeless.ensure(run)
    for _ in range(STARTS_WITHOUT_PROGRESS - 1):
        ensure_again(hopeless, started, run)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "fail", full)
        for _ in range(2):
            with pytest.raises(StoreError, match="full"):
                ensure_again(hopeless, started, run)
    assert len(started) == STARTS_WITHOUT_PROGRESS
    ensure_again(hopeless, started, run)
    assert store.run(run.id).status == "failed"


def test_it_does_not_give_up_while_there_is_progress(store, run, hopeless, started):
    hopeless.ensure(run)
    for iteration in range(1, 6):
        store.claim(run.id, "the worker")
        facts = {"status": "running", "iteration": iteration}
        saved = {"iteration": iteration, "seconds": 1.0, "state": b""}
        store.publish(run.id, "the worker", facts, Progress(checkpoint=saved))
        store.release(run.id, "the worker")
        ensure_again(hopeless, started, run)
    assert len(started) == 6
    assert store.run(run.id).status == "running"


def test_a_worker_that_is_slow_to_start_is_waited_for(store, run, started, monkeypatch):
    spawn = Launcher._spawn

    def stopped(self, run):
        process = spawn(self, run)
        process.send_signal(signal.SIGSTOP)  # a machine so busy that it does not come to run
        return process

    monkeypatch.setattr(Launcher, "_spawn", stopped)
    launcher = Launcher(store)
    for _ in range(5):
        launcher.ensure(store.run(run.id))
    assert len(started) == 1
    assert store.run(run.id).status == "waiting"
    for start in launcher._starts.values():
        start.process.kill()
    launcher.close()


def test_a_worker_that_hangs_before_it_has_begun_is_replaced(store, run, launcher, started):
    launcher.take_up()
    started[0][1].send_signal(signal.SIGSTOP)
    launcher.take_up()
    assert started[0][1].poll() is None
    launcher._starts[run.id].began -= HANG_SECONDS
    launcher.take_up()
    ensure_again(launcher, started, run)
    assert len(started) == 2


def test_where_many_share_the_cores_each_is_waited_for_longer(
    store, corpus, launcher, started, monkeypatch
):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    runs = [store.create_run(corpus, ENDLESS) for _ in range(2)]
    launcher.take_up()
    for _, process in started:
        process.send_signal(signal.SIGSTOP)
    for run in runs:
        launcher._starts[run.id].began -= 1.5 * HANG_SECONDS
    launcher.take_up()
    assert [process.poll() for _, process in started] == [None, None]
    for run in runs:
        launcher._starts[run.id].began -= HANG_SECONDS
    launcher.take_up()
    assert [process.wait() for _, process in started] == [-signal.SIGKILL] * 2


def test_a_worker_that_could_not_save_is_tried_again_later_and_as_often_as_need_be(
    store, run, started, tmp_path
):
    cannot_save = tmp_path / "python"
    cannot_save.write_text(f"#!/bin/sh\nexit {STORE_FAILED}\n")
    cannot_save.chmod(0o755)
    launcher = Launcher(store, python=str(cannot_save))
    launcher.ensure(run)
    for n in range(1, STARTS_WITHOUT_PROGRESS + 3):
        ensure_again(launcher, started, run)
        assert len(started) == n  # not at once
        launcher._starts[run.id].ended -= RETRY_SECONDS
        ensure_again(launcher, started, run)
        assert len(started) == n + 1
    assert store.run(run.id).active

"""Whoever wants a run trained gets a worker for it: one, and another if it dies."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from charrnn.runs import schema
from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.launcher import (
    HANG_SECONDS,
    RETRY_SECONDS,
    STARTS_WITHOUT_PROGRESS,
    Launcher,
)
from charrnn.runs.lease import worker_name
from charrnn.runs.limits import Limits
from charrnn.runs.process import STORE_FAILED
from charrnn.runs.records import Progress, StoreError
from charrnn.runs.store import Store

ROOT = Path(__file__).parents[2]
ENDLESS = RunConfig(hidden_size=8, iterations=100_000_000, sample_length=30)
ENDS_AT_ONCE = shutil.which("false")
ENDS_WELL_AT_ONCE = shutil.which("true")


@pytest.fixture
def run(store, corpus):
    return store.create_run(corpus, ENDLESS)


@pytest.fixture
def started(monkeypatch):
    """The processes that were started, in order: (run id, process)."""
    processes = []
    spawn = Launcher._spawn

    def remember(launcher, run):
        processes.append((run.id, spawn(launcher, run)))
        return processes[-1][1]

    monkeypatch.setattr(Launcher, "_spawn", remember)
    yield processes
    for _, process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def launcher(store, started, tmp_path, monkeypatch):
    # Workers are told where they belong, whatever directory and environment they are started in.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "elsewhere"))
    return Launcher(store)


@pytest.fixture
def hopeless(store, started):
    """A launcher whose workers end before they have begun."""
    return Launcher(store, python=ENDS_AT_ONCE)


def ensure_again(launcher, started, run):
    """Ask for a worker after the last one has ended."""
    started[-1][1].wait()
    launcher.ensure(launcher.store.run(run.id))


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


def test_a_process_that_has_ended_leaves_nothing_behind(store, run, launcher, started, eventually):
    launcher.ensure(run)
    eventually(lambda: store.run(run.id).iteration > 0)
    process = started[0][1]
    store.wish(run.id, desired="paused")
    os.kill(process.pid, signal.SIGKILL)
    eventually(lambda: process.returncode is not None)  # reaped, though no page asks
    eventually(lambda: process.stdin.closed and store.run(run.id).worker is None)


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


def test_close_ends_all_workers_and_the_next_server_goes_on(
    store, corpus, launcher, started, eventually
):
    runs = [store.create_run(corpus, ENDLESS) for _ in range(2)]
    launcher.take_up()
    eventually(lambda: all(store.run(run.id).iteration > 0 for run in runs))
    launcher.close()
    assert [process.poll() for _, process in started] == [0, 0]
    left = [store.run(run.id) for run in runs]
    assert [run.worker for run in left] == [None, None]
    for run in left:
        _, state = store.checkpoint(run.id)
        assert state_from_bytes(state)["iteration"] == run.iteration

    Launcher(store).take_up()
    assert len(started) == 4
    eventually(lambda: all(store.run(run.id).iteration > run.iteration for run in left))


def test_workers_end_when_their_server_is_killed(store, run, eventually):
    server = """
import sys
from charrnn.runs.launcher import Launcher
from charrnn.runs.database import default_url
from charrnn.runs.store import Store
Launcher(Store(default_url())).take_up()
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", server],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
    ) as process:
        eventually(lambda: store.run(run.id).iteration > 0)
        process.kill()
    eventually(lambda: store.run(run.id).worker is None)
    assert store.run(run.id).active


def test_ctrl_c_in_the_terminal_ends_the_server_after_last_checkpoints(store, run, eventually):
    server = """
import asyncio, contextlib, sys
from charrnn.ui import services
async def serve():
    async with services.open_up(None):
        await asyncio.to_thread(sys.stdin.read)
with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(serve())
"""
    with subprocess.Popen(
        [sys.executable, "-c", server],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,  # a process group, as a terminal gives one to each command
    ) as process:
        eventually(lambda: store.run(run.id).iteration > 0)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    left = store.run(run.id)
    assert left.worker is None
    assert left.active
    assert state_from_bytes(store.checkpoint(run.id)[1])["iteration"] == left.iteration
    assert "KeyboardInterrupt" not in said  # the workers did not hear of it


def test_close_does_not_wait_for_ever(store, run, launcher, started, eventually, monkeypatch):
    monkeypatch.setattr("charrnn.runs.launcher.CLOSE_SECONDS", 0.1)
    launcher.ensure(run)
    eventually(lambda: store.run(run.id).iteration > 0)
    started[0][1].send_signal(signal.SIGSTOP)
    launcher.close()
    assert started[0][1].poll() is None


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

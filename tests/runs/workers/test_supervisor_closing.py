"""However a server ends, its workers end too, and the next server goes on with their runs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.supervisors import ROOT
from tests.support.workers import ENDLESS

SERVER = """
import sys
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import default_url
from charrnn.runs.workers.supervisor import Supervisor
Supervisor(Store(default_url())).reconcile()
sys.stdin.read()
"""
DASHBOARD = """
import asyncio, contextlib, sys
from charrnn.ui import services
async def serve():
    async with services.lifespan(None):
        await asyncio.to_thread(sys.stdin.read)
with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(serve())
"""


def serving(program: str, **options) -> subprocess.Popen:
    """A server that runs until its standard input closes, as a process group of its own, like a
    command in a terminal."""
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        start_new_session=True,
        **options,
    )


def test_close_ends_all_workers_and_the_next_server_goes_on(
    store, corpus, supervisor, started, eventually
):
    runs = [store.runs.create(corpus, ENDLESS) for _ in range(2)]
    supervisor.reconcile()
    eventually(lambda: all(store.runs.get(run.id).iteration > 0 for run in runs))
    supervisor.close()
    assert [process.poll() for _, process in started] == [0, 0]
    closed = [store.runs.get(run.id) for run in runs]
    assert [run.worker for run in closed] == [None, None]
    for run in closed:
        _, state = store.snapshots.checkpoint(run.id)
        assert state_from_bytes(state)["iteration"] == run.iteration

    Supervisor(store).reconcile()
    assert len(started) == 4
    eventually(lambda: all(store.runs.get(run.id).iteration > run.iteration for run in closed))


def test_workers_end_when_their_server_is_killed(store, run, eventually):
    with serving(SERVER) as process:
        eventually(lambda: store.runs.get(run.id).iteration > 0)
        process.kill()
    eventually(lambda: store.runs.get(run.id).worker is None)
    assert store.runs.get(run.id).active


def test_ctrl_c_in_the_terminal_ends_the_server_after_last_checkpoints(store, run, eventually):
    with serving(DASHBOARD, stderr=subprocess.PIPE, encoding="utf-8") as process:
        eventually(lambda: store.runs.get(run.id).iteration > 0)
        os.killpg(process.pid, signal.SIGINT)
        errors = process.communicate(timeout=30)[1]
    closed = store.runs.get(run.id)
    assert closed.worker is None
    assert closed.active
    checkpoint = state_from_bytes(store.snapshots.checkpoint(run.id)[1])
    assert checkpoint["iteration"] == closed.iteration
    assert "KeyboardInterrupt" not in errors  # the workers ignore it


def test_close_ends_a_worker_that_a_signal_has_stopped(store, run, supervisor, started, eventually):
    supervisor.reconcile()
    eventually(lambda: store.runs.get(run.id).iteration > 0)
    process = started[0][1]
    process.send_signal(signal.SIGSTOP)
    supervisor.close()
    assert process.poll() == 0
    left = store.runs.get(run.id)
    assert (left.worker, left.iteration) == (None, store.snapshots.checkpoint_iteration(run.id))


def test_close_kills_a_worker_that_does_not_end(
    store, run, supervisor, started, eventually, monkeypatch
):
    monkeypatch.setattr("charrnn.runs.workers.pool.CLOSE_SECONDS", 0.1)
    supervisor.reconcile()
    eventually(lambda: store.runs.get(run.id).iteration > 0)
    process = started[0][1]
    monkeypatch.delattr(signal, "SIGCONT")  # nothing continues it
    os.kill(process.pid, signal.SIGSTOP)
    supervisor.close()
    assert process.poll() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reports the end of a parent")
def test_a_worker_that_a_signal_has_stopped_ends_when_its_server_is_killed(store, run, eventually):
    with serving(SERVER) as process:
        eventually(lambda: store.runs.get(run.id).iteration > 0)
        pid = int(store.runs.get(run.id).worker.rpartition(":")[2])
        os.kill(pid, signal.SIGSTOP)
        process.kill()
    eventually(lambda: store.runs.get(run.id).worker is None)
    eventually(lambda: not Path(f"/proc/{pid}").exists())

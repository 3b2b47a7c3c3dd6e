"""When a server ends, in whatever way, its workers end after it, and the next server goes on."""

import os
import signal
import subprocess
import sys

from charrnn.runs.archive import state_from_bytes
from charrnn.runs.launcher import Launcher
from tests.launching import ROOT
from tests.working import ENDLESS


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

"""Whatever is killed, and whenever: runs go on, and nothing is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from charrnn.runs.store import schema
from charrnn.runs.store.leases import worker_name
from charrnn.runs.workers.worker import PUBLISH_SECONDS
from tests.support import supervisors
from tests.support.server import Server
from tests.support.supervisors import ROOT, Log, SupervisorProcess, alive, kill
from tests.support.uninterrupted import SMALL, assert_equals_uninterrupted_run

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")

SHUTDOWN_SECONDS = 3.0  # for a worker to end after its server
REPEATED_SECONDS = 3.0  # of training, at most, after a worker was killed
KILLS = ("worker",) * 7 + ("server",) * 7 + ("both",) * 6
SEED = 4


@pytest.fixture
def log(tmp_path):
    """The log of all servers and their workers; the workers are killed at the end."""
    log = Log(tmp_path / "log")
    yield log
    for pid in log.workers():
        kill(pid)


@pytest.fixture
def serve(log):
    """serve(): start a server without pages. All of them are killed at the end."""
    servers = []

    def start(**options) -> SupervisorProcess:
        servers.append(SupervisorProcess(log, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def restore_priority():
    """supervisors.restore_priority, for tests of how fast a worker ends."""
    if not supervisors.can_restore_priority():
        pytest.skip("this user may not restore the priority that workers lower: run as root")
    return supervisors.restore_priority


def unsaved_seconds(store, run) -> float:
    """How much training is lost, at most, if the worker of a run is killed now, in seconds."""
    r, c = schema.runs.c, schema.checkpoints.c
    query = select(r.seconds, c.seconds).where(r.id == run.id, c.run == r.id)
    with store.database.reading() as db:
        row = db.execute(query).first()
    # In addition to what is published, the worker may have trained for one more turn.
    return row[0] - row[1] + PUBLISH_SECONDS if row else 0.0


def test_a_run_killed_twenty_times_equals_an_uninterrupted_run(
    store, corpus, log, serve, eventually, restore_priority
):
    rng = random.Random(SEED)
    kills = rng.sample(KILLS, len(KILLS))
    change, killed_workers, saved = {"learning_rate": 0.03}, 0, None
    run = store.runs.create(corpus, SMALL, pause_at=1500)
    server = serve()

    def resume_if_paused():
        if store.runs.get(run.id).desired == "paused":
            store.runs.request(run.id, desired="running", **change)

    for kind in kills:
        resume_if_paused()  # on a busy machine it gets there before the last kill
        before = store.runs.get(run.id).iteration
        if rng.random() < 0.4:  # otherwise it may be killed while it starts
            eventually(lambda n=before: store.runs.get(run.id).iteration not in (n, 0))
        kill_time = time.monotonic() + rng.uniform(0, 0.4)
        eventually(lambda kill_time=kill_time: time.monotonic() > kill_time)
        resume_if_paused()
        if killed_workers == 2:  # a third one without progress, and the run would rightly fail
            eventually(lambda n=saved: store.snapshots.checkpoint_iteration(run.id) != n)
            killed_workers = 0
        if kind != "server":
            killed_workers += 1
            if killed_workers == 1:
                saved = store.snapshots.checkpoint_iteration(run.id)
            for pid in eventually(log.workers):
                kill(pid)
            assert unsaved_seconds(store, run) < REPEATED_SECONDS
        if kind != "worker":
            orphans = log.workers()
            for pid in orphans:
                restore_priority(pid)
            server.kill()
            killed = time.monotonic()
            server = serve()
            eventually(
                lambda orphans=orphans: not any(map(alive, orphans)),
                seconds=killed + SHUTDOWN_SECONDS - time.monotonic(),
            )
    eventually(lambda: store.runs.get(run.id).iteration > 1500)
    store.runs.request(run.id, iterations=store.runs.get(run.id).iteration + 500)
    eventually(lambda: store.runs.get(run.id).status == "finished")
    server.close()
    assert log.workers() == []
    assert {event["run"] for event in log.events("started")} == {run.id}
    assert log.events("given_up") == log.events("crashed") == []
    run = store.runs.get(run.id)
    assert_equals_uninterrupted_run(store, corpus, run, pause_at=1500, then=change)


def test_a_second_worker_ends_at_once_and_changes_nothing(store, corpus, log, serve, eventually):
    run = store.runs.create(corpus, SMALL)
    serve()
    eventually(lambda: store.runs.get(run.id).iteration)
    owner = store.runs.get(run.id).worker
    command = [sys.executable, "-m", "charrnn.runs.workers.process", run.id]
    with (
        log.file.open("a") as stderr,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=stderr) as second,
    ):
        assert second.wait(30) == 0
    assert [event["run"] for event in log.events("lease_refused")] == [run.id]
    store.runs.request(run.id, iterations=store.runs.get(run.id).iteration + 500)
    eventually(lambda: store.runs.get(run.id).status == "finished")
    assert store.runs.get(run.id).worker == owner
    assert_equals_uninterrupted_run(store, corpus, store.runs.get(run.id))


def test_a_worker_that_hangs_is_logged_and_replaced(store, corpus, log, serve, eventually):
    run = store.runs.create(corpus, SMALL)
    serve(hang_seconds=2.0)
    eventually(lambda: store.runs.get(run.id).iteration)
    (hung,) = log.workers()
    os.kill(hung, signal.SIGSTOP)
    eventually(lambda: not alive(hung))
    (event,) = log.events("hung")
    assert (event["run"], event["worker"]) == (run.id, hung)
    assert 2.0 <= event["silent_seconds"] < 10.0
    before = store.runs.get(run.id).iteration
    eventually(lambda: store.runs.get(run.id).iteration > before)
    assert len(log.events("started")) == 2
    assert log.events("given_up") == []


def test_a_suspended_worker_whose_run_was_taken_over_writes_nothing(
    store, corpus, log, serve, eventually, restore_priority
):
    run = store.runs.create(corpus, SMALL)
    server = serve()
    eventually(lambda: store.runs.get(run.id).iteration)
    (suspended,) = log.workers()
    os.kill(suspended, signal.SIGSTOP)
    server.kill()
    store.leases.release(run.id, worker_name(suspended))  # as if its lease had expired
    serve()
    eventually(lambda: store.runs.get(run.id).worker not in (None, worker_name(suspended)))
    restore_priority(suspended)
    os.kill(suspended, signal.SIGCONT)
    eventually(lambda: not alive(suspended), seconds=SHUTDOWN_SECONDS)
    # On a busy machine it may be ended before it finds out.
    assert {event["run"] for event in log.events("lease_lost")} <= {run.id}
    store.runs.request(run.id, iterations=store.runs.get(run.id).iteration + 500)
    eventually(lambda: store.runs.get(run.id).status == "finished")
    assert_equals_uninterrupted_run(store, corpus, store.runs.get(run.id))


def test_a_worker_in_a_long_step_is_stopped_when_its_server_is_gone(
    store, corpus, log, serve, eventually, restore_priority
):
    """A step of a large network on a busy machine, for example, may take several seconds."""
    slow_worker = """
import runpy, sys, time
from charrnn.engine.training import Trainer
Trainer.step = lambda _: time.sleep(60)
sys.argv = ["worker", *sys.argv[1:]]
runpy.run_module("charrnn.runs.workers.process", run_name="__main__")
"""
    server = f"""
import subprocess, sys, os
command = [sys.executable, "-c", {slow_worker!r}, sys.argv[1], str(os.getpid())]
subprocess.Popen(command, stdin=subprocess.PIPE).wait()
"""
    run = store.runs.create(corpus, SMALL)
    command = [sys.executable, "-c", server, run.id]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:
        eventually(lambda: store.runs.get(run.id).status == "running")
        worker = int(store.runs.get(run.id).worker.rpartition(":")[2])
        restore_priority(worker)
        process.kill()
    eventually(lambda: not alive(worker), seconds=SHUTDOWN_SECONDS)
    serve()
    eventually(lambda: store.runs.get(run.id).iteration > 0)


def test_the_real_server_resumes_a_run_while_no_page_is_open(
    store, corpus, tmp_path, eventually, restore_priority
):
    run = store.runs.create(corpus, replace(SMALL, hidden_size=8))
    location, log = os.environ["CHARRNN_STORE"], tmp_path / "server.log"
    server = Server(location, log)
    try:
        eventually(lambda: store.runs.get(run.id).iteration)
        worker = int(store.runs.get(run.id).worker.rpartition(":")[2])
        restore_priority(worker)
        server.process.kill()
        server.process.wait()
        eventually(lambda: not alive(worker), seconds=SHUTDOWN_SECONDS)
        killed = store.runs.get(run.id)
        assert killed.active
        server = Server(location, log)
        eventually(lambda: store.runs.get(run.id).iteration > killed.iteration)
        worker = int(store.runs.get(run.id).worker.rpartition(":")[2])
    finally:
        server.stop()
    assert not alive(worker)
    assert store.runs.get(run.id).worker is None

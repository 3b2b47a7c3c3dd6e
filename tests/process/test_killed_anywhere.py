"""Whatever is killed, and whenever: what is wanted running goes on, and nothing is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import groupby

import pytest
from launching import ROOT, LauncherServer, Log, alive, hurry, kill
from serving import Server
from sqlalchemy import select

from charrnn.runs import schema
from charrnn.runs.config import RunConfig
from charrnn.runs.lease import worker_name
from charrnn.runs.worker import PUBLISH_SECONDS
from tests.working import work

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")

SMALL = RunConfig(
    hidden_size=64, streams=4, iterations=100_000_000, sample_interval=200, sample_length=40
)
OUTLIVES_SECONDS = 3.0
TWICE_SECONDS = 3.0
KILLS = ("worker",) * 7 + ("server",) * 7 + ("both",) * 6
SEED = 4


@pytest.fixture
def log(tmp_path):
    """The log of all servers. What they started is gone at the end."""
    log = Log(tmp_path / "log")
    yield log
    for pid in log.workers():
        kill(pid)


@pytest.fixture
def serve(log):
    """serve(): a server. Those that are left at the end are killed."""
    servers = []

    def start(**options) -> LauncherServer:
        servers.append(LauncherServer(log, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


def left_behind(store, run) -> dict[str, list[tuple]]:
    """Every row of a run, to the last bit, but for what a clock has measured."""
    rows = {}
    with store.reading() as db:
        for table in (*schema.LEFT_BEHIND, schema.checkpoints):
            columns = [c for c in table.c if c.name not in ("run", "seconds")]
            query = select(*columns).where(table.c.run == run.id).order_by(table.c.iteration)
            rows[table.name] = [tuple(row) for row in db.execute(query)]
    return rows


def assert_equals_an_undisturbed_run(store, corpus, run, *, pause_at=None, then=None):
    """then: what its owner wished when it had paused."""
    twin = store.create_run(corpus, run.config, pause_at=pause_at)
    store.wish(twin.id, iterations=run.iteration)  # a limit may come while it passes that
    twin = work(store, twin)
    if then:
        store.wish(twin.id, desired="running", **then)
        twin = work(store, twin)
    assert twin.status == run.status == "finished"
    expected, found = left_behind(store, twin), left_behind(store, run)
    assert {name: len(rows) for name, rows in found.items()} == {
        name: len(rows) for name, rows in expected.items()
    }
    assert found == expected
    assert twin.smooth_loss == run.smooth_loss


def done_twice(store, run) -> float:
    """Seconds of training since the last checkpoint, at most, of a run whose worker is killed."""
    r, c = schema.runs.c, schema.checkpoints.c
    query = select(r.seconds, c.seconds).where(r.id == run.id, c.run == r.id)
    with store.reading() as db:
        row = db.execute(query).first()
    # What it had not written yet is lost as well.
    return row[0] - row[1] + PUBLISH_SECONDS if row else 0.0


def test_killed_twenty_times_a_run_equals_one_that_was_never_disturbed(
    store, corpus, log, serve, eventually
):
    chance = random.Random(SEED)
    kills = chance.sample(KILLS, len(KILLS))
    # Three workers in a row that do not get on are given up, as they should be.
    assert all(len(list(same)) < 3 for kind, same in groupby(kills) if kind == "worker")
    change = {"learning_rate": 0.03}
    run = store.create_run(corpus, SMALL, pause_at=1500)
    server = serve()
    for kind in kills:
        before = store.run(run.id).iteration
        if chance.random() < 0.4:  # else it may be killed before it has begun
            eventually(lambda n=before: store.run(run.id).iteration not in (n, 0))
        moment = time.monotonic() + chance.uniform(0, 0.4)
        eventually(lambda moment=moment: time.monotonic() > moment)
        if store.run(run.id).desired == "paused":
            store.wish(run.id, desired="running", **change)
        if kind != "server":
            for pid in eventually(log.workers):
                kill(pid)
            assert done_twice(store, run) < TWICE_SECONDS
        if kind != "worker":
            orphans = log.workers()
            for pid in orphans:
                hurry(pid)
            server.kill()
            killed = time.monotonic()
            server = serve()
            eventually(
                lambda orphans=orphans: not any(map(alive, orphans)),
                seconds=killed + OUTLIVES_SECONDS - time.monotonic(),
            )
    eventually(lambda: store.run(run.id).iteration > 1500)
    store.wish(run.id, iterations=store.run(run.id).iteration + 500)
    eventually(lambda: store.run(run.id).status == "finished")
    server.close()
    assert log.workers() == []
    assert {said["run"] for said in log.events("started")} == {run.id}
    assert log.events("given_up") == log.events("crashed") == []
    run = store.run(run.id)
    assert_equals_an_undisturbed_run(store, corpus, run, pause_at=1500, then=change)


def test_a_second_worker_steps_back_and_disturbs_nothing(store, corpus, log, serve, eventually):
    run = store.create_run(corpus, SMALL)
    serve()
    eventually(lambda: store.run(run.id).iteration)
    owner = store.run(run.id).worker
    command = [sys.executable, "-m", "charrnn.runs.process", run.id]
    with (
        log.file.open("a") as stderr,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=stderr) as second,
    ):
        assert second.wait(30) == 0
    assert [said["run"] for said in log.events("stepped_back")] == [run.id]
    store.wish(run.id, iterations=store.run(run.id).iteration + 500)
    eventually(lambda: store.run(run.id).status == "finished")
    assert store.run(run.id).worker == owner
    assert_equals_an_undisturbed_run(store, corpus, store.run(run.id))


def test_a_worker_that_hangs_is_seen_and_said_and_replaced(store, corpus, log, serve, eventually):
    run = store.create_run(corpus, SMALL)
    serve(hang_seconds=2.0)
    eventually(lambda: store.run(run.id).iteration)
    (hung,) = log.workers()
    os.kill(hung, signal.SIGSTOP)
    eventually(lambda: not alive(hung))
    (said,) = log.events("hung")
    assert (said["run"], said["worker"]) == (run.id, hung)
    assert 2.0 < said["silent_seconds"] < 10.0
    before = store.run(run.id).iteration
    eventually(lambda: store.run(run.id).iteration > before)
    assert len(log.events("started")) == 2
    assert log.events("given_up") == []


def test_a_worker_that_was_asleep_while_another_took_over_writes_nothing(
    store, corpus, log, serve, eventually
):
    run = store.create_run(corpus, SMALL)
    server = serve()
    eventually(lambda: store.run(run.id).iteration)
    (asleep,) = log.workers()
    os.kill(asleep, signal.SIGSTOP)
    server.kill()
    store.release(run.id, worker_name(asleep))  # as if its lease had run out
    serve()
    eventually(lambda: store.run(run.id).worker not in (None, worker_name(asleep)))
    hurry(asleep)
    os.kill(asleep, signal.SIGCONT)
    eventually(lambda: not alive(asleep), seconds=OUTLIVES_SECONDS)
    assert [said["run"] for said in log.events("stepped_back")] == [run.id]
    store.wish(run.id, iterations=store.run(run.id).iteration + 500)
    eventually(lambda: store.run(run.id).status == "finished")
    assert_equals_an_undisturbed_run(store, corpus, store.run(run.id))


def test_a_worker_that_takes_too_long_is_cut_off_when_its_server_is_gone(
    store, corpus, log, serve, eventually
):
    """One step of a large network, say, when so many others compute that it takes seconds."""
    slow = """
import runpy, sys, time
from charrnn.engine.training import Trainer
Trainer.step = lambda _: time.sleep(60)
sys.argv = ["worker", *sys.argv[1:]]
runpy.run_module("charrnn.runs.process", run_name="__main__")
"""
    server = f"""
import subprocess, sys, os
command = [sys.executable, "-c", {slow!r}, sys.argv[1], str(os.getpid())]
subprocess.Popen(command, stdin=subprocess.PIPE).wait()
"""
    run = store.create_run(corpus, SMALL)
    command = [sys.executable, "-c", server, run.id]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:
        eventually(lambda: store.run(run.id).status == "running")
        worker = int(store.run(run.id).worker.rpartition(":")[2])
        hurry(worker)
        process.kill()
    eventually(lambda: not alive(worker), seconds=OUTLIVES_SECONDS)
    serve()
    eventually(lambda: store.run(run.id).iteration > 0)


def test_the_real_server_takes_a_run_up_again_with_no_page_open(
    store, corpus, tmp_path, eventually
):
    run = store.create_run(corpus, replace(SMALL, hidden_size=8))
    place, said = os.environ["CHARRNN_STORE"], Log(tmp_path / "server")
    server = Server(place, said.file)
    try:
        eventually(lambda: store.run(run.id).iteration)
        worker = int(store.run(run.id).worker.rpartition(":")[2])
        hurry(worker)
        server.process.kill()
        server.process.wait()
        eventually(lambda: not alive(worker), seconds=OUTLIVES_SECONDS)
        left = store.run(run.id)
        assert left.active
        server = Server(place, said.file)
        eventually(lambda: store.run(run.id).iteration > left.iteration)
        worker = int(store.run(run.id).worker.rpartition(":")[2])
    finally:
        server.stop()
    assert not alive(worker)
    assert store.run(run.id).worker is None

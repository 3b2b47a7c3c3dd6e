"""A machine whose clock is wrong: nothing that machines compare depends on it."""

import time

import pytest

from charrnn.runs.store.store import Store
from tests.support import faketime
from tests.support.faketime import wrong_clock
from tests.support.store import TEXT
from tests.support.supervisors import Log, SupervisorProcess
from tests.support.workers import ENDLESS

MINUTES = 5.0
# Longer than a lease lasts, and than a server may be missing.
WATCHED_SECONDS = 12.0
DISTURBANCES = ("hung", "lease_released", "lease_lost", "paused", "server_missing", "preempted")


@pytest.fixture(autouse=True)
def needs_faketime():
    if reason := faketime.missing():
        pytest.skip(reason)


@pytest.fixture
def stays_undisturbed(eventually):
    """stays_undisturbed(store, runs): whether their workers go on for WATCHED_SECONDS."""

    def check(store, runs) -> bool:
        before = [store.runs.get(run.id) for run in runs]
        until = time.monotonic() + WATCHED_SECONDS
        eventually(lambda: time.monotonic() > until)
        after = [store.runs.get(run.id) for run in runs]
        return all(
            b.worker == a.worker and b.iteration > a.iteration and b.active
            for a, b in zip(before, after, strict=True)
        )

    return check


def test_a_server_with_a_wrong_clock_decides_like_any_other(
    postgresql, tmp_path, monkeypatch, eventually, stays_undisturbed
):
    monkeypatch.setenv("CHARRNN_STORE", postgresql)
    monkeypatch.setenv("CHARRNN_SERVER_RUNS", "1")
    store, log = Store(postgresql), Log(tmp_path / "log")
    corpus = store.corpora.add("cats", TEXT)
    servers = [SupervisorProcess(log, environment=wrong_clock(-MINUTES))]
    eventually(lambda: store.placement.read().servers)
    servers.append(SupervisorProcess(log))
    try:
        eventually(lambda: len(store.placement.read().servers) == 2)
        runs = [store.runs.create(corpus, ENDLESS) for _ in range(2)]
        eventually(lambda: all(store.runs.get(run.id).iteration for run in runs))
        assert len({store.runs.get(run.id).server for run in runs}) == 2
        assert stays_undisturbed(store, runs)
        assert [name for name in DISTURBANCES if log.events(name)] == []
    finally:
        for server in servers:
            server.close()


def test_a_machine_of_a_cluster_with_a_wrong_clock_trains_like_any_other(
    store,
    store_url,
    cluster,
    machines,
    dashboards,
    serve,
    begin,
    machine_of,
    eventually,
    stays_undisturbed,
):
    wrong = wrong_clock(MINUTES)
    serve(**wrong)
    machine = cluster.add_machine(store_url, environment=wrong)
    eventually(lambda: '"slots": 6' in dashboards[0].log.read_text())
    runs = [begin() for _ in range(3)]
    eventually(lambda: any(machine_of(run) is machine for run in runs), seconds=60)
    eventually(lambda: all(store.runs.get(run.id).iteration for run in runs), seconds=60)
    assert stays_undisturbed(store, runs)
    machine.stop()

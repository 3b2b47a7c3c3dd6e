"""A server that decides and freezes is replaced, and decides nothing when it wakes."""

import os
import signal

import pytest
from sqlalchemy import text

from charrnn.runs.store.store import Store
from tests.support.store import TEXT
from tests.support.supervisors import Log, SupervisorProcess
from tests.support.workers import ENDLESS

# A server that dies is replaced within ten seconds. The rest is for a busy machine.
TAKEOVER_SECONDS = 10.0 + 5.0
FROZEN = "frozen"  # what the database server calls its connections
BUSY = text(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name AND state <> 'idle'"
)


@pytest.fixture
def store(postgresql, monkeypatch) -> Store:
    monkeypatch.setenv("CHARRNN_STORE", postgresql)
    return Store(postgresql)


@pytest.fixture
def server(tmp_path):
    """server(): start a server. server.log: of all of them."""
    servers, log = [], Log(tmp_path / "log")

    def start(**environment: str) -> SupervisorProcess:
        servers.append(SupervisorProcess(log, environment=environment))
        return servers[-1]

    start.log = log
    yield start
    for each in servers:
        os.kill(each.process.pid, signal.SIGCONT)
        each.close()


def freeze_between_transactions(store, server) -> bool:
    """Freeze a server, unless it has begun a transaction, which others would have to wait for."""
    os.kill(server.process.pid, signal.SIGSTOP)
    with store.database.reading() as db:
        if not db.execute(BUSY, {"name": FROZEN}).scalar():
            return True
    os.kill(server.process.pid, signal.SIGCONT)
    return False


def names(store) -> list[str]:
    return [server.name for server in store.placement.read().servers]


def test_a_server_that_freezes_is_replaced_and_decides_nothing_when_it_wakes(
    store, server, eventually
):
    frozen = server(PGAPPNAME=FROZEN)
    eventually(lambda: len(names(store)) == 1)
    server()
    eventually(lambda: len(names(store)) == 2)
    first, second = names(store)
    eventually(lambda: freeze_between_transactions(store, frozen))
    eventually(lambda: names(store) == [second], seconds=TAKEOVER_SECONDS)
    run = store.runs.create(store.corpora.add("cats", TEXT), ENDLESS)
    worker = eventually(lambda: store.runs.get(run.id).iteration and store.runs.get(run.id).worker)
    assert store.runs.get(run.id).server == second

    os.kill(frozen.process.pid, signal.SIGCONT)
    eventually(lambda: names(store) == [second, first])
    assert store.runs.get(run.id).worker == worker
    assert [event["server"] for event in server.log.events("server_missing")] == [first]
    assert server.log.events("lease_released") == server.log.events("reconcile_failed") == []

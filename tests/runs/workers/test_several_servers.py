"""Several servers on one store: one decides, each trains a part, and others replace the dead."""

import time
from itertools import count

import pytest

from charrnn.runs.limits import Limits
from charrnn.runs.store.leases import LEASE_SECONDS
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.pool import MAX_STARTS_WITHOUT_PROGRESS
from charrnn.runs.workers.supervisor import HEARTBEAT_SECONDS, MISSING_SECONDS, Supervisor
from tests.support.supervisors import (
    FAILS_AT_ONCE,
    Log,
    PlacesOnly,
    SupervisorProcess,
    kill,
    pass_time,
)
from tests.support.workers import ENDLESS

TAKEOVER_SECONDS = 10.0


@pytest.fixture
def servers(store, clock, monkeypatch):
    """servers(n): so many supervisors, each as if on a machine of its own, with two slots."""
    numbers, names = count(1), "charrnn.runs.workers.supervisor.new_server_name"
    monkeypatch.setattr(names, lambda: f"{next(numbers)}:another machine:1")

    def start(n, **options):
        options = {"launcher": PlacesOnly(), "limits": Limits(server_runs=2)} | options
        supervisors = [Supervisor(store, clock=clock, **options) for _ in range(n)]
        for supervisor in supervisors:
            supervisor.reconcile()
        return supervisors

    return start


def placed(store, runs):
    """The number of the server of each run, or its position in the queue as a negative number."""
    now = [store.runs.get(run.id) for run in runs]
    return [int(run.server.split(":")[0]) if run.server else -run.queue_position for run in now]


def test_runs_are_shared_among_the_servers_and_the_rest_is_queued(store, corpus, servers):
    a, b = servers(2)
    runs = [store.runs.create(corpus, ENDLESS) for _ in range(6)]
    b.reconcile()
    assert [store.runs.get(run.id).server for run in runs] == [None] * 6  # b does not decide
    a.reconcile()
    assert placed(store, runs) == [1, 2, 1, 2, -1, -2]


def test_a_server_that_closes_is_replaced_at_once(store, corpus, servers):
    a, b = servers(2)
    runs = [store.runs.create(corpus, ENDLESS) for _ in range(3)]
    a.reconcile()
    a.close()
    b.reconcile()
    assert placed(store, runs) == [2, 2, -1]


def test_a_server_that_dies_is_replaced_within_ten_seconds(store, corpus, servers, clock):
    a, b = servers(2)
    runs = [store.runs.create(corpus, ENDLESS) for _ in range(3)]
    b.reconcile()
    assert [store.runs.get(run.id).server for run in runs] == [None] * 3  # b does not decide
    a.reconcile()
    assert placed(store, runs) == [1, 2, 1]
    pass_time(clock, MISSING_SECONDS - 2, b)
    assert placed(store, runs) == [1, 2, 1]  # it may be busy
    pass_time(clock, TAKEOVER_SECONDS - (MISSING_SECONDS - 2), b)
    assert placed(store, runs) == [2, 2, -1]


def test_a_run_whose_server_died_waits_until_its_lease_has_expired(store, corpus, servers, clock):
    a, b = servers(2)
    run = store.runs.create(corpus, ENDLESS)
    a.reconcile()
    assert store.leases.claim(run.id, "a worker of the other machine")
    pass_time(clock, MISSING_SECONDS + 2, b)
    assert placed(store, [run]) == [1]
    pass_time(clock, LEASE_SECONDS, b)
    assert placed(store, [run]) == [2]
    assert store.runs.get(run.id).worker is None


def test_a_server_that_only_stalled_decides_nothing_when_it_wakes(store, corpus, servers, clock):
    a, b = servers(2)
    runs = [store.runs.create(corpus, ENDLESS) for _ in range(2)]
    situation = store.placement.read()
    pass_time(clock, TAKEOVER_SECONDS, b)
    assert placed(store, runs) == [2, 2]
    assert a._decider.decide(situation, {a.name: 2}) == situation.runs  # it read this before
    assert placed(store, runs) == [2, 2]
    pass_time(clock, 3, a, b)
    assert [server.name for server in store.placement.read().servers] == [b.name, a.name]


def test_a_server_writes_nothing_as_long_as_it_is_alone_and_nothing_changes(
    store, corpus, servers, clock, monkeypatch
):
    run = store.runs.create(corpus, ENDLESS)
    assert store.leases.claim(run.id, "a worker of another machine")
    (a,) = servers(1)
    writing, written = store.database.writing, []
    monkeypatch.setattr(store.database, "writing", lambda: written.append(1) or writing())
    pass_time(clock, LEASE_SECONDS - 2, a)
    assert written == []
    servers(1)
    written.clear()
    pass_time(clock, HEARTBEAT_SECONDS + 1, a)
    assert written != []


def test_another_server_goes_on_counting_attempts(store, corpus, servers, started, eventually):
    run = store.runs.create(corpus, ENDLESS)
    launcher = LocalLauncher(store.database.url, python=FAILS_AT_ONCE)
    for attempt in range(1, MAX_STARTS_WITHOUT_PROGRESS + 1):
        (server,) = servers(1, launcher=launcher)
        assert len(started) == attempt
        eventually(lambda: store.attempts.last(run.id).failed)
        server.close()
    servers(1, launcher=launcher)
    assert len(started) == MAX_STARTS_WITHOUT_PROGRESS
    assert store.runs.get(run.id).status == "failed"


# --- Real processes -----------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path):
    """The log of all servers and their workers; the workers are killed at the end."""
    log = Log(tmp_path / "log")
    yield log
    for pid in log.workers():
        kill(pid)


def test_a_killed_server_is_replaced_and_all_its_runs_go_on_at_another(
    store, corpus, log, eventually
):
    servers = [SupervisorProcess(log), SupervisorProcess(log)]
    try:
        eventually(lambda: len(store.placement.read().servers) == 2)
        runs = [store.runs.create(corpus, ENDLESS) for _ in range(2)]
        eventually(lambda: all(store.runs.get(run.id).iteration for run in runs))
        first, second = (server.name for server in store.placement.read().servers)
        assert {store.runs.get(run.id).server for run in runs} == {first, second}
        decider = next(each for each in servers if f":{each.process.pid}" in first)
        decider.kill()
        killed, before = time.monotonic(), [store.runs.get(run.id).iteration for run in runs]
        eventually(
            lambda: [server.name for server in store.placement.read().servers] == [second],
            seconds=killed + TAKEOVER_SECONDS - time.monotonic(),
        )
        eventually(
            lambda: all(
                (now := store.runs.get(run.id)).server == second and now.iteration > iteration
                for run, iteration in zip(runs, before, strict=True)
            )
        )
    finally:
        for server in servers:
            server.kill()
    assert log.events("given_up") == log.events("crashed") == []

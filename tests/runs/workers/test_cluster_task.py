"""What a machine of a cluster does for a run."""

from types import SimpleNamespace

import pytest

from charrnn.runs.store.placement import Decisions
from charrnn.runs.workers import cluster_task
from tests.support.store import SMALL
from tests.support.supervisors import FakeWorker

NAME = FakeWorker.name


@pytest.fixture
def run(store, corpus):
    return store.runs.create(corpus, SMALL)


@pytest.fixture
def worker(store, run, monkeypatch):
    """A worker that holds the lease of the run."""
    monkeypatch.setattr(cluster_task, "POLL_SECONDS", 0.01)
    store.leases.claim(run.id, NAME)
    return FakeWorker()


def test_a_worker_that_renews_its_lease_no_more_is_killed(store, run, worker):
    assert cluster_task.watch(worker, store, run.id, hang_seconds=0.1) == -9
    assert store.runs.get(run.id).worker is None


def test_a_worker_ends_with_its_machine(store, run, worker):
    assert cluster_task.watch(worker, store, run.id, leaving=lambda: True) == 0
    assert worker.stopped


def test_a_worker_that_never_got_the_lease_was_not_needed(store, run, worker):
    store.leases.release(run.id, NAME)
    store.leases.claim(run.id, "another:1")
    worker.end(0)
    status = cluster_task.watch(worker, store, run.id)
    assert status == cluster_task.NOT_NEEDED
    assert store.runs.get(run.id).worker == "another:1"


def place(store, run) -> None:
    """Decide that the cluster is to train a run."""
    store.servers.renew("decides", 1)
    assert store.placement.apply("decides", Decisions(placed=[(run, cluster_task.PLACE, None)]))


@pytest.fixture
def started(monkeypatch):
    """The ids of the runs for which this machine has started a worker."""
    dask = pytest.importorskip("distributed")
    machine = SimpleNamespace(
        state=SimpleNamespace(total_resources={"slot": 1.0}), status=SimpleNamespace(name="running")
    )
    monkeypatch.setattr(dask, "get_worker", lambda: machine)
    runs = []

    def start(_, run):
        runs.append(run.id)
        worker = FakeWorker()
        worker.end(0)
        return worker

    monkeypatch.setattr(cluster_task.LocalLauncher, "start", start)
    return runs


def test_a_task_that_is_run_twice_steps_back(store, run, started):
    place(store, run)
    store.leases.claim(run.id, NAME)
    assert cluster_task.train(run.id, {}) == cluster_task.NOT_NEEDED
    assert started == []
    assert store.runs.get(run.id).worker == NAME


def test_a_task_comes_too_late_for_a_run_that_has_lost_its_slot(store, run, started):
    assert cluster_task.train(run.id, {}) == cluster_task.NOT_NEEDED
    assert started == []


def test_a_task_starts_a_worker_for_a_run_that_the_cluster_is_to_train(store, run, started):
    place(store, run)
    cluster_task.train(run.id, {})
    assert started == [run.id]


def test_a_machine_without_the_store_or_with_another_one_says_so(store, started, monkeypatch):
    assert cluster_task.train("no such run", {}) == cluster_task.RUN_NOT_FOUND
    monkeypatch.delenv("CHARRNN_STORE")
    assert cluster_task.train("any run", {}) == cluster_task.NO_STORE


def test_a_task_that_is_run_again_after_its_machine_died_steps_back(store, run, started):
    place(store, run)
    store.attempts.begin(run.id, None, 1)
    store.leases.claim(run.id, NAME)
    (read,) = store.placement.read().runs
    assert store.placement.apply("decides", Decisions(expired=[read], failed=True))
    assert cluster_task.train(run.id, {}) == cluster_task.NOT_NEEDED
    assert started == []

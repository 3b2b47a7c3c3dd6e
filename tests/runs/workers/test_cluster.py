"""Training on a cluster, without one: tests/machines has it with real ones."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from charrnn.runs.store.records import Progress
from charrnn.runs.workers import cluster, cluster_task
from charrnn.runs.workers.cluster import BadCluster, ClusterLauncher
from charrnn.runs.workers.launcher import LOST
from charrnn.runs.workers.pool import MAX_STARTS_WITHOUT_PROGRESS
from charrnn.runs.workers.process import STORE_FAILED
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.progress import RUNNING
from tests.support.store import SMALL
from tests.support.supervisors import ROOT, FakeWorker, pass_time


@pytest.fixture
def run(store, corpus):
    return store.runs.create(corpus, SMALL)


class RemoteWorker(FakeWorker):
    """A worker elsewhere, of which only the store knows the name."""

    name = None

    def kill(self) -> None:
        self.end(LOST)


class Machines:
    """A launcher whose workers take the lease, until their machines die."""

    shared_place, slots = cluster_task.PLACE, 2

    def __init__(self, store):
        self._store, self.workers = store, []

    def start(self, run):
        self.workers.append(RemoteWorker())
        assert self._store.leases.claim(run.id, f"elsewhere:{len(self.workers)}")
        return self.workers[-1]


@pytest.fixture
def machines(store):
    return Machines(store)


@pytest.fixture
def go_on_until(store, clock, machines):
    """go_on_until(condition): do rounds of a server until a condition is met, within a minute."""
    supervisor = Supervisor(store, launcher=machines, clock=clock)

    def go_on(condition) -> None:
        for _ in range(60):
            if condition():
                return
            pass_time(clock, 1, supervisor)
        pytest.fail("not within a minute")

    return go_on


@pytest.mark.parametrize("noticed", [True, False])
def test_a_run_that_takes_its_machine_along_three_times_is_given_up(
    store, run, machines, go_on_until, noticed
):
    """noticed: whether the cluster notices at once, and runs the task once more in vain."""
    for attempt in range(1, MAX_STARTS_WITHOUT_PROGRESS + 1):
        go_on_until(lambda n=attempt: len(machines.workers) == n)
        if noticed:
            machines.workers[-1].end(LOST)
    go_on_until(lambda: not store.runs.get(run.id).active)
    assert len(machines.workers) == MAX_STARTS_WITHOUT_PROGRESS
    assert store.runs.get(run.id).status == "failed"
    assert "stopped three times without making progress" in store.runs.get(run.id).message


def test_machines_that_die_do_not_count_against_a_run_that_makes_progress(
    store, run, machines, go_on_until
):
    for attempt in range(1, 2 * MAX_STARTS_WITHOUT_PROGRESS):
        go_on_until(lambda n=attempt: len(machines.workers) == n)
        checkpoint = {"iteration": attempt, "seconds": 1.0, "state": b""}
        updates = Progress(checkpoint=checkpoint)
        store.leases.publish(run.id, f"elsewhere:{attempt}", RUNNING, updates)
        machines.workers[-1].end(LOST)
    assert store.runs.get(run.id).active


@pytest.fixture
def launcher(monkeypatch):
    """A connection to a cluster that does not answer."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(cluster, "POLL_SECONDS", 0.05)
    launcher = ClusterLauncher("tcp://127.0.0.1:1")
    yield launcher
    launcher.close()


class EndedTask:
    """A task that has ended with a result, or with an error."""

    def __init__(self, result, status="finished"):
        self._result, self.status = result, status

    def result(self, timeout):
        if isinstance(self._result, Exception):
            raise self._result
        return self._result


@pytest.mark.parametrize(
    ("task", "exit_status"),
    [
        (EndedTask(0), 0),
        (EndedTask(-11), -11),
        (EndedTask(cluster_task.NOT_NEEDED), LOST),
        (EndedTask(TimeoutError(), "cancelled"), LOST),
        (EndedTask(cluster_task.RUN_NOT_FOUND), STORE_FAILED),
        (EndedTask(cluster_task.NO_STORE), STORE_FAILED),
        (EndedTask(ModuleNotFoundError(), "error"), STORE_FAILED),
    ],
)
def test_only_what_a_worker_did_counts_against_its_run(launcher, task, exit_status):
    assert launcher._exit_status(task) == exit_status


def test_a_task_whose_machines_died_again_and_again_counts_against_its_run(launcher):
    from distributed import KilledWorker

    task = EndedTask(KilledWorker("task", None, 3), "error")
    assert launcher._exit_status(task) == cluster.KILLED


@pytest.mark.parametrize(
    ("task", "problem"),
    [
        (EndedTask(cluster_task.NO_STORE), cluster.WRONG_STORE),
        (EndedTask(ModuleNotFoundError(), "error"), cluster.BROKEN),
    ],
)
def test_what_keeps_machines_from_training_is_said_for_a_while(
    launcher, monkeypatch, eventually, task, problem
):
    monkeypatch.setattr(launcher, "_count_slots", lambda: 1)
    eventually(lambda: not launcher.problem)
    launcher._exit_status(task)
    assert launcher.problem == problem
    monkeypatch.setattr(cluster, "FAILURE_SECONDS", 0.0)
    assert launcher.problem == ""


def test_the_password_of_the_database_stays_out_of_the_cluster(
    launcher, run, monkeypatch, eventually
):
    monkeypatch.setenv("CHARRNN_STORE", "postgresql+psycopg://me:password@host/name")
    monkeypatch.setenv("CHARRNN_WEIGHTS", "1000")
    monkeypatch.setattr("distributed.fire_and_forget", lambda task: None)
    monkeypatch.setattr(launcher, "_count_slots", lambda: 1)
    eventually(lambda: not launcher.problem)
    sent = []

    def submit(*arguments, **options):
        sent.append((arguments, options))
        return SimpleNamespace(key="task", add_done_callback=lambda call: None)

    launcher._client = SimpleNamespace(status="running", submit=submit)
    launcher.start(run)
    ((arguments, _),) = sent
    assert arguments == (cluster_task.train, run.id, {"CHARRNN_WEIGHTS": "1000"})
    assert "password" not in str(sent)


@pytest.mark.parametrize(
    "address",
    ["host:8786", "http://host:8786", "tcp:", "tcp://host", "tls://:8786", "tcp://host:x"],
)
def test_what_cannot_be_the_address_of_a_scheduler_is_refused(address):
    with pytest.raises(BadCluster, match="must be the address of a Dask scheduler"):
        ClusterLauncher(address)


def test_without_the_package_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadCluster, match=r"needs the package distributed, .* install it, or unset"):
        ClusterLauncher("tcp://127.0.0.1:1")


def test_a_cluster_that_does_not_answer_has_no_slots_and_costs_no_threads(launcher, eventually):
    threads = []
    eventually(lambda: threads.append(threading.active_count()) or len(threads) > 50)
    assert (launcher.slots, launcher.problem) == (0, cluster.UNREACHABLE)
    assert max(threads) < threads[0] + 15  # each try to connect cleans up


def test_dask_is_imported_only_for_a_cluster():
    code = "import sys, charrnn.ui.services; assert 'distributed' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)

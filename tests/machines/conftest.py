"""Real parts: a PostgreSQL server, a Dask cluster, two dashboards, and nginx in front of them.

All of them run on this machine. They are started once, by the first test that needs them.
"""

from dataclasses import replace

import pytest

from charrnn.runs.store.store import Store
from tests.support import dask_cluster, nginx
from tests.support.dask_cluster import DaskCluster
from tests.support.nginx import Nginx
from tests.support.postgresql import empty_schema
from tests.support.server import Server
from tests.support.uninterrupted import SMALL, assert_equals_uninterrupted_run

MACHINES = 2
LOG_ERRORS = ("Traceback", "given_up", "crashed", "reconcile_failed", "page_failed")


@pytest.fixture(scope="session")
def store_url(postgresql_server):
    """The URL of the store that all machines share."""
    with empty_schema(postgresql_server.url) as url:
        yield url


@pytest.fixture(scope="session")
def store(store_url) -> Store:
    return Store(store_url)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A Dask scheduler. The fixture `machines` adds machines that train."""
    if reason := dask_cluster.missing():
        pytest.skip(reason)
    cluster = DaskCluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


@pytest.fixture
def machines(cluster, store_url, eventually):
    """Two machines that train two runs each; those that an earlier test has ended are replaced."""
    while len(cluster.machines) < MACHINES:
        cluster.add_machine(store_url)
    eventually(lambda: all(machine.joined for machine in cluster.machines))
    return cluster.machines


@pytest.fixture
def machine_of(store, cluster):
    """machine_of(run): the machine that trains a run; None if there is none at the moment."""

    def find(run):
        worker = store.runs.get(run.id).worker
        return worker and next((m for m in cluster.machines if m.trains(worker)), None)

    return find


@pytest.fixture(scope="session")
def serve(store_url, cluster, tmp_path_factory):
    """serve(): start a dashboard on the shared store, whose runs train on the cluster.

    environment: further environment variables. All dashboards are stopped at the end.
    """
    servers = []

    def start(**environment: str) -> Server:
        log = tmp_path_factory.mktemp("dashboard") / "server.log"
        shared = cluster.environment | {
            "CHARRNN_CLUSTER": cluster.address,
            "STREAMLIT_SERVER_COOKIE_SECRET": "a long random text",
        }
        servers.append(Server(store_url, log, environment=shared | environment))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
    logs = "".join(server.log.read_text() for server in servers)
    assert [error for error in LOG_ERRORS if error in logs] == []


@pytest.fixture(scope="session")
def dashboards(serve) -> list[Server]:
    """Two dashboards."""
    return [serve(), serve()]


@pytest.fixture
def deciding(store, dashboards):
    """deciding(): the dashboard that decides which runs train."""

    def find() -> Server:
        first, *_ = store.placement.read().servers
        pid = int(first.name.rpartition(":")[2])
        return next(each for each in dashboards if each.process.pid == pid)

    return find


@pytest.fixture(scope="session")
def proxy(dashboards, tmp_path_factory):
    """nginx in front of the dashboards."""
    if program := nginx.missing():
        pytest.skip(f"{program} is not installed: no load balancer to test with")
    addresses = [dashboard.url.removeprefix("http://") for dashboard in dashboards]
    running = Nginx(tmp_path_factory.mktemp("nginx"), addresses)
    yield running
    running.stop()


@pytest.fixture
def begin(store, corpus):
    """begin(): a run that never finishes by itself; it is paused at the end of the test.

    Its settings are those of SMALL, and those that are given.
    """
    runs = []

    def create(**settings):
        runs.append(store.runs.create(corpus, replace(SMALL, **settings)))
        return runs[-1]

    yield create
    for run in runs:
        store.runs.request(run.id, desired="paused")


@pytest.fixture
def finishes_like_an_undisturbed_run(store, corpus, eventually):
    """finishes_like_an_undisturbed_run(run): let it finish soon, and compare all its rows."""

    def check(run) -> None:
        store.runs.request(run.id, iterations=store.runs.get(run.id).iteration + 500)
        eventually(lambda: store.runs.get(run.id).status == "finished", seconds=60)
        assert_equals_uninterrupted_run(store, corpus, store.runs.get(run.id))

    return check

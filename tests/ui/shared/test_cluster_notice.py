"""What pages say while the machines of a cluster cannot train runs."""

import pytest

from charrnn.runs.workers.cluster import UNREACHABLE
from charrnn.ui import services
from tests.support.store import SMALL

PAGES = ("", "alphabet", "inside", "compare", "write")


class FakeCluster:
    """A cluster that does not answer at first; a Launcher."""

    shared_place, slots, problem = "cluster", 0, UNREACHABLE

    def start(self, run):
        raise ConnectionError

    def close(self):
        pass


@pytest.fixture
def cluster(monkeypatch):
    """The cluster of this server."""
    cluster = FakeCluster()
    monkeypatch.setattr(services, "cluster", lambda: cluster)
    return cluster


@pytest.mark.parametrize("at", PAGES)
def test_every_page_says_that_no_machine_can_be_reached(open_page, cluster, at):
    page = open_page(at)
    assert [warning.value for warning in page.warning] == [UNREACHABLE]
    cluster.problem = ""
    assert len(page.run().warning) == 0


def test_a_run_that_waits_for_a_machine_is_queued(open_page, cluster, workspace, corpus, store):
    run = workspace.create(corpus, SMALL)
    services.supervisor().reconcile()
    assert [info.value for info in open_page(run=run.id).info] == ["Queued: position 1"]
    cluster.slots = 1
    services.supervisor().reconcile()
    assert store.runs.get(run.id).server == "cluster"


def test_a_wrong_address_is_said_on_the_page(open_page, monkeypatch):
    monkeypatch.setenv("CHARRNN_CLUSTER", "scheduler")
    page = open_page()
    assert not page.exception
    assert "must be the address of a Dask scheduler" in page.error[0].value

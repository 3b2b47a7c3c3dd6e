"""One worker at a time holds the lease of a run, and only that worker writes."""

import pytest

from charrnn.runs.store import schema
from charrnn.runs.store.leases import LeaseLost, ProgressLost
from charrnn.runs.store.records import Progress
from tests.support.progress import RUNNING, metrics_row


def test_only_one_worker_holds_a_lease(store, leased_run):
    assert not store.leases.claim(leased_run.id, "two")
    store.leases.release(leased_run.id, "two")
    assert not store.leases.claim(leased_run.id, "two")
    store.leases.release(leased_run.id, "one")
    assert store.leases.claim(leased_run.id, "two")


def test_worker_without_the_lease_writes_nothing(store, leased_run):
    with pytest.raises(LeaseLost):
        store.leases.publish(leased_run.id, "two", RUNNING, Progress(metrics=[metrics_row(1)]))
    assert store.runs.get(leased_run.id) == leased_run
    with store.database.reading() as db:
        assert db.execute(schema.metrics.select()).all() == []


def test_worker_whose_progress_was_lost_writes_nothing_more(store, leased_run):
    first = store.leases.publish(
        leased_run.id, "one", RUNNING, Progress(), previous=leased_run.heartbeat
    )
    lost = first + 1.0  # of a transaction that the server has lost
    progress = Progress(metrics=[metrics_row(1)])
    with pytest.raises(ProgressLost):
        store.leases.publish(leased_run.id, "one", {"iteration": 9}, progress, previous=lost)
    assert store.runs.get(leased_run.id).iteration == RUNNING["iteration"]
    assert store.history.observe(leased_run.id)[1].metrics == []
    rewound = store.leases.rewind(leased_run.id, "one", {"iteration": 0}, [])
    store.leases.publish(leased_run.id, "one", RUNNING, progress, previous=rewound)
    with pytest.raises(LeaseLost):
        store.leases.publish(leased_run.id, "two", RUNNING, progress, previous=lost)


def test_worker_rewinds_a_run_only_with_the_lease(store, leased_run):
    updates = Progress(
        metrics=[metrics_row(n) for n in range(10)],
        samples=[{"iteration": n, "text": str(n)} for n in (0, 9)],
        rate_changes=[{"iteration": n, "learning_rate": 0.2} for n in (5, 6)],
    )
    store.leases.publish(leased_run.id, "one", RUNNING | {"iteration": 9}, updates)
    with pytest.raises(LeaseLost):
        store.leases.rewind(leased_run.id, "two", {"iteration": 5}, [])
    assert len(store.history.observe(leased_run.id)[1].metrics) == 10
    store.leases.rewind(leased_run.id, "one", {"iteration": 5, "recent_loss": 9.0}, [(5, 0.2)])
    run, history = store.history.observe(leased_run.id)
    assert (run.iteration, run.recent_loss) == (5, 9.0)
    assert [row[0] for row in history.metrics] == list(range(6))
    assert history.newest_sample == (0, "0")
    assert history.rate_changes == [(5, 0.2)]


def test_worker_fails_a_run_only_with_the_lease(store, leased_run):
    store.leases.fail(leased_run.id, "why", worker="two")
    assert store.runs.get(leased_run.id).status == "waiting"
    store.leases.fail(leased_run.id, "why", worker="one")
    assert store.runs.get(leased_run.id).message == "why"


def test_paused_run_says_why_it_was_paused(store, leased_run):
    store.leases.pause(leased_run.id, "why", worker="two")
    assert store.runs.get(leased_run.id).active
    store.leases.pause(leased_run.id, "why", worker="one")
    run = store.runs.get(leased_run.id)
    assert (run.desired, run.status, run.message, run.worker) == ("paused", "paused", "why", None)

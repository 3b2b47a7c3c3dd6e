"""Snapshots are kept at increasing iterations, and lead back to before training diverged."""

import itertools

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store import schema
from charrnn.runs.store.records import Progress
from tests.support.progress import RUNNING, metrics_row
from tests.support.workers import work

CONFIG = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)
KEPT = (0, 1, 2, 5, 10, 20, 50, 100)


@pytest.fixture
def last_good(store, leased_run):
    """last_good(losses): of a run with these losses, from the first window on, and a limit of 50.

    kept: the iterations of its snapshots.
    """

    def last_good(losses, *, kept=KEPT):
        rows = [metrics_row(n, loss) for n, loss in enumerate(losses, start=1)]
        snapshots = [{"iteration": n, "state": b"any", "seconds": 0.1} for n in kept]
        updates = Progress(metrics=[metrics_row(0, 60.0), *rows], snapshots=snapshots)
        store.leases.publish(leased_run.id, "one", RUNNING | {"iteration": len(losses)}, updates)
        return store.snapshots.last_good(leased_run.id, 50.0)

    return last_good


def test_snapshots_are_kept_at_increasing_iterations(store, corpus):
    run = work(store, store.runs.create(corpus, CONFIG))
    kept = store.snapshots.iterations(run.id, complete=True)
    assert kept[0] == 0
    assert all(a < b for a, b in itertools.pairwise(kept))


def test_complete_snapshots_are_found_without_reading_their_states(store, leased_run):
    snapshots = [{"iteration": n, "state": bytes(2**20), "seconds": 0.1} for n in KEPT]
    store.leases.publish(leased_run.id, "one", RUNNING, Progress(snapshots=snapshots))
    with store.database.reading() as db:
        if db.dialect.name != "sqlite":
            pytest.skip("SQLite alone reads a row from its beginning")
        query = "SELECT iteration FROM snapshots WHERE run = 'any' AND seconds IS NOT NULL"
        ((*_, plan),) = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {query} ORDER BY iteration")
    assert "COVERING INDEX ix_snapshots_seconds" in plan
    assert store.snapshots.iterations(leased_run.id, complete=True) == list(KEPT)


def test_last_good_snapshot_is_the_newest_after_which_the_loss_is_low(last_good):
    assert last_good([40.0] * 110 + [500.0] * 5) == 100
    assert last_good([40.0] * 98 + [500.0] * 30) == 50


def test_loss_measured_before_an_update_does_not_speak_for_the_snapshot_after_it(last_good):
    # The first window is guessed. Its update ruins the network, and so the first snapshot.
    assert last_good([49.0] + [500.0] * 30) == 0
    assert last_good([40.0] * 21 + [500.0] * 30) == 10


def test_a_few_bad_windows_do_not_spoil_a_good_snapshot(last_good):
    assert last_good([40.0] * 112 + [500.0] * 8) == 100


def test_without_a_good_snapshot_the_last_good_is_before_the_first_update(last_good):
    assert last_good([500.0] * 30) == 0
    assert last_good([60.0] * 120) == 0
    assert last_good([]) == 0


def test_snapshot_after_which_nothing_was_recorded_is_not_known_to_be_good(last_good):
    assert last_good([40.0] * 100) == 50


def test_without_any_good_snapshot_there_is_no_last_good(store, run, last_good):
    assert store.snapshots.last_good(run.id, 50.0) is None
    assert last_good([500.0] * 30, kept=(20,)) is None  # as in a run that was imported there


def test_incomplete_snapshot_is_no_last_good(store, last_good):
    assert last_good([40.0] * 110) == 100
    with store.database.writing() as db:  # version 1 saved only the weights
        db.execute(schema.snapshots.update().values(seconds=None))
    assert last_good([40.0] * 110, kept=()) is None

"""The history of a run: rows by iteration, thinned for charts."""

import math

import numpy as np
import pytest

from charrnn.runs.recording import should_record
from charrnn.runs.store.records import Progress
from tests.support.progress import RUNNING, metrics_row


def publish_samples(store, run, intervals, *, metrics=False):
    """Let a run have trained for so many sample intervals, with a sample and a loss at each."""
    at = range(0, run.config.sample_interval * intervals + 1, run.config.sample_interval)
    updates = Progress(
        samples=[{"iteration": n, "text": str(n)} for n in at],
        evaluations=[{"iteration": n, "held_out_loss": 1.0} for n in at],
        metrics=[metrics_row(n) for n in range(at[-1] + 1) if metrics and should_record(n)],
    )
    store.leases.publish(run.id, "one", RUNNING | {"iteration": at[-1]}, updates)


def test_training_a_stretch_again_replaces_its_rows(store, leased_run):
    for loss in (50.0, 40.0):
        updates = Progress(
            metrics=[metrics_row(n, loss) for n in range(5)],
            samples=[{"iteration": 0, "text": f"at {loss}"}],
        )
        store.leases.publish(leased_run.id, "one", RUNNING | {"iteration": 4}, updates)
    _, history = store.history.observe(leased_run.id)
    assert history.metrics == [(n, 40.0, 40.0, 0.1) for n in range(5)]
    assert store.history.sample(leased_run.id, 0) == "at 40.0"


def test_thinned_points_are_evenly_spaced_and_keep_their_places(store, leased_run):
    before = set()
    for start in range(0, 2000, 250):
        updates = Progress(metrics=[metrics_row(n) for n in range(start, start + 250)])
        state = RUNNING | {"iteration": start + 249}
        store.leases.publish(leased_run.id, "one", state, updates)
        metrics = store.history.observe(leased_run.id, points=100)[1].metrics
        iterations = [row[0] for row in metrics]
        assert len(iterations) <= 101
        assert len(set(np.diff(iterations))) == 1
        # A coarser grid is part of the finer one: points disappear, but none appears in between.
        assert {n for n in iterations if n < start} <= before | {0}
        before = set(iterations)


def test_every_sample_and_the_newest_evaluation_are_offered(store, leased_run):
    publish_samples(store, leased_run, 50)
    _, history = store.history.observe(leased_run.id, evaluations=3)
    assert history.sample_iterations == list(range(0, 50_001, 1000))
    assert history.newest_sample == (50_000, "50000")
    first = list(range(0, 5001, 1000))
    assert [n for n, _ in history.evaluations] == [*first, 32_000, 50_000]


def test_the_first_evaluations_are_offered_wherever_they_are(store, leased_run):
    at = (0, 500, 1500, 2500, 3000, 6000, 9000)
    updates = Progress(evaluations=[{"iteration": n, "held_out_loss": 1.0} for n in at])
    store.leases.publish(leased_run.id, "one", RUNNING | {"iteration": 9000}, updates)
    _, history = store.history.observe(leased_run.id)
    assert [n for n, _ in history.evaluations] == list(at)


def test_an_evaluation_that_is_newer_than_the_newest_sample_is_offered(store, leased_run):
    publish_samples(store, leased_run, 3)
    last = Progress(evaluations=[{"iteration": 3500, "held_out_loss": 1.0}])
    store.leases.publish(leased_run.id, "one", RUNNING | {"iteration": 3500}, last)
    _, history = store.history.observe(leased_run.id)
    assert history.evaluations[-1] == (3500, 1.0)


def test_of_a_long_run_some_samples_are_offered_and_each_can_be_found(store, leased_run):
    publish_samples(store, leased_run, 3001)
    _, history = store.history.observe(leased_run.id)
    offered = history.sample_iterations
    assert (offered[0], offered[-1], history.newest_sample[0]) == (0, 3_001_000, 3_001_000)
    assert 64 <= len(offered) <= 130
    assert len(set(np.diff(offered[:-1]))) == 1
    assert {n for n, _ in history.evaluations} == {*offered, *range(0, 5001, 1000)}
    find = store.history.nearest_sample
    requests = (-math.inf, 0, 400, 600, 1_234_567, 10**30, math.inf)
    nearest = [find(leased_run.id, n) for n in requests]
    assert nearest == [0, 0, 0, 1000, 1_235_000, 3_001_000, 3_001_000]
    assert store.history.last_sample(leased_run.id, 1_234_567) == (1_234_000, "1234000")
    assert store.history.last_sample(leased_run.id, math.inf) == (3_001_000, "3001000")
    assert store.history.last_sample(leased_run.id, -1) is None
    assert find("unknown", 5) is None


def test_no_more_rows_of_a_long_history_are_read_than_of_a_short_one(store, leased_run):
    """Counted by the database itself, in steps of its virtual machine."""
    steps = {}
    for intervals in (3, 3000):
        publish_samples(store, leased_run, intervals, metrics=True)
        counted = 0

        def count():
            nonlocal counted
            counted += 1

        with store.database.reading() as db:
            if db.dialect.name != "sqlite":
                pytest.skip("only SQLite counts its steps")
            connection = db.connection.driver_connection
        connection.set_progress_handler(count, 1000)
        try:
            store.history.observe(leased_run.id)
        finally:
            connection.set_progress_handler(None, 0)
        steps[intervals] = counted
    assert 0 < steps[3000] < 4 * steps[3]


def test_unknown_sample_raises_key_error(store, run):
    with pytest.raises(KeyError):
        store.history.sample(run.id, 1000)

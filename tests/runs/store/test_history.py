"""The history of a run: rows by iteration, thinned for charts."""

import numpy as np
import pytest

from charrnn.runs.store.records import Progress
from tests.support.progress import RUNNING, metrics_row


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
    samples = [{"iteration": n, "text": str(n)} for n in range(0, 5100, 100)]
    evaluations = [{"iteration": n, "held_out_loss": 1.0} for n in range(0, 5100, 100)]
    updates = Progress(samples=samples, evaluations=evaluations)
    store.leases.publish(leased_run.id, "one", RUNNING | {"iteration": 5000}, updates)
    _, history = store.history.observe(leased_run.id, evaluations=3)
    assert history.sample_iterations == list(range(0, 5001, 100))
    assert history.newest_sample == (5000, "5000")
    assert [n for n, _ in history.evaluations] == [0, 2000, 4000, 5000]


def test_unknown_sample_raises_key_error(store, run):
    with pytest.raises(KeyError):
        store.history.sample(run.id, 1000)

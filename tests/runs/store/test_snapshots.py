"""Snapshots are kept at increasing iterations, and lead back to before training diverged."""

import itertools

from charrnn.runs.config import RunConfig
from tests.support.workers import history, work

CONFIG = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)


def test_last_good_snapshot_is_from_before_the_lowest_loss(store, corpus):
    run = work(store, store.runs.create(corpus, CONFIG))
    smooth_losses = [row[2] for row in history(store, run).metrics]
    best = smooth_losses.index(min(smooth_losses))
    kept = store.snapshots.iterations(run.id, complete=True)
    assert store.snapshots.last_good(run.id) == max(n for n in kept if n <= best)
    assert all(a < b for a, b in itertools.pairwise(kept))


def test_run_without_metrics_has_no_good_snapshot(store, run):
    assert store.snapshots.last_good(run.id) is None

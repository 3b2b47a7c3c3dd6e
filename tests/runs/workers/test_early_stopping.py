"""The best state on held-out text is kept as a snapshot, and a run can stop early."""

from dataclasses import replace
from itertools import cycle
from math import inf

import pytest
from sqlalchemy import delete

from charrnn.engine.analysis.overfitting import lowest_before_rise
from charrnn.engine.training import Diverged, Trainer
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store import schema
from charrnn.runs.workers import checkpointing, worker
from charrnn.runs.workers.worker import Worker
from tests.support.workers import NAME, SMALL, StopWhenIdle, publish_often

# Held-out losses at iterations 0, 100, 200 ...: lowest at 700, which has no scheduled snapshot.
FALL_AND_RISE = [4.0, 3.5, 3.2, 3.0, 2.9, 2.8, 2.7, 2.6, *(2.7 + n / 10 for n in range(100))]
LOWEST = 700
CONFIG = replace(SMALL, iterations=3000)
STOPPING = replace(CONFIG, early_stopping="on")


@pytest.fixture
def losses(monkeypatch):
    """The held-out losses that trainers measure, by iteration; they can be changed."""
    losses = {100 * n: loss for n, loss in enumerate(FALL_AND_RISE)}
    monkeypatch.setattr(Trainer, "held_out_loss", lambda self: losses[self.iteration])
    monkeypatch.setattr(Trainer, "evaluation_interval", lambda self, interval: interval)
    publish_often(monkeypatch)
    return losses


def scheduled(until):
    return [n for n in range(until + 1) if checkpointing.should_snapshot(n)]


def test_one_snapshot_more_is_kept_for_the_lowest_held_out_loss(store, corpus, work, losses):
    run = work(store.runs.create(corpus, CONFIG))
    assert run.status == "finished"
    assert store.snapshots.best(run.id) == (LOWEST, 2.6)
    assert store.snapshots.iterations(run.id) == sorted([*scheduled(3000), LOWEST])
    seconds, state = store.snapshots.complete(run.id, LOWEST)
    assert 0 < seconds <= run.seconds
    trainer = Trainer(*_text(store, run), **run.config.trainer_settings())
    while trainer.iteration < LOWEST:
        trainer.step()
    assert (state_from_bytes(state)["weights"] == trainer.weights.packed()).all()


def _text(store, run):
    from charrnn.engine.vocabulary import Vocabulary

    vocabulary = Vocabulary.of(text := store.corpora.text(run.sha256))
    return vocabulary.encode(text), len(vocabulary)


def test_a_worker_that_takes_over_replaces_the_best_of_the_one_before(
    store, corpus, work, losses, monkeypatch
):
    monkeypatch.setattr(checkpointing, "CHECKPOINT_SECONDS", inf)
    run = work(store.runs.create(corpus, CONFIG, pause_at=650))
    assert store.snapshots.best(run.id) == (600, 2.7)
    assert 600 in store.snapshots.iterations(run.id)
    store.runs.request(run.id, desired="running")
    work(run)
    assert store.snapshots.best(run.id) == (LOWEST, 2.6)
    assert 600 not in store.snapshots.iterations(run.id)


def test_a_scheduled_snapshot_stays_when_a_better_one_comes(store, corpus, work, losses):
    losses[500] = 2.65
    run = work(store.runs.create(corpus, CONFIG))
    assert store.snapshots.iterations(run.id) == sorted([*scheduled(3000), LOWEST])


def test_nothing_stops_a_run_early_unless_it_is_asked_to(store, corpus, work, losses):
    run = work(store.runs.create(corpus, CONFIG))
    assert (run.iteration, run.message) == (3000, "")


def test_a_run_stops_early_once_and_can_be_resumed(store, corpus, work, losses):
    run = work(store.runs.create(corpus, STOPPING))
    assert (run.status, run.desired) == ("paused", "paused")
    assert LOWEST < run.iteration < 3000
    assert f"best at iteration {LOWEST}," in run.message
    assert store.snapshots.checkpoint_iteration(run.id) == run.iteration
    stopped_at = run.iteration
    store.runs.request(run.id, desired="running")
    run = work(run)
    assert (run.status, run.iteration, run.message) == ("finished", 3000, "")
    again = work(store.runs.create(corpus, STOPPING))
    assert again.iteration == stopped_at, "it depends on the settings alone"


class Killed(Exception):
    pass


def test_a_run_that_was_killed_before_its_first_checkpoint_stops_where_any_other_does(
    store, corpus, work, losses, monkeypatch
):
    stopped_at = work(store.runs.create(corpus, STOPPING)).iteration
    run = store.runs.create(corpus, STOPPING)

    def kill():
        if store.runs.get(run.id).iteration > 300:
            raise Killed

    with monkeypatch.context() as large:
        large.setattr(checkpointing, "checkpoint_seconds", lambda *_: inf)
        with pytest.raises(Killed):
            work(run, on_poll=kill)
    assert store.snapshots.checkpoint_iteration(run.id) is None
    store.runs.request(run.id, pause_at=50)
    run = work(run)
    assert run.best_smooth_loss == pytest.approx(run.smooth_loss, rel=0.05)
    assert store.history.evaluations(run.id) == [(0, 4.0)]
    store.runs.request(run.id, desired="running", pause_at=None)
    assert work(run).iteration == stopped_at


def test_the_best_state_before_training_went_wrong_outlives_one_after(
    store, corpus, work, losses, monkeypatch
):
    turn_over = cycle([False] * 20 + [True])  # after twenty steps
    monkeypatch.setattr(worker, "_turn_over", lambda *_: next(turn_over))
    monkeypatch.setattr(checkpointing, "CHECKPOINT_SECONDS", 0.0)
    run, step = store.runs.create(corpus, CONFIG), Trainer.step

    def diverge(trainer, *measurement):
        if trainer.iteration == LOWEST + 60:
            raise Diverged(trainer.iteration + 1, "the loss is no longer a number")
        return step(trainer, *measurement)

    assert store.leases.claim(run.id, NAME)
    ruined = Worker(store, store.runs.get(run.id), NAME)
    with monkeypatch.context() as broken:
        broken.setattr(Trainer, "step", diverge)
        with pytest.raises(Diverged) as diverged:
            ruined.work(StopWhenIdle(store, run))
    assert store.snapshots.best(run.id) == (LOWEST, 2.6)
    ruined.fail(diverged.value)
    losses[LOWEST] = 2.9  # another rate takes another way
    store.runs.request(run.id, desired="running", pause_at=LOWEST + 50)
    work(run)
    assert store.snapshots.best(run.id) == (LOWEST - 100, 2.7)


def test_only_a_network_that_was_kept_is_offered(store, corpus, work, losses):
    run = work(store.runs.create(corpus, STOPPING, pause_at=850))
    with store.database.writing() as db:  # as in a branch, which takes few snapshots along
        lowest = schema.snapshots.c.iteration == LOWEST
        db.execute(delete(schema.snapshots).where(schema.snapshots.c.run == run.id, lowest))
    store.runs.request(run.id, desired="running")
    best, _ = store.snapshots.best(run.id)
    message = work(run).message
    assert f"best at iteration {LOWEST}," in message
    assert f"offers the network of iteration {best}, the best one kept;" in message


def test_a_run_stops_again_if_the_loss_rises_again_after_a_new_low(store, corpus, work, losses):
    run = work(store.runs.create(corpus, STOPPING))
    low = run.iteration - run.iteration % 100 + 100
    losses[low] = 1.0
    store.runs.request(run.id, desired="running")
    run = work(run)
    assert run.status == "paused"
    assert f"best at iteration {low:,}," in run.message
    assert lowest_before_rise(store.history.evaluations(run.id)) == low

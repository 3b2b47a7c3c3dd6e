"""A run passes from one worker to the next without losing anything, and only one worker has it."""

import os
from dataclasses import replace
from itertools import pairwise

from sqlalchemy import create_engine, func, select

from charrnn.engine.training import Trainer
from charrnn.runs.store import schema
from charrnn.runs.store.leases import worker_name
from charrnn.runs.store.store import Store
from charrnn.runs.workers import checkpointing
from tests.support.workers import (
    ENDLESS,
    SMALL,
    checkpoint,
    expected_rows,
    history,
    publish_often,
    rows_without_times,
    work,
    worker_process,
)

# --- From worker to worker ----------------------------------------------------------------------


def test_a_run_whose_worker_was_killed_equals_an_uninterrupted_run(store, corpus, eventually):
    run = store.runs.create(corpus, ENDLESS)

    def past_its_checkpoint():
        saved = checkpoint(store, run)
        return saved and store.runs.get(run.id).iteration > saved["iteration"]

    with worker_process(run) as child:
        eventually(past_its_checkpoint)
        child.kill()
    killed = store.runs.get(run.id)
    assert killed.worker == worker_name(child.pid)
    limit = killed.iteration + 500
    store.runs.request(run.id, iterations=limit)
    store.leases.release(run.id, worker_name(child.pid))
    with worker_process(run):
        eventually(lambda: store.runs.get(run.id).status == "finished")
    config = replace(run.config, iterations=limit)
    expected = expected_rows(store.corpora.text(corpus.sha256), config)
    assert rows_without_times(store, run) == expected
    finished = store.runs.get(run.id)
    smooth_losses = [row[2] for row in history(store, run).metrics]
    assert finished.best_smooth_loss <= min(finished.smooth_loss, *smooth_losses)


def test_a_worker_ends_after_a_last_checkpoint_when_its_server_is_gone(store, corpus, eventually):
    run = store.runs.create(corpus, ENDLESS)
    with worker_process(run) as child:
        eventually(lambda: store.runs.get(run.id).iteration > 0)
        child.stdin.close()
        assert child.wait(60) == 0
    stopped = store.runs.get(run.id)
    assert stopped.worker is None
    assert stopped.active  # the next server starts a worker for it
    assert checkpoint(store, run)["iteration"] == stopped.iteration > 0


def test_a_new_worker_deletes_what_lies_beyond_the_checkpoint(store, corpus):
    """Pages, branches and saved files see one consistent history, not pieces of two."""
    run = work(store, store.runs.create(corpus, SMALL, pause_at=150))
    saved = dict(zip(("seconds", "state"), store.snapshots.checkpoint(run.id), strict=True))
    store.runs.request(run.id, desired="running", pause_at=400)
    run = work(store, run)
    with create_engine(store.database.url).begin() as db:  # as if it had been killed here
        db.execute(schema.checkpoints.update().values(iteration=150, **saved))
    assert history(store, run).sample_iterations[-1] == 400

    store.runs.request(run.id, desired="running", pause_at=170, learning_rate=0.02)
    run = work(store, run)
    assert run.iteration == 170
    with store.database.reading() as db:
        for table in schema.HISTORY_TABLES:
            newest = select(func.max(table.c.iteration)).where(table.c.run == run.id)
            assert (db.execute(newest).scalar() or 0) <= 170
    assert history(store, run).rate_changes == [(150, 0.02)]


def test_a_worker_needs_nothing_but_the_store(store, corpus):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=200))
    store.runs.request(run.id, desired="running")
    reopened = Store(store.database.url)
    assert work(reopened, run).status == "finished"
    expected = expected_rows(store.corpora.text(corpus.sha256), SMALL)
    assert rows_without_times(store, run) == expected


def test_checkpoints_are_written_at_the_intended_intervals(store, corpus, monkeypatch):
    publish_often(monkeypatch)
    monkeypatch.setattr(checkpointing, "CHECKPOINT_SECONDS", 0.1)
    run, published = store.runs.create(corpus, replace(SMALL, iterations=4000)), []

    publish = store.leases.publish

    def publish_and_note(run_id, name, fields, updates, **options):
        published.append((fields["seconds"], updates.checkpoint is not None))
        return publish(run_id, name, fields, updates, **options)

    monkeypatch.setattr(store.leases, "publish", publish_and_note)
    work(store, run)
    saved = [seconds for seconds, checkpoint in published if checkpoint]
    turns = [b - a for (a, _), (b, _) in pairwise(published)]
    assert saved[0] == next(seconds for seconds, _ in published if seconds > 0)  # the first turn
    assert max(b - a for a, b in pairwise(saved)) <= 0.1 + max(turns)
    assert len(saved) < len(published) / 4  # and not after every turn


# --- Only one worker ----------------------------------------------------------------------------


def test_a_second_worker_ends_at_once_and_changes_nothing(store, corpus, main):
    run = store.runs.create(corpus, SMALL)
    assert store.leases.claim(run.id, "another worker")
    before = store.runs.get(run.id)
    assert main(run.id) == 0
    assert store.runs.get(run.id) == before
    assert history(store, run).metrics == []


def test_a_worker_that_has_lost_its_lease_ends_and_changes_nothing(
    store, corpus, main, monkeypatch
):
    run = store.runs.create(corpus, SMALL)
    step = Trainer.step

    def lose_the_lease_at_10(trainer, *measurement):
        if trainer.iteration == 10:
            store.leases.release(run.id, worker_name(os.getpid()))
            assert store.leases.claim(run.id, "another worker")
        return step(trainer, *measurement)

    monkeypatch.setattr(Trainer, "step", lose_the_lease_at_10)
    assert main(run.id) == 0
    assert store.runs.get(run.id).worker == "another worker"
    assert store.runs.get(run.id).iteration == 0

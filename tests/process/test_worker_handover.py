"""A run passes from one worker to the next and loses nothing, and only one of them has it."""

import os
from dataclasses import replace
from itertools import pairwise

from sqlalchemy import create_engine, func, select

from charrnn.engine.training import Trainer
from charrnn.runs import schema, worker
from charrnn.runs.lease import worker_name
from charrnn.runs.store import Store
from tests.working import (
    ENDLESS,
    SMALL,
    checkpoint,
    history,
    plain_loop,
    take_short_turns,
    timeless,
    work,
    worker_process,
)


def test_killed_and_started_again_its_rows_are_those_of_an_undisturbed_run(
    store, corpus, eventually
):
    run = store.create_run(corpus, ENDLESS)

    def beyond_its_checkpoint():
        saved = checkpoint(store, run)
        return saved and store.run(run.id).iteration > saved["iteration"]

    with worker_process(run) as child:
        eventually(beyond_its_checkpoint)
        child.kill()
    killed = store.run(run.id)
    assert killed.worker == worker_name(child.pid)
    limit = killed.iteration + 500
    store.wish(run.id, iterations=limit)
    store.release(run.id, worker_name(child.pid))
    with worker_process(run):
        eventually(lambda: store.run(run.id).status == "finished")
    expected = plain_loop(store.text(corpus.sha256), replace(run.config, iterations=limit))
    assert timeless(store, run) == expected


def test_when_its_server_is_gone_it_ends_after_a_last_checkpoint(store, corpus, eventually):
    run = store.create_run(corpus, ENDLESS)
    with worker_process(run) as child:
        eventually(lambda: store.run(run.id).iteration > 0)
        child.stdin.close()
        assert child.wait(60) == 0
    left = store.run(run.id)
    assert left.worker is None
    assert left.active  # the next server takes it up
    assert checkpoint(store, run)["iteration"] == left.iteration > 0


def test_a_second_worker_leaves_at_once_and_touches_nothing(store, corpus, main):
    run = store.create_run(corpus, SMALL)
    assert store.claim(run.id, "somebody else")
    before = store.run(run.id)
    assert main(run.id) == 0
    assert store.run(run.id) == before
    assert history(store, run).metrics == []


def test_a_worker_that_was_taken_for_dead_steps_back(store, corpus, main, monkeypatch):
    run = store.create_run(corpus, SMALL)
    step = Trainer.step

    def while_another_takes_over(trainer):
        if trainer.iteration == 10:
            store.release(run.id, worker_name(os.getpid()))
            assert store.claim(run.id, "somebody else")
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", while_another_takes_over)
    assert main(run.id) == 0
    assert store.run(run.id).worker == "somebody else"
    assert store.run(run.id).iteration == 0


def test_checkpoints_lie_no_further_apart_than_they_should(store, corpus, monkeypatch):
    take_short_turns(monkeypatch)
    monkeypatch.setattr(worker, "CHECKPOINT_SECONDS", 0.1)
    run, written = store.create_run(corpus, replace(SMALL, iterations=4000)), []

    publish = store.publish

    def note(run_id, name, facts, news):
        written.append((facts["seconds"], news.checkpoint is not None))
        publish(run_id, name, facts, news)

    monkeypatch.setattr(store, "publish", note)
    work(store, run)
    saved = [seconds for seconds, checkpoint in written if checkpoint]
    portions = [b - a for (a, _), (b, _) in pairwise(written)]
    assert saved[0] == next(seconds for seconds, _ in written if seconds > 0)  # at once
    assert max(b - a for a, b in pairwise(saved)) <= 0.1 + max(portions)
    assert len(saved) < len(written) / 4  # and not at every turn


def test_taken_up_again_it_forgets_what_lies_beyond_its_checkpoint(store, corpus):
    """A page, a branch and a file see one past, not pieces of two."""
    run = work(store, store.create_run(corpus, SMALL, pause_at=150))
    saved = dict(zip(("seconds", "state"), store.checkpoint(run.id), strict=True))
    store.wish(run.id, desired="running", pause_at=400)
    run = work(store, run)
    with create_engine(store.url).begin() as db:  # as if it had been killed here
        db.execute(schema.checkpoints.update().values(iteration=150, **saved))
    assert history(store, run).sample_iterations[-1] == 400

    store.wish(run.id, desired="running", pause_at=170, learning_rate=0.02)
    run = work(store, run)
    assert run.iteration == 170
    with store.reading() as db:
        for table in schema.LEFT_BEHIND:
            newest = select(func.max(table.c.iteration)).where(table.c.run == run.id)
            assert (db.execute(newest).scalar() or 0) <= 170
    assert history(store, run).rate_changes == [(150, 0.02)]


def test_a_worker_needs_nothing_but_the_store(store, corpus):
    """What one worker knows, another finds: nothing is handed over but the database."""
    run = work(store, store.create_run(corpus, SMALL, pause_at=200))
    store.wish(run.id, desired="running")
    elsewhere = Store(store.url)
    assert work(elsewhere, run).status == "finished"
    assert timeless(store, run) == plain_loop(store.text(corpus.sha256), SMALL)

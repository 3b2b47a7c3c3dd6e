"""A worker leaves a run alone that another worker has, or that was deleted."""

import os

import pytest
from sqlalchemy import create_engine, delete

from charrnn.engine.training import Diverged, Trainer
from charrnn.runs.errors import StoreError
from charrnn.runs.store import schema
from charrnn.runs.store.leases import Leases, worker_name
from charrnn.runs.workers import process
from charrnn.runs.workers.process import STORE_FAILED
from tests.support.workers import (
    ENDLESS,
    SMALL,
    StopWhenIdle,
)


def purge(store, run):
    """Delete a run and all its rows for good."""
    with create_engine(store.database.url).begin() as db:
        for table in (*schema.HISTORY_TABLES, schema.checkpoints):
            db.execute(delete(table).where(table.c.run == run.id))
        db.execute(delete(schema.runs).where(schema.runs.c.id == run.id))


def test_a_worker_without_the_lease_does_not_pause_the_run(store, corpus, main, monkeypatch):
    run = store.runs.create(corpus, SMALL)

    def lose_the_lease_and_fail(*_, **__):
        store.leases.release(run.id, worker_name(os.getpid()))
        assert store.leases.claim(run.id, "another worker")
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Leases, "publish", lose_the_lease_and_fail)
    assert main(run.id) == STORE_FAILED
    assert (store.runs.get(run.id).status, store.runs.get(run.id).worker) == (
        "waiting",
        "another worker",
    )
    assert store.runs.get(run.id).active


def test_a_worker_without_the_lease_does_not_fail_the_run(store, corpus, main, monkeypatch):
    run = store.runs.create(corpus, SMALL)

    def lose_the_lease_and_diverge(trainer, *measurement):
        store.leases.release(run.id, worker_name(os.getpid()))
        assert store.leases.claim(run.id, "another worker")
        raise Diverged(1, "the loss is no longer a number")

    monkeypatch.setattr(Trainer, "step", lose_the_lease_and_diverge)
    assert main(run.id) == 0
    assert (store.runs.get(run.id).status, store.runs.get(run.id).worker) == (
        "running",
        "another worker",
    )


def test_the_worker_of_a_deleted_run_ends_without_recreating_it(store, corpus, main, monkeypatch):
    run = store.runs.create(corpus, ENDLESS)
    step = Trainer.step

    def delete_at_10(trainer, *measurement):
        if trainer.iteration == 10:
            purge(store, run)
        return step(trainer, *measurement)

    monkeypatch.setattr(Trainer, "step", delete_at_10)
    assert main(run.id) == 0
    with pytest.raises(KeyError):
        store.runs.get(run.id)


def test_the_worker_of_an_idle_run_that_is_deleted_ends(store, corpus, main, monkeypatch):
    run = store.runs.create(corpus, SMALL)
    store.runs.request(run.id, desired="paused")
    stop = StopWhenIdle(store, run)
    stop.is_set = lambda: purge(store, run)
    monkeypatch.setattr(process, "_stop_when_input_closes", lambda _: stop)
    assert main(run.id) == 0


def test_a_worker_whose_run_was_deleted_before_it_started_ends(store, corpus, main):
    run = store.runs.create(corpus, SMALL)
    purge(store, run)
    assert main(run.id) == 0

"""Whatever goes wrong in a worker is reported in a sentence, and the run loses nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, event

from charrnn.engine.training import Diverged, Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.errors import StoreError
from charrnn.runs.store import schema
from charrnn.runs.store.corpora import Corpora
from charrnn.runs.store.leases import Leases
from charrnn.runs.store.records import Progress
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.workers import process
from charrnn.runs.workers.process import STORE_FAILED
from charrnn.runs.workers.worker import Worker
from tests.support.workers import (
    NAME,
    SMALL,
    StopWhenIdle,
    checkpoint,
    expected_rows,
    history,
    publish_often,
    rows_without_times,
    work,
    worker_process,
)

# --- Runs that cannot be trained ----------------------------------------------------------------


def test_a_run_whose_text_is_too_short_fails_with_a_message(store, main):
    run = store.runs.create(store.corpora.add("short", "too short"), SMALL)
    assert main(run.id) == 1
    run = store.runs.get(run.id)
    assert (run.status, run.worker) == ("failed", None)
    assert run.message.startswith("This run cannot be started: seq_length is 25, but")
    assert run.message.endswith("are needed.")


def test_a_run_beyond_the_limits_fails_with_a_message(store, corpus, main, monkeypatch):
    run = store.runs.create(corpus, SMALL)
    monkeypatch.setenv("CHARRNN_WEIGHTS", "100")  # lowered since the run was created
    assert main(run.id) == 1
    assert store.runs.get(run.id).status == "failed"
    assert "weights, and at most 100 are allowed here" in store.runs.get(run.id).message


def test_an_invalid_limit_pauses_the_run_and_does_not_fail_it(store, corpus, main, monkeypatch):
    run = store.runs.create(corpus, SMALL)
    monkeypatch.setenv("CHARRNN_WEIGHTS", "many")
    assert main(run.id) == STORE_FAILED
    assert store.runs.get(run.id).status == "paused"
    assert "CHARRNN_WEIGHTS is 'many'" in store.runs.get(run.id).message


def test_a_process_whose_run_fails_ends_while_its_input_is_open(store):
    run = store.runs.create(store.corpora.add("short", "too short"), SMALL)
    with worker_process(run) as child:
        assert child.wait(60) == 1
    assert store.runs.get(run.id).status == "failed"


def test_a_run_with_a_damaged_checkpoint_fails_with_a_message(store, corpus, main):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=10))
    with create_engine(store.database.url).begin() as db:
        db.execute(schema.checkpoints.update().values(state=b"damaged"))
    store.runs.request(run.id, desired="running")
    assert main(run.id) == 1
    assert store.runs.get(run.id).status == "failed"
    assert store.runs.get(run.id).message == (
        "This run cannot be started: this checkpoint is damaged and cannot be read."
    )


def trained(text, iterations):
    """The weights after so many iterations."""
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **SMALL.trainer_settings())
    while trainer.iteration < iterations:
        trainer.step()
    return trainer.weights.packed()


@pytest.mark.parametrize(("last", "good"), [(150, 0), (350, 200)])
def test_a_run_that_diverges_fails_with_a_message_and_keeps_its_history_and_last_good_state(
    store, corpus, main, monkeypatch, last, good
):
    step = Trainer.step

    def diverge(trainer, *measurement):
        if trainer.iteration == last:
            raise Diverged(last + 1, "the loss is no longer a number")
        return step(trainer, *measurement)

    run = store.runs.create(corpus, SMALL)
    with monkeypatch.context() as broken:
        broken.setattr(Trainer, "step", diverge)
        assert main(run.id) == 0
    failed = store.runs.get(run.id)
    assert (failed.status, failed.iteration, failed.worker) == ("failed", last, None)
    assert f"at iteration {last + 1}: the loss is no longer a number" in failed.message
    assert f"Resume continues from iteration {good}" in failed.message
    assert not failed.active
    assert [row[0] for row in history(store, run).metrics] == list(range(last + 1))
    assert history(store, run).sample_iterations == list(range(0, last, 100))

    # What is kept is from before training went wrong, wherever it is used.
    expected = trained(store.corpora.text(corpus.sha256), good)
    np.testing.assert_array_equal(checkpoint(store, run)["weights"], expected)
    saved = store.history.at_checkpoint(run.id)
    assert saved.history.metrics[-1][0] == saved.history.samples[-1][0] == good
    assert Workspace(store, run.workspace).branch(run, None).iteration == good

    store.runs.request(run.id, desired="running")  # the owner tries again
    run = work(store, run)
    assert (run.status, run.message) == ("finished", "")
    expected = expected_rows(store.corpora.text(corpus.sha256), SMALL)
    assert rows_without_times(store, run) == expected


@pytest.mark.parametrize(("rate", "changes"), [(0.1, []), (0.5, [(200, 0.5)]), (1.0, [(200, 1.0)])])
def test_a_rate_that_made_training_diverge_at_once_is_not_in_the_history_once_it_is_given_up(
    store, corpus, main, monkeypatch, rate, changes
):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=200))
    step = Trainer.step

    def diverge(trainer, *measurement):
        if trainer.learning_rate == 1.0 and trainer.iteration == 250:
            raise Diverged(251, "the loss is no longer a number")
        return step(trainer, *measurement)

    store.runs.request(run.id, desired="running", learning_rate=1.0)
    with monkeypatch.context() as broken:
        broken.setattr(Trainer, "step", diverge)
        assert main(run.id) == 0
    assert store.runs.get(run.id).status == "failed"
    assert history(store, run).rate_changes == [(200, 1.0)]
    store.runs.request(run.id, desired="running", learning_rate=rate)
    assert work(store, run).status == "finished"
    assert history(store, run).rate_changes == changes


def test_the_loss_of_what_was_abandoned_is_forgotten_with_it(store, corpus):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=100))
    assert store.leases.claim(run.id, NAME)
    ruined = {"iteration": 250, "recent_loss": 500.0, "best_smooth_loss": 1.0}
    store.leases.publish(run.id, NAME, ruined, Progress())
    Worker(store, store.runs.get(run.id), NAME)  # and is killed before it publishes anything
    again = store.runs.get(run.id)
    assert (again.iteration, again.smooth_loss) == (100, run.smooth_loss)
    assert again.recent_loss == pytest.approx(run.recent_loss)
    assert again.best_smooth_loss == pytest.approx(run.best_smooth_loss)


# --- Progress that cannot be saved --------------------------------------------------------------

FULL = "The runs cannot be saved: the disk is full. Free some space, then try again."


def fill_the_disk(*_, **__):
    raise StoreError(FULL)


def test_a_full_disk_pauses_the_run_with_a_message_and_nothing_is_lost(
    store, corpus, main, monkeypatch
):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=100))
    store.runs.request(run.id, desired="running")
    with monkeypatch.context() as full:
        full.setattr(Leases, "publish", fill_the_disk)
        assert main(run.id) == STORE_FAILED
    paused = store.runs.get(run.id)
    assert (paused.status, paused.desired) == ("paused", "paused")
    assert (paused.message, paused.worker) == (f"Paused. {FULL}", None)
    assert checkpoint(store, run)["iteration"] == 100

    store.runs.request(run.id, desired="running")
    assert work(store, run).status == "finished"
    expected = expected_rows(store.corpora.text(corpus.sha256), SMALL)
    assert rows_without_times(store, run) == expected


@pytest.mark.usefixtures("store_file")
def test_a_disk_that_fills_up_during_training_pauses_the_run(store, corpus, main):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=100))
    with store.database.reading() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar()

    def almost_full(connection, _):
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    store.runs.request(run.id, desired="running")
    event.listen(Engine, "connect", almost_full)  # for every new connection
    try:
        assert main(run.id) == STORE_FAILED
    finally:
        event.remove(Engine, "connect", almost_full)
    paused = store.runs.get(run.id)
    assert (paused.status, paused.desired, paused.worker) == ("paused", "paused", None)
    assert paused.message == f"Paused. {FULL}"

    store.runs.request(run.id, desired="running")
    run = work(store, run)
    assert (run.status, run.message) == ("finished", "")
    expected = expected_rows(store.corpora.text(corpus.sha256), SMALL)
    assert rows_without_times(store, run) == expected


@pytest.mark.parametrize("lost", [2, 3, 5])
def test_a_run_whose_progress_a_crash_of_the_database_lost_continues_from_its_checkpoint(
    store, corpus, main, monkeypatch, lost
):
    publish, calls = Leases.publish, []

    def commit_in_vain(*arguments, previous, **others):
        calls.append(previous)
        if len(calls) == lost:  # the server answers, and crashes before its disk has it
            return previous + 1.0
        return publish(*arguments, previous=previous, **others)

    publish_often(monkeypatch)
    monkeypatch.setattr(process, "OUTAGE_POLL_SECONDS", 0.01)
    run = store.runs.create(corpus, replace(SMALL, iterations=2000))
    monkeypatch.setattr(process, "_stop_when_input_closes", lambda _: StopWhenIdle(store, run))
    with monkeypatch.context() as crashing:
        crashing.setattr(Leases, "publish", commit_in_vain)
        assert main(run.id) == 0
    assert len(calls) > lost + 1
    assert store.runs.get(run.id).status == "finished"
    expected = expected_rows(store.corpora.text(corpus.sha256), run.config)
    assert rows_without_times(store, run) == expected


OWNERS = {"claim": Leases, "publish": Leases, "pause": Leases, "text": Corpora}


@pytest.mark.parametrize("methods", [("claim",), ("publish", "pause"), ("text", "pause")])
def test_an_error_that_cannot_be_stored_is_logged(store, corpus, main, monkeypatch, capfd, methods):
    run = store.runs.create(corpus, SMALL)
    for method in methods:
        monkeypatch.setattr(OWNERS[method], method, fill_the_disk)
    assert main(run.id) == STORE_FAILED
    event = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert (event["event"], event["run"], event["reason"]) == ("store_failed", run.id, FULL)
    assert (store.runs.get(run.id).status, store.runs.get(run.id).desired) == ("waiting", "running")

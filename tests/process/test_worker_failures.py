"""Whatever goes wrong in a worker is said in a sentence, and costs the run nothing it had."""

import json
import os

import pytest
from sqlalchemy import Engine, create_engine, delete, event

from charrnn.engine.training import Diverged, Trainer
from charrnn.runs import process, schema
from charrnn.runs.lease import worker_name
from charrnn.runs.process import STORE_FAILED
from charrnn.runs.records import StoreError
from charrnn.runs.store import Store
from tests.working import (
    ENDLESS,
    SMALL,
    UntilResting,
    checkpoint,
    history,
    plain_loop,
    timeless,
    work,
    worker_process,
)


def forget(store, run):
    """Delete a run, which no page offers yet."""
    with create_engine(store.url).begin() as db:
        for table in (*schema.LEFT_BEHIND, schema.checkpoints):
            db.execute(delete(table).where(table.c.run == run.id))
        db.execute(delete(schema.runs).where(schema.runs.c.id == run.id))


# --- What cannot be trained ---------------------------------------------------------------------


def test_a_text_that_is_too_short_fails_with_a_sentence(store, main):
    run = store.create_run(store.add_corpus("short", "too short"), SMALL)
    assert main(run.id) == 1
    run = store.run(run.id)
    assert (run.status, run.worker) == ("failed", None)
    assert run.message.startswith("This run cannot be started: seq_length is 25, but")
    assert run.message.endswith("are needed.")


def test_what_is_more_than_is_allowed_here_fails_with_a_sentence(store, corpus, main, monkeypatch):
    run = store.create_run(corpus, SMALL)
    monkeypatch.setenv("CHARRNN_WEIGHTS", "100")  # by who runs the server, since
    assert main(run.id) == 1
    assert store.run(run.id).status == "failed"
    assert "weights, and 100 are allowed here" in store.run(run.id).message


def test_a_limit_that_is_none_is_no_fault_of_the_run(store, corpus, main, monkeypatch):
    run = store.create_run(corpus, SMALL)
    monkeypatch.setenv("CHARRNN_WEIGHTS", "many")
    assert main(run.id) == STORE_FAILED
    assert store.run(run.id).status == "paused"
    assert "CHARRNN_WEIGHTS is 'many'" in store.run(run.id).message


def test_a_process_that_ends_by_itself_ends_cleanly(store):
    run = store.create_run(store.add_corpus("short", "too short"), SMALL)
    with worker_process(run) as child:  # its input is open: the server lives
        assert child.wait(60) == 1
    assert store.run(run.id).status == "failed"


def test_a_damaged_checkpoint_fails_with_a_sentence(store, corpus, main):
    run = work(store, store.create_run(corpus, SMALL, pause_at=10))
    with create_engine(store.url).begin() as db:
        db.execute(schema.checkpoints.update().values(state=b"not what it was"))
    store.wish(run.id, desired="running")
    assert main(run.id) == 1
    assert store.run(run.id).status == "failed"
    assert store.run(run.id).message == (
        "This run cannot be started: This checkpoint is damaged and cannot be read."
    )


def test_a_run_that_breaks_down_says_so_and_keeps_what_it_measured(
    store, corpus, main, monkeypatch
):
    step = Trainer.step

    def break_down_at_151(trainer):
        if trainer.iteration == 150:
            raise Diverged("the loss became nan at iteration 151")
        return step(trainer)

    run = store.create_run(corpus, SMALL)
    with monkeypatch.context() as broken:
        broken.setattr(Trainer, "step", break_down_at_151)
        assert main(run.id) == 0
    failed = store.run(run.id)
    assert (failed.status, failed.iteration, failed.worker) == ("failed", 150, None)
    assert "the loss became nan at iteration 151" in failed.message
    assert not failed.active
    assert [row[0] for row in history(store, run).metrics] == list(range(151))
    assert history(store, run).sample_iterations == [0, 100]

    store.wish(run.id, desired="running")  # somebody tries again, from where it was
    run = work(store, run)
    assert (run.status, run.message) == ("finished", "")
    assert timeless(store, run) == plain_loop(store.text(corpus.sha256), SMALL)


# --- What cannot be saved -----------------------------------------------------------------------

FULL = "The runs cannot be saved: the disk is full. Make room, then try again."


def fill_the_disk(*_, **__):
    raise StoreError(FULL)


def test_when_the_disk_is_full_the_run_rests_with_that_sentence_and_loses_nothing(
    store, corpus, main, monkeypatch
):
    run = work(store, store.create_run(corpus, SMALL, pause_at=100))
    store.wish(run.id, desired="running")
    with monkeypatch.context() as full:
        full.setattr(Store, "publish", fill_the_disk)
        assert main(run.id) == STORE_FAILED
    resting = store.run(run.id)
    assert (resting.status, resting.desired) == ("paused", "paused")
    assert (resting.message, resting.worker) == (f"Paused: {FULL}", None)
    assert checkpoint(store, run)["iteration"] == 100

    store.wish(run.id, desired="running")
    assert work(store, run).status == "finished"
    assert timeless(store, run) == plain_loop(store.text(corpus.sha256), SMALL)


@pytest.mark.usefixtures("store_file")
def test_a_disk_that_fills_up_on_the_way_lets_the_run_rest_and_go_on(store, corpus, main):
    run = work(store, store.create_run(corpus, SMALL, pause_at=100))
    with store.reading() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar()

    def almost_full(connection, _):
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    store.wish(run.id, desired="running")
    event.listen(Engine, "connect", almost_full)  # on every connection that is opened from now on
    try:
        assert main(run.id) == STORE_FAILED
    finally:
        event.remove(Engine, "connect", almost_full)
    resting = store.run(run.id)
    assert (resting.status, resting.desired, resting.worker) == ("paused", "paused", None)
    assert resting.message == f"Paused: {FULL}"

    store.wish(run.id, desired="running")
    run = work(store, run)
    assert (run.status, run.message) == ("finished", "")
    assert timeless(store, run) == plain_loop(store.text(corpus.sha256), SMALL)


@pytest.mark.parametrize("methods", [("claim",), ("publish", "pause"), ("text", "pause")])
def test_when_not_even_that_can_be_saved_it_is_said_to_the_server(
    store, corpus, main, monkeypatch, capfd, methods
):
    run = store.create_run(corpus, SMALL)
    for method in methods:
        monkeypatch.setattr(Store, method, fill_the_disk)
    assert main(run.id) == STORE_FAILED
    said = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert (said["event"], said["run"], said["reason"]) == ("store_failed", run.id, FULL)
    assert (store.run(run.id).status, store.run(run.id).desired) == ("waiting", "running")


# --- What is no longer its own ------------------------------------------------------------------


def test_a_worker_that_lost_its_lease_does_not_pause_the_run_of_another(
    store, corpus, main, monkeypatch
):
    run = store.create_run(corpus, SMALL)

    def locked_for_long(*_):
        store.release(run.id, worker_name(os.getpid()))
        assert store.claim(run.id, "somebody else")
        fill_the_disk()

    monkeypatch.setattr(Store, "publish", locked_for_long)
    assert main(run.id) == STORE_FAILED
    assert (store.run(run.id).status, store.run(run.id).worker) == ("waiting", "somebody else")
    assert store.run(run.id).active


def test_a_worker_that_breaks_down_after_another_took_over_steps_back(
    store, corpus, main, monkeypatch
):
    run = store.create_run(corpus, SMALL)

    def break_down(trainer):
        store.release(run.id, worker_name(os.getpid()))
        assert store.claim(run.id, "somebody else")
        raise Diverged("the loss became nan at iteration 1")

    monkeypatch.setattr(Trainer, "step", break_down)
    assert main(run.id) == 0
    assert (store.run(run.id).status, store.run(run.id).worker) == ("running", "somebody else")


def test_a_deleted_run_ends_quietly_and_does_not_come_back(store, corpus, main, monkeypatch):
    run = store.create_run(corpus, ENDLESS)
    step = Trainer.step

    def delete_at_10(trainer):
        if trainer.iteration == 10:
            forget(store, run)
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", delete_at_10)
    assert main(run.id) == 0
    with pytest.raises(KeyError):
        store.run(run.id)


def test_a_run_that_is_deleted_while_it_rests_ends_quietly(store, corpus, main, monkeypatch):
    run = store.create_run(corpus, SMALL)
    store.wish(run.id, desired="paused")
    stop = UntilResting(store, run)
    stop.is_set = lambda: forget(store, run)
    monkeypatch.setattr(process, "_when_input_closes", lambda _: stop)
    assert main(run.id) == 0


def test_a_run_that_was_deleted_before_its_worker_came_is_left_alone(store, corpus, main):
    run = store.create_run(corpus, SMALL)
    forget(store, run)
    assert main(run.id) == 0

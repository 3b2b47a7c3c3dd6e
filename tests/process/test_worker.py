"""What a worker promises, in this process where that is enough, else as one of its own."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, delete, event, func, select

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Diverged, Trainer
from charrnn.runs import process, schema, worker
from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.grid import recorded
from charrnn.runs.lease import worker_name
from charrnn.runs.process import STORE_FAILED
from charrnn.runs.records import StoreError
from charrnn.runs.store import Store
from charrnn.runs.worker import LIKELIEST_LENGTH, Worker

ROOT = Path(__file__).parents[2]
SMALL = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)
ENDLESS = replace(SMALL, iterations=100_000_000, sample_interval=1000)
NAME = "here"


class UntilResting:
    """The stop signal of a worker whose server goes when there is nothing left to do.

    at_turn: called at every turn of the worker's loop, to do what a page might do just then.
    """

    def __init__(self, store, run, at_turn=lambda: None):
        self._store, self._run, self._at_turn = store, run, at_turn

    def is_set(self) -> bool:
        self._at_turn()
        return not self._store.run(self._run.id).active

    def wait(self, seconds) -> None:
        pass


def work(store, run, **options):
    """Train `run` in this process until it rests; returns it as it is then."""
    assert store.claim(run.id, NAME)
    Worker(store, store.run(run.id), NAME).work(UntilResting(store, run, **options))
    store.release(run.id, NAME)
    return store.run(run.id)


def take_short_turns(monkeypatch):
    """A worker that writes, and reads its wishes, every hundredth of a second."""
    monkeypatch.setattr(worker, "PUBLISH_SECONDS", 0.01)
    monkeypatch.setattr(worker, "MAX_PUBLISH_DELAY", 1)


@contextmanager
def worker_process(run):
    """A worker process whose server is this test."""
    with subprocess.Popen(
        [sys.executable, "-m", "charrnn.runs.process", run.id],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


@pytest.fixture
def main(monkeypatch):
    """process.main in this process, whose priority, input, Ctrl-C and errors are left alone."""
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(os, "nice", lambda by: by, raising=False)
    monkeypatch.setattr(process, "_when_input_closes", lambda _: threading.Event())
    with np.errstate():
        yield process.main
    signal.signal(signal.SIGINT, before)
    logging.getLogger("charrnn.events").handlers.clear()


def history(store, run):
    """All rows, not thinned."""
    return store.observe(run.id, points=10**9)[1]


def timeless(store, run):
    """All that a run left behind and that must not depend on when it was done."""
    h = history(store, run)
    samples = [(n, store.sample(run.id, n)) for n in h.sample_iterations]
    return [row[:3] for row in h.metrics], h.evaluations, h.rate_changes, samples


def plain_loop(text, config, *, rates=()):
    """What timeless() has to be, from a Trainer alone. rates: (iteration, learning rate)."""
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())
    metrics = [(0, trainer.smooth_loss, trainer.smooth_loss)]
    evaluations, samples = [], []

    def look():
        evaluations.append((trainer.iteration, trainer.held_out_loss()))
        written = vocabulary.decode(trainer.sample(config.sample_length))
        samples.append((trainer.iteration, written))

    look()
    while trainer.iteration < config.iterations:
        trainer.learning_rate = dict(rates).get(trainer.iteration, trainer.learning_rate)
        record = trainer.step()
        if recorded(record.iteration):
            metrics.append(tuple(record))
        if trainer.iteration % config.sample_interval == 0:
            look()
    return metrics, evaluations, list(rates), samples


def checkpoint(store, run):
    saved = store.checkpoint(run.id)
    return state_from_bytes(saved[1]) if saved else None


def forget(store, run):
    """Delete a run, which no page offers yet."""
    with create_engine(store.url).begin() as db:
        for table in (*schema.LEFT_BEHIND, schema.checkpoints):
            db.execute(delete(table).where(table.c.run == run.id))
        db.execute(delete(schema.runs).where(schema.runs.c.id == run.id))


# --- To the limit -------------------------------------------------------------------------------


def test_a_run_trains_to_its_limit_and_is_finished(store, corpus):
    run = work(store, store.create_run(corpus, SMALL))
    assert (run.status, run.desired, run.iteration, run.message) == ("finished", "paused", 450, "")
    assert run.smooth_loss == history(store, run).metrics[-1][2]
    assert run.seconds > 0
    assert run.characters_per_second > 0
    assert len(run.likeliest) == LIKELIEST_LENGTH
    assert checkpoint(store, run)["iteration"] == 450


def test_samples_come_at_the_start_and_at_every_interval_as_long_as_asked(store, corpus):
    run = work(store, store.create_run(corpus, SMALL))
    h = history(store, run)
    assert h.sample_iterations == [0, 100, 200, 300, 400]
    assert [n for n, _ in h.evaluations] == h.sample_iterations
    samples = [store.sample(run.id, n) for n in h.sample_iterations]
    assert [len(text) for text in samples] == [30] * 5
    assert len(set(samples)) == 5
    assert h.newest_sample == (400, samples[-1])


def test_two_runs_of_a_seed_leave_the_same_behind_as_a_plain_loop(store, corpus, monkeypatch):
    config = replace(SMALL, seed=7, streams=2, iterations=2200, sample_interval=1000)
    one = work(store, store.create_run(corpus, config))
    take_short_turns(monkeypatch)  # in other portions
    other = work(store, store.create_run(corpus, config))
    assert timeless(store, one) == timeless(store, other)
    assert timeless(store, one) == plain_loop(store.text(corpus.sha256), config)


def test_another_seed_leaves_something_else_behind(store, corpus):
    runs = [store.create_run(corpus, replace(SMALL, seed=seed)) for seed in (0, 1)]
    one, other = (timeless(store, work(store, run))[0] for run in runs)
    assert one[1:] != other[1:]


def test_rows_lie_on_a_grid_that_grows_coarser_and_never_ends():
    kept = [n for n in range(20_000) if recorded(n)]
    assert kept[:2049] == list(range(2049))
    assert {b - a for a, b in pairwise(kept) if a >= 16384} == {16}
    assert len(kept) < 1024 * 6
    assert all(recorded(2**k) for k in range(40))


def test_nothing_held_out_leaves_no_evaluations(store, corpus):
    run = work(store, store.create_run(corpus, replace(SMALL, held_out=0.0)))
    assert history(store, run).evaluations == []


# --- Wishes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause_at", [1, 100, 237])
def test_it_pauses_exactly_where_it_was_asked_to(store, corpus, pause_at):
    run = work(store, store.create_run(corpus, SMALL, pause_at=pause_at))
    assert (run.status, run.desired, run.iteration) == ("paused", "paused", pause_at)
    assert run.pause_at is None
    assert checkpoint(store, run)["iteration"] == pause_at


def test_a_paused_run_goes_on_as_if_it_had_never_paused(store, corpus):
    run = work(store, store.create_run(corpus, SMALL, pause_at=237))
    store.wish(run.id, desired="running")
    run = work(store, run)
    assert run.status == "finished"
    assert timeless(store, run) == plain_loop(store.text(corpus.sha256), SMALL)


def test_pause_is_heard_while_it_trains(store, corpus, monkeypatch):
    take_short_turns(monkeypatch)
    run = store.create_run(corpus, ENDLESS)

    def pause():
        if store.run(run.id).iteration > 0:
            store.wish(run.id, desired="paused")

    run = work(store, run, at_turn=pause)
    assert run.status == "paused"
    assert checkpoint(store, run)["iteration"] == run.iteration > 0


def test_a_new_learning_rate_is_followed_and_remembered(store, corpus, monkeypatch):
    take_short_turns(monkeypatch)
    run = store.create_run(corpus, replace(SMALL, iterations=1500))

    def move_the_slider():
        if store.run(run.id).iteration > 0:
            store.wish(run.id, learning_rate=0.02)

    run = work(store, run, at_turn=move_the_slider)
    ((iteration, rate),) = rates = history(store, run).rate_changes
    assert 0 < iteration < 1500
    assert rate == 0.02
    expected = plain_loop(store.text(corpus.sha256), run.config, rates=rates)
    assert timeless(store, run) == expected
    assert checkpoint(store, run)["learning_rate"] == 0.02


def test_a_limit_raised_on_the_way_is_the_limit(store, corpus):
    run = store.create_run(corpus, SMALL)
    run = work(store, run, at_turn=lambda: store.wish(run.id, iterations=500))
    assert (run.status, run.iteration) == ("finished", 500)


def test_a_paused_run_gives_its_process_back_after_a_while(store, corpus, main, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.0)
    run = store.create_run(corpus, SMALL)
    store.wish(run.id, desired="paused")
    assert main(run.id) == 0
    assert (store.run(run.id).status, store.run(run.id).worker) == ("paused", None)
    assert history(store, run).sample_iterations == [0]


# --- As a process -------------------------------------------------------------------------------


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


# --- What goes wrong ----------------------------------------------------------------------------


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


def test_ctrl_c_is_not_for_a_worker(store, corpus, eventually):
    run = store.create_run(corpus, ENDLESS)
    with worker_process(run) as child:
        before = eventually(lambda: store.run(run.id).iteration)
        child.send_signal(signal.SIGINT)
        eventually(lambda: store.run(run.id).iteration > before)
        assert child.poll() is None


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


def test_a_worker_needs_nothing_but_the_store(store, corpus):
    """What one worker knows, another finds: nothing is handed over but the database."""
    run = work(store, store.create_run(corpus, SMALL, pause_at=200))
    store.wish(run.id, desired="running")
    elsewhere = Store(store.url)
    assert work(elsewhere, run).status == "finished"
    assert timeless(store, run) == plain_loop(store.text(corpus.sha256), SMALL)


def test_a_limit_raised_in_the_last_moment_is_the_limit(store, corpus, monkeypatch):
    run, step = store.create_run(corpus, SMALL), Trainer.step

    def raise_at_449(trainer):
        if trainer.iteration == 449:
            store.wish(run.id, iterations=500)
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", raise_at_449)
    run = work(store, run)
    assert (run.iteration, run.status) == (500, "finished")


def test_resume_is_not_lost_when_the_worker_writes_just_then(store, corpus):
    run = store.create_run(corpus, SMALL)
    store.claim(run.id, "here")
    worker = Worker(store, store.run(run.id), "here")
    worker.work(UntilResting(store, run))
    store.wish(run.id, desired="running", iterations=900)  # after it read, before it writes
    worker.publish("finished")
    assert store.run(run.id).desired == "running"

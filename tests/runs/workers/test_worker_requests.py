"""A worker follows what the pages request while it trains."""

import signal
from dataclasses import replace

import pytest

from charrnn.engine.training import Trainer
from charrnn.runs.workers import worker
from charrnn.runs.workers.worker import Worker
from tests.support.workers import (
    ENDLESS,
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


@pytest.mark.parametrize("pause_at", [1, 100, 237])
def test_a_run_pauses_exactly_at_the_requested_iteration(store, corpus, pause_at):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=pause_at))
    assert (run.status, run.desired, run.iteration) == ("paused", "paused", pause_at)
    assert run.pause_at is None
    assert checkpoint(store, run)["iteration"] == pause_at


def test_a_resumed_run_equals_an_uninterrupted_run(store, corpus):
    run = work(store, store.runs.create(corpus, SMALL, pause_at=237))
    store.runs.request(run.id, desired="running")
    run = work(store, run)
    assert run.status == "finished"
    expected = expected_rows(store.corpora.text(corpus.sha256), SMALL)
    assert rows_without_times(store, run) == expected


def test_a_pause_requested_during_training_is_followed(store, corpus, monkeypatch):
    publish_often(monkeypatch)
    run = store.runs.create(corpus, ENDLESS)

    def pause():
        if store.runs.get(run.id).iteration > 0:
            store.runs.request(run.id, desired="paused")

    run = work(store, run, on_poll=pause)
    assert run.status == "paused"
    assert checkpoint(store, run)["iteration"] == run.iteration > 0


def test_a_new_learning_rate_is_followed_and_recorded(store, corpus, monkeypatch):
    publish_often(monkeypatch)
    run = store.runs.create(corpus, replace(SMALL, iterations=1500))

    def move_the_slider():
        if store.runs.get(run.id).iteration > 0:
            store.runs.request(run.id, learning_rate=0.02)

    run = work(store, run, on_poll=move_the_slider)
    ((iteration, rate),) = rates = history(store, run).rate_changes
    assert 0 < iteration < 1500
    assert rate == 0.02
    expected = expected_rows(store.corpora.text(corpus.sha256), run.config, rates=rates)
    assert rows_without_times(store, run) == expected
    assert checkpoint(store, run)["learning_rate"] == 0.02


def test_a_limit_raised_during_training_is_followed(store, corpus):
    run = store.runs.create(corpus, SMALL)
    run = work(store, run, on_poll=lambda: store.runs.request(run.id, iterations=500))
    assert (run.status, run.iteration) == ("finished", 500)


def test_a_limit_raised_during_the_last_step_is_followed(store, corpus, monkeypatch):
    run, step = store.runs.create(corpus, SMALL), Trainer.step

    def raise_the_limit_at_449(trainer, *measurement):
        if trainer.iteration == 449:
            store.runs.request(run.id, iterations=500)
        return step(trainer, *measurement)

    monkeypatch.setattr(Trainer, "step", raise_the_limit_at_449)
    run = work(store, run)
    assert (run.iteration, run.status) == (500, "finished")


def test_a_resume_is_not_lost_if_the_worker_publishes_at_the_same_time(store, corpus):
    run = store.runs.create(corpus, SMALL)
    store.leases.claim(run.id, "here")
    worker = Worker(store, store.runs.get(run.id), "here")
    worker.work(StopWhenIdle(store, run))
    # Between the worker's last read of the requests and its publishing:
    store.runs.request(run.id, desired="running", iterations=900)
    worker.publish("finished")
    assert store.runs.get(run.id).desired == "running"


def test_the_process_of_a_paused_run_ends_after_a_while(store, corpus, main, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.0)
    run = store.runs.create(corpus, SMALL)
    store.runs.request(run.id, desired="paused")
    assert main(run.id) == 0
    assert (store.runs.get(run.id).status, store.runs.get(run.id).worker) == ("paused", None)
    assert history(store, run).sample_iterations == [0]


def test_a_worker_process_ignores_ctrl_c(store, corpus, eventually):
    run = store.runs.create(corpus, ENDLESS)
    with worker_process(run) as child:
        before = eventually(lambda: store.runs.get(run.id).iteration)
        child.send_signal(signal.SIGINT)
        eventually(lambda: store.runs.get(run.id).iteration > before)
        assert child.poll() is None


def test_a_time_limit_pauses_the_run_and_resuming_gives_it_as_long_again(
    store, corpus, work, monkeypatch
):
    now = [0.0]
    monkeypatch.setattr(worker.time, "perf_counter", lambda: now[0])
    step = Trainer.step

    def step_of_a_second(*args):
        now[0] += 1.0
        return step(*args)

    monkeypatch.setattr(Trainer, "step", step_of_a_second)
    run = work(store.runs.create(corpus, replace(SMALL, seconds=20.0)))
    assert (run.status, run.desired, run.iteration, run.seconds) == ("paused", "paused", 20, 20.0)
    assert run.message == "Stopped after 20 seconds of training, as you asked."
    store.runs.request(run.id, desired="running")
    assert work(run).iteration == 40

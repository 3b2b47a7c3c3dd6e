"""A worker trains its run to the limit, and follows what is wished on the way and nothing else."""

import signal
from dataclasses import replace
from itertools import pairwise

import pytest

from charrnn.engine.training import Trainer
from charrnn.runs import worker
from charrnn.runs.grid import recorded
from charrnn.runs.worker import LIKELIEST_LENGTH, Worker
from tests.working import (
    ENDLESS,
    SMALL,
    UntilResting,
    checkpoint,
    history,
    plain_loop,
    take_short_turns,
    timeless,
    work,
    worker_process,
)

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


def test_ctrl_c_is_not_for_a_worker(store, corpus, eventually):
    run = store.create_run(corpus, ENDLESS)
    with worker_process(run) as child:
        before = eventually(lambda: store.run(run.id).iteration)
        child.send_signal(signal.SIGINT)
        eventually(lambda: store.run(run.id).iteration > before)
        assert child.poll() is None


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

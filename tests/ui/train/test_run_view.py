"""The data of one refresh: of a run, and of the state before the first update."""

import math
from dataclasses import replace

import pytest

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import GREEDY_SAMPLE_LENGTH, RunConfig
from charrnn.runs.store.records import DIVERGED, History, Progress
from charrnn.ui.train import run_view
from charrnn.ui.train.announcement import phase_in_words
from tests.support.workers import work

SMALL = RunConfig(hidden_size=8, seq_length=10, streams=2, held_out=0.1, iterations=1000)


@pytest.fixture
def start(corpus):
    return run_view.before_training(corpus, SMALL)


@pytest.fixture
def run(store, corpus):
    return store.runs.create(corpus, SMALL)


def history(**changes):
    fields = {
        "metrics": [(0, 30.0, 30.0, 0.0), (100, 20.0, 25.0, 1.0)],
        "evaluations": [],
        "rate_changes": [],
        "sample_iterations": [0],
        "newest_sample": (0, "abc"),
    }
    return History(**(fields | changes))


@pytest.mark.parametrize(
    "changes",
    [{}, {"seed": 7}, {"hidden_size": 33}, {"dtype": "float64"}, {"held_out": 0.0}, {"streams": 1}],
    ids=str,
)
def test_before_training_is_iteration_0_of_the_real_trainer(store, corpus, changes):
    config = replace(SMALL, **changes)
    text = store.corpora.text(corpus.sha256)
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())

    start = run_view.before_training(corpus, config)
    written = vocabulary.decode(trainer.sample(config.sample_length))
    assert start.newest_sample == (0, written)
    assert start.greedy_sample == vocabulary.decode(trainer.greedy_sample(GREEDY_SAMPLE_LENGTH))
    assert start.smooth_loss == trainer.smooth_loss
    assert start.curve == [(0, trainer.smooth_loss, trainer.smooth_loss, 0.0)]
    assert start.sample_iterations == [0]
    assert (start.iteration, start.iterations) == (0, config.iterations)


def test_another_seed_gives_another_first_sample(corpus, start):
    other = run_view.before_training(corpus, replace(SMALL, seed=1))
    assert other.newest_sample != start.newest_sample


def test_a_run_without_progress_equals_before_training(corpus, run, start):
    empty = History([], [], [], [], None)
    assert run_view.of_run(corpus, run, empty) == start


def test_the_curve_ends_at_the_iteration_of_the_run(corpus, run):
    run = replace(run, iteration=130, smooth_loss=24.0, seconds=1.5)
    view = run_view.of_run(corpus, run, history())
    assert view.curve == [*history().metrics, (130, None, 24.0, 1.5)]
    assert (view.iteration, view.smooth_loss, view.seconds) == (130, 24.0, 1.5)


def test_bits_are_the_mean_recent_loss_per_character(start):
    assert start.bits == pytest.approx(start.corpus.baselines.uniform)
    view = replace(start, recent_loss=10 * 3 * math.log(2))  # 10 characters, 3 bits each
    assert view.bits == pytest.approx(3)


def test_the_figures_do_not_lag_behind_as_the_smooth_loss_does(corpus, store):
    run = work(store, store.runs.create(corpus, replace(SMALL, iterations=600)))
    view = run_view.of_run(corpus, *store.history.observe(run.id, points=1000))
    last = [point.loss for point in view.curve if point.loss is not None][-200:]
    assert view.bits == pytest.approx(sum(last) / len(last) / 10 / math.log(2))
    assert view.recent_loss < 0.8 * view.smooth_loss


def test_baselines_are_those_of_the_run_or_else_those_of_its_text(corpus, run):
    own = Baselines(4.0, 3.0, 2.0, 1.0)
    assert run_view.of_run(corpus, run, history()).baselines == corpus.baselines
    assert run_view.of_run(corpus, replace(run, baselines=own), history()).baselines == own


def test_a_diverged_run_says_where_and_why_and_not_what_to_do(corpus, run):
    reason = "Training diverged at iteration 1,153: a gradient is infinite."
    diverged = replace(run, failure=DIVERGED, message=f"{reason} Try a smaller learning rate.")
    assert run_view.of_run(corpus, diverged, history()).divergence == reason
    alone = replace(diverged, message=reason)
    assert run_view.of_run(corpus, alone, history()).divergence == reason
    assert run_view.of_run(corpus, replace(run, message="Paused."), history()).divergence == ""


def test_a_queued_run_is_announced_as_queued_until_it_trains(run, start):
    queued = replace(run, queue_position=3)
    assert phase_in_words(start, queued) == "Queued."
    assert phase_in_words(start, replace(queued, queue_position=None)) == "Training."
    assert phase_in_words(start, replace(queued, desired="paused")) == "Paused."


def test_epochs_count_passes_through_the_training_text(start):
    assert start.epochs == 0
    # 2 streams of 10 characters; 2,700 of the 3,000 are for training.
    assert replace(start, iteration=135).epochs == pytest.approx(1)
    assert replace(start, iteration=270).epochs == pytest.approx(2)
    nothing_held_out = replace(start, iteration=150, config=replace(SMALL, held_out=0.0))
    assert nothing_held_out.epochs == pytest.approx(1)


def test_remaining_time_is_estimated_from_the_current_speed(start):
    assert start.remaining_seconds is None
    view = replace(start, iteration=400, characters_per_second=240.0, moving=True)
    assert replace(view, moving=False).remaining_seconds is None
    assert view.remaining_seconds == pytest.approx(600 * 20 / 240)
    assert replace(view, iteration=1000).remaining_seconds == 0
    assert (
        replace(view, iterations=300).remaining_seconds == 0
    )  # a limit below the current iteration


def test_the_curve_stays_in_order_when_a_run_resumes_from_an_earlier_checkpoint(store, corpus):
    run = store.runs.create(corpus, RunConfig())
    store.leases.claim(run.id, "w")
    rows = [{"iteration": n, "loss": 9.0, "smooth_loss": 9.0, "seconds": 1.0} for n in range(200)]
    updates = Progress(metrics=rows, samples=[{"iteration": 0, "text": "abc"}])
    store.leases.publish(run.id, "w", {"status": "paused", "iteration": 100}, updates)
    view = run_view.of_run(corpus, *store.history.observe(run.id))
    iterations = [row[0] for row in view.curve]
    assert iterations == sorted(iterations)
    assert iterations[-1] == 100

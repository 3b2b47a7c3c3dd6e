"""What the page says about one moment of a run, and about the moment before the first update."""

import math
from dataclasses import replace

import pytest
import streamlit as st

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig
from charrnn.runs.records import History, Progress
from charrnn.runs.worker import LIKELIEST_LENGTH
from charrnn.ui import snapshot

SMALL = RunConfig(hidden_size=8, seq_length=10, streams=2, held_out=0.1, iterations=1000)


@pytest.fixture(autouse=True)
def fresh_cache():
    st.cache_data.clear()


@pytest.fixture
def start(corpus):
    return snapshot.before_training(corpus, SMALL)


@pytest.fixture
def run(store, corpus):
    return store.create_run(corpus, SMALL)


def history(**changes):
    begun = {
        "metrics": [(0, 30.0, 30.0, 0.0), (100, 20.0, 25.0, 1.0)],
        "evaluations": [],
        "rate_changes": [],
        "sample_iterations": [0],
        "newest_sample": (0, "abc"),
    }
    return History(**(begun | changes))


@pytest.mark.parametrize(
    "changes",
    [{}, {"seed": 7}, {"hidden_size": 33}, {"dtype": "float64"}, {"held_out": 0.0}, {"streams": 1}],
    ids=str,
)
def test_before_training_is_iteration_0_of_the_real_trainer(store, corpus, changes):
    config = replace(SMALL, **changes)
    text = store.text(corpus.sha256)
    vocabulary = Vocabulary.of(text)
    left_out = ("iterations", "sample_length", "sample_interval")
    settings = {n: v for n, v in config.to_dict().items() if n not in left_out}
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **settings)

    start = snapshot.before_training(corpus, config)
    written = vocabulary.decode(trainer.sample(config.sample_length))
    assert start.history.newest_sample == (0, written)
    assert start.likeliest == vocabulary.decode(trainer.likeliest(LIKELIEST_LENGTH))
    assert start.smooth_loss == trainer.smooth_loss
    assert start.history.metrics == [(0, trainer.smooth_loss, trainer.smooth_loss, 0.0)]
    assert start.history.sample_iterations == [0]
    assert (start.iteration, start.iterations) == (0, config.iterations)


def test_another_seed_promises_another_sample(corpus, start):
    other = snapshot.before_training(corpus, replace(SMALL, seed=1))
    assert other.history.newest_sample != start.history.newest_sample


def test_a_run_whose_worker_has_not_written_looks_like_before_training(corpus, run, start):
    nothing = History([], [], [], [], None)
    assert snapshot.of_run(corpus, run, nothing) == start


def test_the_curve_ends_where_the_run_is(corpus, run):
    run = replace(run, iteration=130, smooth_loss=24.0, seconds=1.5)
    now = snapshot.of_run(corpus, run, history())
    assert now.history.metrics == [*history().metrics, (130, None, 24.0, 1.5)]
    assert (now.iteration, now.smooth_loss, now.seconds) == (130, 24.0, 1.5)


def test_bits_are_the_smooth_loss_for_each_character(start):
    assert start.bits == pytest.approx(start.corpus.landmarks.uniform)
    now = replace(start, smooth_loss=10 * 3 * math.log(2))  # 10 characters, 3 bits each
    assert now.bits == pytest.approx(3)


def test_passes_count_the_text_that_is_learned_from(start):
    assert start.passes == 0
    # 2 streams of 10 characters; 2,700 of the 3,000 are learned from.
    assert replace(start, iteration=135).passes == pytest.approx(1)
    assert replace(start, iteration=270).passes == pytest.approx(2)
    all_of_it = replace(start, iteration=150, config=replace(SMALL, held_out=0.0))
    assert all_of_it.passes == pytest.approx(1)


def test_what_remains_is_reckoned_at_the_present_speed(start):
    assert start.remaining_seconds is None
    now = replace(start, iteration=400, characters_per_second=240.0, moving=True)
    assert replace(now, moving=False).remaining_seconds is None
    assert now.remaining_seconds == pytest.approx(600 * 20 / 240)
    assert replace(now, iteration=1000).remaining_seconds == 0
    assert replace(now, iterations=300).remaining_seconds == 0  # a limit set below where it is


def test_rows_stay_in_order_when_a_run_is_taken_up_from_an_earlier_checkpoint(store, corpus):
    run = store.create_run(corpus, RunConfig())
    store.claim(run.id, "w")
    rows = [{"iteration": n, "loss": 9.0, "smooth_loss": 9.0, "seconds": 1.0} for n in range(200)]
    news = Progress(metrics=rows, samples=[{"iteration": 0, "text": "abc"}])
    store.publish(run.id, "w", {"status": "paused", "iteration": 100}, news)
    now = snapshot.of_run(corpus, *store.observe(run.id))
    iterations = [row[0] for row in now.history.metrics]
    assert iterations == sorted(iterations)
    assert iterations[-1] == 100

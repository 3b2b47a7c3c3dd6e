"""Advice comes with each kind of trouble, on short runs that have it, and not without."""

from dataclasses import replace

import numpy as np
import pytest

from charrnn.engine.gauges import Gauges
from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import RECIPES
from charrnn.runs.texts import library
from charrnn.ui.shared.gauges import RECENT, SATURATED, mean
from charrnn.ui.train import run_view
from charrnn.ui.train.advice import advice
from tests.support.run_views import make_view
from tests.support.train_page import buttons, click, words

STORY = RunConfig(hidden_size=32, iterations=100_000, sample_length=10)


@pytest.fixture
def story(store):
    return store.corpora.add("The story", library.load("three_stone"))


@pytest.fixture
def training(store, workspace, work):
    """training(corpus, config, until): a run that has trained so far, and is to go on."""

    def training(corpus, config, until):
        run = work(workspace.create(corpus, config, pause_at=until))
        store.runs.request(run.id, desired="running")
        return store.runs.get(run.id)

    return training


@pytest.fixture
def advised(store):
    """advised(run): the advice, as the page reads it from the store."""

    def advised(run):
        corpus = store.corpora.get(run.sha256)
        run, history = store.history.observe(run.id)
        view = run_view.of_run(corpus, run, history)
        return advice(run, view, store.history.newest_gauges(run, RECENT))

    return advised


@pytest.mark.parametrize(
    "config",
    [
        replace(STORY, learning_rate=0.1),
        replace(STORY, learning_rate=0.03, hidden_size=100),
        replace(STORY, learning_rate=0.1, hidden_size=100),
        replace(STORY, seq_length=100),
        replace(STORY, **RECIPES["quick"].settings | {"hidden_size": 64, "streams": 4}),
    ],
)
def test_silence_while_all_is_well(story, training, advised, config):
    assert advised(training(story, config, 1000)) is None


def test_clipped_gradients_call_for_a_smaller_rate_of_this_run(story, training, advised):
    run = training(story, replace(STORY, clip_limit=0.02), 800)
    sentence, step = advised(run)
    assert sentence.endswith("gradient is clipped: try a smaller learning rate.")
    assert (step.label, step.learning_rate) == ("Lower the learning rate to 0.05", 0.05)


def test_clipping_by_norm_is_no_reason_to_speak(story, training, advised):
    config = replace(STORY, clipping="norm", clip_limit=0.02, optimizer="adam", learning_rate=0.003)
    assert advised(training(story, config, 800)) is None


def test_saturated_states_call_for_a_new_run_at_a_rate_that_suits_the_size(
    story, training, advised
):
    run = training(story, replace(STORY, hidden_size=100, learning_rate=0.3), 800)
    sentence, step = advised(run)
    assert "% of the hidden states are saturated (beyond ±0.99)" in sentence
    assert sentence.endswith("a learning rate of 0.3 is too high for 100 hidden units.")
    assert (step.action, step.label) == ("train", "Train with learning rate 0.1")
    assert step.config == replace(run.config, learning_rate=0.1)


def test_a_rate_that_was_lowered_meanwhile_is_not_blamed(story, store, training, advised):
    run = training(story, replace(STORY, hidden_size=100, learning_rate=0.3), 800)
    store.runs.request(run.id, learning_rate=0.01)
    sentence, step = advised(run)
    assert "a learning rate of 0.3 is too high" in sentence
    assert step.config.learning_rate == 0.1


def test_rising_held_out_loss_calls_for_a_pause(story, training, advised, monkeypatch):
    run = training(story, STORY, 400)
    monkeypatch.setattr("charrnn.ui.train.advice.lowest_before_rise", lambda _: 300)
    sentence, step = advised(run)
    assert sentence == (
        "Held-out loss has risen since iteration 300: the network is learning this text by heart, "
        "and more training will not help."
    )
    assert (step.action, step.label) == ("pause", "Pause this run")


def test_a_rise_of_both_losses_calls_for_a_smaller_rate(story, training, advised, monkeypatch):
    run = training(story, STORY, 400)
    monkeypatch.setattr("charrnn.ui.train.advice.lowest_before_rise", lambda _: 300)
    monkeypatch.setattr("charrnn.ui.train.advice.training_loss_rose", lambda *_: True)
    sentence, step = advised(run)
    assert sentence == (
        "Held-out loss has risen since iteration 300, and so has the training loss: the learning "
        "rate is too high."
    )
    assert step.config.learning_rate < run.config.learning_rate


def test_a_decay_that_ends_long_before_the_limit_calls_for_a_larger_network(
    store, training, advised
):
    opening = store.corpora.add("A page", library.load("three_stone")[:3000])
    settings = RECIPES["quick"].settings | {"hidden_size": 32, "seq_length": 10, "streams": 2}
    decaying, decayed = (training(opening, RunConfig(**settings), n) for n in (1300, 1400))
    assert advised(decaying) is None
    sentence, step = advised(decayed)
    assert sentence == (
        "The schedule has brought the learning rate to 0.02% of what it was, so the network hardly "
        "changes from here on: a larger one may learn more."
    )
    assert (step.action, step.config.hidden_size) == ("train", 64)
    store.runs.request(decayed.id, iterations=2000)  # most of which are done
    assert advised(decayed) is None


def test_a_text_too_small_for_the_network_calls_for_a_smaller_one(store, training, advised):
    opening = store.corpora.add("A page", library.load("three_stone")[:3000])
    config = replace(STORY, hidden_size=64, learning_rate=0.05, sample_interval=100)
    sentence, step = advised(training(opening, config, 4000))
    assert "the text, 3,000 characters, is too small for a network of" in sentence
    assert step.label == "Train with hidden_size 16"


def test_a_loss_that_does_not_fall_calls_for_a_larger_rate(story, training, advised):
    config = replace(STORY, hidden_size=4, seq_length=5, learning_rate=1e-5)
    sentence, step = advised(training(story, config, 10_000))
    assert sentence.startswith("The loss has hardly fallen since iteration 5,000")
    assert sentence.endswith("try a larger learning rate.")
    assert step.learning_rate == 0.001


@pytest.fixture
def syllables(store):
    """A text of random syllables: what there is to learn is learned at once."""
    rng = np.random.default_rng(0)
    pairs = zip(rng.choice(list("bcdf"), 20_000), rng.choice(list("aeio"), 20_000), strict=True)
    return store.corpora.add("Syllables", "".join(map("".join, pairs)))


def test_a_plateau_calls_for_a_larger_network(syllables, training, advised):
    config = replace(STORY, hidden_size=8, seq_length=5)
    sentence, step = advised(training(syllables, config, 10_000))
    assert "a larger network may learn more" in sentence
    assert step.label == "Train with hidden_size 16"


def test_saturated_states_are_no_reason_to_speak_where_the_text_is_learned(
    store, syllables, training, advised
):
    run = training(syllables, replace(STORY, hidden_size=8, seq_length=5, learning_rate=0.02), 2000)
    assert mean(store.history.newest_gauges(run, RECENT)).saturated > SATURATED
    assert advised(run) is None


@pytest.mark.parametrize(("saturated", "action"), [(0.6, "smaller learning rate"), (0.3, "larger")])
def test_a_plateau_with_many_saturated_states_calls_for_a_smaller_rate(
    story, training, saturated, action
):
    run = training(story, STORY, 100)
    flat = [(n, 3.0, 3.0) for n in range(0, 20_001, 500)]
    view = make_view(bits=3.0, iteration=20_000, curve=flat)
    measured = Gauges(*[0.0] * len(Gauges._fields))._replace(saturated=saturated)
    sentence, _ = advice(run, view, [(n, measured) for n in range(RECENT)])
    assert action in sentence


# --- On the page --------------------------------------------------------------------------------


def test_a_click_lowers_the_learning_rate_of_the_run(open_page, store, story, training):
    run = training(story, replace(STORY, clip_limit=0.02), 800)
    page = open_page(run=run.id)
    assert "gradient is clipped" in words(page)
    click(page, "Lower the learning rate to 0.05")
    assert store.runs.get(run.id).learning_rate == 0.05
    assert page.number_input(key="learning_rate").value == 0.05


def test_a_click_trains_a_new_run(open_page, story, training, shown_run):
    run = training(story, replace(STORY, hidden_size=100, learning_rate=0.3), 800)
    page = open_page(run=run.id)
    click(page, "Train with learning rate 0.1")
    again = shown_run(page)
    assert (again.parent, again.config) == (run.id, replace(run.config, learning_rate=0.1))


def test_a_visitor_reads_the_advice_and_cannot_take_it(open_page, story, training):
    run = training(story, replace(STORY, hidden_size=100, learning_rate=0.3), 800)
    page = open_page(key="", run=run.view_key)
    assert "hidden states are saturated" in words(page)
    assert buttons(page) == {"Train"}


def test_a_paused_run_gets_no_advice(open_page, store, story, training):
    run = training(story, replace(STORY, hidden_size=100, learning_rate=0.3), 800)
    store.runs.request(run.id, desired="paused")
    assert "hidden states are saturated" not in words(open_page(run=run.id))

"""A learning rate that is too large for the network is said before training; others are not."""

import math
from dataclasses import replace

import pytest

from charrnn.engine.training import Diverged, Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import RECIPES
from charrnn.runs.texts import library
from charrnn.ui.shared.learning_rate_hint import good_pair, good_rate, hint
from charrnn.ui.shared.settings import CHOICES
from tests.support.train_page import click, words

ADAM = {"optimizer": "adam", "clipping": "norm", "initial_weights": "orthogonal", "streams": 8}


def config(optimizer: str, hidden_size: int, rate: float) -> RunConfig:
    own = {} if optimizer == "adagrad" else ADAM | {"optimizer": optimizer}
    return RunConfig(hidden_size=hidden_size, learning_rate=rate, **own)


@pytest.mark.parametrize(
    ("optimizer", "hidden_size", "rate"),
    [
        *(("adagrad", 100, 0.1), ("adagrad", 83, 0.1), ("adagrad", 100, 0.2)),
        *(("adagrad", 256, 0.05), ("adagrad", 32, 0.3), ("adagrad", 512, 0.02)),
        *(("adam", 16, 0.05), ("adam", 64, 0.02), ("adam", 192, 0.005), ("adam", 512, 0.002)),
        *(("rmsprop", 16, 0.05), ("rmsprop", 192, 0.005), ("sgd", 512, 10.0)),
    ],
)
def test_silence_where_networks_were_seen_to_learn(optimizer, hidden_size, rate):
    assert hint(config(optimizer, hidden_size, rate)) == ""


@pytest.mark.parametrize(
    ("optimizer", "hidden_size", "rate", "outcome"),
    [
        ("adagrad", 256, 0.1, "saturate"),
        ("adagrad", 100, 0.3, "saturate"),
        ("adagrad", 100, 0.5, "saturate and learn little, or diverge: try 0.1"),
        ("adagrad", 16, 1.0, "saturate"),
        ("adagrad", 256, 0.3, "diverge: try 0.05"),
        ("adagrad", 512, 0.2, "diverge: try 0.02"),
        ("adagrad", 100, 1.0, "diverge"),
        ("adagrad", 8, 10.0, "diverge"),
        ("adam", 64, 0.05, "saturate and learn little, or diverge: try 0.01"),
        ("adam", 192, 0.01, "saturate and learn little, or diverge: try 0.003"),
        ("adam", 192, 0.1, "diverge: try 0.003"),
        ("rmsprop", 64, 0.3, "diverge: try 0.01"),
    ],
)
def test_a_word_where_networks_were_seen_to_saturate_or_diverge(
    optimizer, hidden_size, rate, outcome
):
    words_of_hint = hint(config(optimizer, hidden_size, rate))
    assert f"training will probably {outcome}" in words_of_hint


@pytest.mark.parametrize("hidden_size", [1, *CHOICES["hidden_size"], 1024])
@pytest.mark.parametrize("optimizer", ["adagrad", "adam", "rmsprop"])
def test_the_suggested_rate_draws_no_further_word(optimizer, hidden_size):
    rate = good_rate(config(optimizer, hidden_size, 0.01))
    assert hint(config(optimizer, hidden_size, rate)) == ""


@pytest.mark.parametrize(
    ("optimizer", "hidden_size", "rate", "iterations"),
    [
        *(("adagrad", 100, 1.0, 200), ("adagrad", 256, 0.3, 200), ("adagrad", 512, 0.2, 200)),
        *(("adam", 192, 0.3, 400), ("rmsprop", 64, 0.3, 500)),
    ],
)
def test_what_is_foreseen_happens(optimizer, hidden_size, rate, iterations):
    too_large = config(optimizer, hidden_size, rate)
    assert "probably diverge" in hint(too_large)
    assert diverges(too_large, iterations)
    assert not diverges(replace(too_large, learning_rate=good_rate(too_large)), 100)


def diverges(config: RunConfig, iterations: int) -> bool:
    text = library.load("three_stone")
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())
    try:
        for _ in range(iterations):
            trainer.step()
    except Diverged:
        return True
    return False


def test_the_hint_stands_on_the_page_until_the_run_trains(open_page):
    page = open_page()
    assert "probably" not in words(page)
    page.number_input(key="hidden_size").set_value(640.0).run()
    assert "640 hidden units and a learning rate of 0.003" in words(page)
    click(page, "Train")
    assert "probably" not in words(page)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_recipes_draw_no_word(recipe):
    assert hint(RunConfig(**RECIPES[recipe].settings)) == ""


def test_the_help_of_both_controls_names_the_rate_that_goes_well_with_the_units(open_page):
    page = open_page()
    page.number_input(key="hidden_size").set_value(256.0).run()
    for name in ("hidden_size", "learning_rate"):
        help_text = page.select_slider(key=f"{name}_slider").help
        assert help_text.startswith(RunConfig.meaning(name))
        assert help_text.endswith(
            "With 256 hidden units, a learning rate of 0.002 or less works well."
        )


def test_no_rate_is_named_that_was_not_measured():
    assert good_pair(RunConfig(optimizer="sgd")) == ""
    assert good_rate(RunConfig(optimizer="sgd")) == math.inf

"""A learning rate that is too large for the network is said before training; others are not."""

import pytest

from charrnn.engine.training import Diverged, Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.texts import library
from charrnn.ui.shared.learning_rate_hint import good_pair, good_rate, hint
from charrnn.ui.shared.settings import CHOICES
from tests.support.train_page import click, words


@pytest.mark.parametrize(
    ("hidden_size", "rate"),
    [(100, 0.1), (83, 0.1), (100, 0.2), (256, 0.05), (32, 0.3), (512, 0.02)],
)
def test_silence_where_networks_were_seen_to_learn(hidden_size, rate):
    assert hint(hidden_size, rate) == ""


@pytest.mark.parametrize(
    ("hidden_size", "rate", "outcome"),
    [
        (256, 0.1, "saturate"),
        (100, 0.3, "saturate"),
        (100, 0.5, "saturate and learn little, or diverge: try 0.1"),
        (16, 1.0, "saturate"),
        (256, 0.3, "diverge: try 0.05"),
        (512, 0.2, "diverge: try 0.02"),
        (100, 1.0, "diverge"),
        (8, 10.0, "diverge"),
    ],
)
def test_a_word_where_networks_were_seen_to_saturate_or_diverge(hidden_size, rate, outcome):
    assert f"training will probably {outcome}" in hint(hidden_size, rate)


@pytest.mark.parametrize("hidden_size", [1, *CHOICES["hidden_size"], 1024])
def test_the_suggested_rate_draws_no_further_word(hidden_size):
    assert hint(hidden_size, good_rate(hidden_size)) == ""


def test_what_is_foreseen_happens():
    text = library.load("three_stone")
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)

    def diverges(hidden_size: int, rate: float) -> bool:
        trainer = Trainer(ids, len(vocabulary), hidden_size=hidden_size, learning_rate=rate)
        try:
            for _ in range(200):
                trainer.step()
        except Diverged:
            return True
        return False

    for hidden_size, rate in [(100, 1.0), (256, 0.3), (512, 0.2)]:
        assert "probably diverge" in hint(hidden_size, rate)
        assert diverges(hidden_size, rate)
    assert not diverges(256, good_rate(256))


def test_the_hint_stands_on_the_page_until_the_run_trains(open_page):
    page = open_page()
    assert "probably" not in words(page)
    page.number_input(key="hidden_size").set_value(256.0).run()
    assert "256 hidden units and a learning rate of 0.1" in words(page)
    click(page, "Train")
    assert "probably" not in words(page)


def test_the_defaults_draw_no_word():
    assert hint(RunConfig().hidden_size, RunConfig().learning_rate) == ""


def test_the_help_of_both_controls_names_the_rate_that_goes_well_with_the_units(open_page):
    page = open_page()
    page.number_input(key="hidden_size").set_value(256.0).run()
    for name in ("hidden_size", "learning_rate"):
        help_text = page.select_slider(key=f"{name}_slider").help
        assert help_text.startswith(RunConfig.meaning(name))
        assert help_text.endswith("With 256 hidden units, 0.05 goes well, or less.")


def test_no_rate_is_named_that_was_not_measured():
    assert good_pair(RunConfig(optimizer="adam")) == ""

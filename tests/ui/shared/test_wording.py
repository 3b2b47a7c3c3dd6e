"""Settings, and in what they differ, in words."""

from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import RECIPES
from charrnn.ui.shared import wording

CONFIG = RunConfig(learning_rate=0.1, hidden_size=100)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"learning_rate": 0.3}, ["learning rate 0.1 → 0.3"]),
        ({"held_out": 0.2}, ["held out 10% → 20%"]),
        ({"seed": 12345}, ["seed 0 → 12,345"]),
        ({"iterations": 5}, ["iteration limit 100,000 → 5"]),
        ({"iterations": 5, "seed": 1}, ["seed 0 → 1"]),  # how long a run trains matters less
        ({"hidden_size": 50, "streams": 4}, ["hidden_size 100 → 50", "streams 1 → 4"]),
    ],
)
def test_differences_are_described(changes, expected):
    assert wording.differences(CONFIG, replace(CONFIG, **changes)) == expected


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, ""),
        ({"iterations": 5}, ""),
        ({"learning_rate": 0.03}, "lr 0.03"),
        ({"hidden_size": 64, "seq_length": 50}, "hidden 64 · seq 50"),
        ({"streams": 4, "seed": 7}, "seed 7 · streams 4"),
    ],
)
def test_a_copy_is_named_after_what_is_changed(changes, name):
    assert wording.short_name(CONFIG, replace(CONFIG, **changes)) == name


def test_varying_settings_are_those_in_which_any_two_configs_differ():
    configs = [CONFIG, replace(CONFIG, learning_rate=0.3, iterations=7), replace(CONFIG, seed=1)]
    assert wording.varying_settings(configs) == ["learning_rate", "seed"]
    assert wording.varying_settings(configs[:1]) == wording.varying_settings([]) == []


def test_a_recipe_stands_for_all_that_it_decides():
    textbook, quick = (
        RunConfig(**RECIPES[name].settings | {"hidden_size": 9}) for name in ("textbook", "quick")
    )
    own = replace(textbook, optimizer="sgd")
    assert wording.differences(textbook, quick) == [
        "recipe Textbook → Quick",
        "learning rate 0.1 → 0.003",
        "streams 1 → 8",
    ]
    assert wording.short_name(textbook, quick) == "recipe Quick · lr 0.003 · streams 8"
    assert wording.differences(textbook, own) == ["optimizer adagrad → sgd"]
    assert wording.varying_settings([textbook, quick]) == ["recipe", "learning_rate", "streams"]
    assert wording.varying_settings([textbook, own]) == ["optimizer"]
    assert "optimizer" in wording.varying_settings([textbook, quick, own])
    assert "recipe" not in wording.varying_settings([textbook, quick, own])
    assert (
        wording.values_in_words(quick, ["recipe", "optimizer"]) == "recipe Quick · optimizer adam"
    )

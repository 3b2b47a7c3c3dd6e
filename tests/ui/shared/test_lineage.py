"""Where a run comes from and how its settings differ from others, in words."""

from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import RECIPES
from charrnn.ui.shared import lineage
from charrnn.ui.shared.formatting import listed

CONFIG = RunConfig(learning_rate=0.1, hidden_size=100)


@pytest.fixture
def family(workspace, corpus):
    """A run, its copy with two changes, a branch of it, and an unrelated run."""
    run = workspace.create(corpus, CONFIG)
    copy = workspace.create(
        corpus, replace(CONFIG, learning_rate=0.3, hidden_size=50), parent=run.id
    )
    branch = replace(workspace.create(corpus, CONFIG, parent=run.id), branched_at=12_000)
    return run, copy, branch, workspace.create(corpus, CONFIG)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"learning_rate": 0.3}, ["learning rate 0.1 → 0.3"]),
        ({"held_out": 0.2}, ["held out 10% → 20%"]),
        ({"seed": 12345}, ["seed 0 → 12,345"]),
        ({"iterations": 5}, []),  # how long a run trains is no difference
        ({"hidden_size": 50, "streams": 4}, ["hidden_size 100 → 50", "streams 1 → 4"]),
    ],
)
def test_differences_are_described(changes, expected):
    assert lineage.differences(CONFIG, replace(CONFIG, **changes)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_into_a_list(words, expected):
    assert listed(words) == expected


def test_a_run_and_its_copy_both_describe_the_differences(family):
    run, copy, branch, unrelated = family
    runs = list(family)
    assert lineage.lines(copy, runs) == [
        "Copy of Run 1: hidden_size 100 → 50 and learning rate 0.1 → 0.3"
    ]
    assert lineage.lines(branch, runs) == ["Branch of Run 1 at iteration 12,000: no changes"]
    assert lineage.lines(run, runs) == [
        "Copy: Run 2, hidden_size 100 → 50 and learning rate 0.1 → 0.3",
        "Branch at 12,000: Run 3, no changes",
    ]
    assert lineage.lines(unrelated, runs) == []


def test_a_parent_out_of_reach_is_called_unavailable(family):
    _, copy, branch, _ = family
    assert lineage.lines(copy, [copy]) == ["Copy of an unavailable run"]
    assert lineage.lines(branch, [branch]) == ["Branch of an unavailable run at iteration 12,000"]


def test_a_parent_that_is_not_the_visitors_is_neither_named_nor_called_unavailable(family):
    run, copy, branch, _ = family
    theirs = replace(run, workspace="another")
    assert lineage.lines(copy, [copy], theirs) == ["Copy of another visitor's run"]
    assert lineage.lines(branch, [branch], theirs) == [
        "Branch of another visitor's run at iteration 12,000"
    ]
    # Seen by somebody with whom only the copy is shared:
    assert lineage.lines(copy, [], run) == ["Copy of a run that is not shared"]
    assert lineage.lines(copy, [], replace(run, deleted_at=1.0)) == ["Copy of an unavailable run"]


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
    assert lineage.short_name(CONFIG, replace(CONFIG, **changes)) == name


def test_varying_settings_are_those_in_which_any_two_configs_differ():
    configs = [CONFIG, replace(CONFIG, learning_rate=0.3, iterations=7), replace(CONFIG, seed=1)]
    assert lineage.varying_settings(configs) == ["learning_rate", "seed"]
    assert lineage.varying_settings(configs[:1]) == lineage.varying_settings([]) == []


def test_a_recipe_stands_for_all_that_it_decides():
    textbook, quick = (
        RunConfig(**RECIPES[name].settings | {"hidden_size": 9}) for name in ("textbook", "quick")
    )
    own = replace(textbook, optimizer="sgd")
    assert lineage.differences(textbook, quick) == [
        "recipe Textbook → Quick",
        "learning rate 0.1 → 0.003",
        "streams 1 → 8",
    ]
    assert lineage.short_name(textbook, quick) == "recipe Quick · lr 0.003 · streams 8"
    assert lineage.differences(textbook, own) == ["optimizer adagrad → sgd"]
    assert lineage.varying_settings([textbook, quick]) == ["recipe", "learning_rate", "streams"]
    assert lineage.varying_settings([textbook, own]) == ["optimizer"]
    assert "optimizer" in lineage.varying_settings([textbook, quick, own])
    assert "recipe" not in lineage.varying_settings([textbook, quick, own])
    assert (
        lineage.values_in_words(quick, ["recipe", "optimizer"]) == "recipe Quick · optimizer adam"
    )

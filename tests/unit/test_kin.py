"""Where a run comes from and in what it differs, in words."""

from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.ui import kin
from charrnn.ui.words import listed

CONFIG = RunConfig(learning_rate=0.1, hidden_size=100)


@pytest.fixture
def family(shelf, corpus):
    """A run, its twin with two changes, a branch of it, and a stranger to all three."""
    run = shelf.create(corpus, CONFIG)
    twin = shelf.create(corpus, replace(CONFIG, learning_rate=0.3, hidden_size=50), parent=run.id)
    branch = replace(shelf.create(corpus, CONFIG, parent=run.id), branched_at=12_000)
    return run, twin, branch, shelf.create(corpus, CONFIG)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"learning_rate": 0.3}, ["learning rate 0.1 → 0.3"]),
        ({"held_out": 0.2}, ["held out 10% → 20%"]),
        ({"seed": 12345}, ["seed 0 → 12,345"]),
        ({"iterations": 5}, []),  # how long it trains is no difference
        ({"hidden_size": 50, "streams": 4}, ["hidden_size 100 → 50", "streams 1 → 4"]),
    ],
)
def test_what_was_changed_is_said(changes, words):
    assert kin.differences(CONFIG, replace(CONFIG, **changes)) == words


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_listed_as_one_would_say_them(words, said):
    assert listed(words) == said


def test_a_run_and_its_twin_both_say_what_differs(family):
    run, twin, branch, stranger = family
    everybody = list(family)
    assert kin.lines(twin, everybody) == [
        "Twin of Run 1: hidden_size 100 → 50 and learning rate 0.1 → 0.3"
    ]
    assert kin.lines(branch, everybody) == ["Branch of Run 1 at iteration 12,000: nothing changed"]
    assert kin.lines(run, everybody) == [
        "Twin: Run 2, hidden_size 100 → 50 and learning rate 0.1 → 0.3",
        "Branch at 12,000: Run 3, nothing changed",
    ]
    assert kin.lines(stranger, everybody) == []


def test_a_parent_that_is_gone_is_said_to_be_gone(family):
    _, twin, branch, _ = family
    assert kin.lines(twin, [twin]) == ["Twin of a run that is gone"]
    assert kin.lines(branch, [branch]) == ["Branch of a run that is gone at iteration 12,000"]


def test_telling_names_the_settings_in_which_some_differ():
    configs = [CONFIG, replace(CONFIG, learning_rate=0.3, iterations=7), replace(CONFIG, seed=1)]
    assert kin.telling(configs) == ["learning_rate", "seed"]
    assert kin.telling(configs[:1]) == kin.telling([]) == []

"""Challenges count characters read, and only what was reached within the budget."""

import math
from dataclasses import replace

import pytest

from charrnn.runs.challenges import CHALLENGES, attempt
from charrnn.runs.config import RunConfig
from charrnn.runs.texts import library

BITS, BRACKETS = (
    next(each for each in CHALLENGES if each.key == key) for key in ("story", "brackets")
)


@pytest.fixture
def run(store, corpus):
    """A run that reads 100 characters at each update."""
    config = RunConfig(seq_length=25, streams=4)
    return replace(store.runs.create(corpus, config), iteration=20_000)


def losses(*bits):
    return [(n, value * math.log(2)) for n, value in bits]


def test_it_is_met_at_the_first_measurement_below_the_goal(run):
    found = attempt(BITS, run, losses((0, 5.0), (4000, 2.3), (6000, 2.19), (8000, 2.1)))
    assert (found.met_at, found.best) == (600_000, pytest.approx(2.1))
    assert found.read == 2_000_000
    assert found.is_over(BITS)


def test_what_is_reached_beyond_the_budget_does_not_count(run):
    found = attempt(BITS, run, losses((9000, 2.3), (10_001, 1.9)))
    assert (found.met_at, found.best) == (None, pytest.approx(2.3))


def test_the_goal_itself_is_not_below_it(run):
    assert attempt(BITS, run, losses((9000, 2.2))).met_at is None


def test_the_last_character_of_the_budget_counts(run):
    assert attempt(BITS, run, losses((10_000, 2.0))).met_at == 1_000_000


def test_nothing_measured_is_nothing_met(run):
    found = attempt(BITS, run, [])
    assert (found.met_at, found.best) == (None, None)
    assert not attempt(BITS, replace(run, iteration=9_999), []).is_over(BITS)


def test_the_network_before_its_first_update_has_reached_nothing(run):
    assert attempt(BITS, run, losses((0, 5.0))).best is None
    assert attempt(BRACKETS, run, [(0, 1.0)]).met_at is None


def test_brackets_are_counted_as_a_share(run):
    found = attempt(BRACKETS, run, [(10_000, 0.4), (20_000, 0.93), (30_000, 0.95), (40_000, 1.0)])
    assert (found.met_at, found.best) == (2_000_000, 0.95)


def test_every_challenge_has_a_text_that_ships_and_one_goal():
    for challenge in CHALLENGES:
        assert library.load(challenge.text)
        assert (challenge.bits is None) != (challenge.closed is None)

"""Shannon's guessing game: the bounds, and whether the interval holds the truth."""

import math

import numpy as np
import pytest

from charrnn.engine.analysis.guessing_game import bounds, estimate, guesses_needed, rank

ROUND = 30  # characters


def plain_bounds(q):
    lower = sum(
        (i + 1) * (q[i] - (q[i + 1] if i + 1 < len(q) else 0)) * math.log2(i + 1)
        for i in range(len(q))
    )
    return lower, -sum(x * math.log2(x) for x in q if x > 0)


@pytest.mark.parametrize(
    "q", [[1.0, 0, 0], [0.5, 0.5], [0.7, 0.2, 0.06, 0.04], [0.25] * 4, [1 / 3, 1 / 3, 1 / 3, 0]]
)
def test_the_bounds_are_shannons(q):
    assert tuple(float(b) for b in bounds(np.array(q))) == pytest.approx(plain_bounds(q))


def test_who_always_knows_needs_no_bits_and_who_guesses_blindly_all_of_them():
    knows = estimate([1] * ROUND, 60)
    assert knows.low < 0.1
    assert knows.bits < 0.6
    blind = estimate([*range(1, 9)] * 400, 8)
    assert blind.low == pytest.approx(3, abs=0.12)
    assert blind.low <= blind.bits <= blind.high == pytest.approx(3, abs=0.02)


def test_more_characters_make_the_interval_narrower():
    few, many = (estimate([1, 1, 1, 2, 1, 1, 4, 1, 2, 1] * n, 40) for n in (3, 60))
    assert many.high - many.low < 0.75 * (few.high - few.low)


def source(rng, V, spread):
    """The conditional probabilities of a Markov chain, (V, V), and its entropy in bits."""
    p = rng.dirichlet(np.full(V, spread), size=V)
    stationary = np.full(V, 1 / V)
    for _ in range(500):
        stationary = stationary @ p
    logs = np.log2(np.maximum(p, 1e-300))
    return p, stationary, float(-(stationary @ (p * logs).sum(axis=1)))


@pytest.mark.parametrize(("V", "spread"), [(4, 1.0), (27, 0.02), (27, 0.1), (60, 0.02), (60, 0.05)])
def test_the_interval_holds_the_entropy_of_a_known_source_in_95_of_100_games(V, spread):
    rng, held, games = np.random.default_rng(V), 0, 120
    for _ in range(games):
        p, stationary, entropy = source(rng, V, spread)
        order = np.argsort(-p, axis=1)
        state, guesses = rng.choice(V, p=stationary), []
        for _ in range(ROUND):
            following = rng.choice(V, p=p[state])
            guesses.append(int(np.flatnonzero(order[state] == following)[0]) + 1)
            state = following
        found = estimate(guesses, V)
        held += found.low <= entropy <= found.high
    assert held >= 0.91 * games  # 0.95, less two standard errors of so many games


def test_who_gives_up_goes_on_by_frequency():
    by_frequency = [5, 3, 0, 1, 2, 4]
    assert guesses_needed([3, 5], 5, by_frequency) == 2
    assert guesses_needed([], 5, by_frequency) == 1
    assert guesses_needed([5, 1], 2, by_frequency) == 5  # after 5, 1: 3, 0, then 2
    needed = [guesses_needed([4], answer, by_frequency) for answer in range(6)]
    assert sorted(needed) == [1, 2, 3, 4, 5, 6]


def test_a_network_tries_the_likeliest_first():
    p = np.array([0.1, 0.5, 0.1, 0.3])
    assert [rank(p, answer) for answer in range(4)] == [3, 1, 4, 2]

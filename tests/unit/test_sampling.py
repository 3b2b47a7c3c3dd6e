"""What is written follows the probabilities, at any temperature and for any scores."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import (
    likeliest,
    next_distribution,
    odds,
    primed,
    read,
    sample,
    sample_rng,
)

TEMPERATURES = [0, 0.1, 0.5, 1.0, 1.5, 3.0]
EMPTY = np.zeros(1, np.float32)  # the state of a network with one hidden unit
many_scores = st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=40)


def a_network_of_scores(scores, dtype=np.float32):
    """A network that always gives the same scores, whatever it has read."""
    weights = Parameters(len(scores), 1, dtype)
    weights.by[:] = scores
    return weights


def a_network(seed=0, V=9, H=6):
    weights = Parameters(V, H)
    weights.flat[:] = np.random.default_rng(seed).standard_normal(weights.flat.size)
    return weights


class Thrown:
    """Dice that all show one number."""

    def __init__(self, die):
        self.die = die

    def random(self, n):
        return np.full(n, self.die)


@given(many_scores, st.sampled_from([*TEMPERATURES, 1e-30]))
@example([0.0, 2.0**100], 3.0)
def test_a_distribution_sums_to_1_and_has_no_negative_entry(scores, temperature):
    p = next_distribution(a_network_of_scores(scores), EMPTY, temperature)
    assert p.shape == (len(scores),)
    assert p.dtype == np.float64
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert (p >= 0).all()


def test_a_distribution_is_softmax_of_the_scores_over_the_temperature():
    weights, hidden = a_network(), np.linspace(-1, 1, 6)
    scores = weights.Why.astype(float) @ hidden + weights.by
    for temperature in TEMPERATURES[1:]:
        expected = np.exp(scores / temperature) / np.exp(scores / temperature).sum()
        np.testing.assert_allclose(
            next_distribution(weights, hidden, temperature), expected, rtol=1e-4
        )


def test_a_higher_temperature_evens_out_the_odds():
    weights, hidden = a_network(), np.linspace(-1, 1, 6)
    best, spread = [], []
    for temperature in TEMPERATURES:
        p = next_distribution(weights, hidden, temperature)
        best.append(p.max())
        spread.append(-(p[p > 0] * np.log(p[p > 0])).sum())
    assert best == sorted(best, reverse=True)
    assert spread == sorted(spread)
    assert len(set(best)) == len(TEMPERATURES)


def test_temperature_0_writes_the_likeliest_whatever_the_dice():
    for seed in range(20):
        weights, hidden = a_network(seed), np.full(6, 0.3, np.float32)
        expected = likeliest(weights, hidden=hidden, first=2, length=30)
        rng = sample_rng(seed, 0)
        written = sample(weights, rng, hidden=hidden, first=2, length=30, temperature=0)
        np.testing.assert_array_equal(written, expected)


@given(
    many_scores, st.sampled_from([0.0, 0.3, np.nextafter(1, 0)]), st.sampled_from([1e-30, 0.5, 3.0])
)
@example([0.0, -(2.0**100), 0.0], np.nextafter(1, 0), 1.0)
@example([0.1] * 40, np.nextafter(1, 0), 1.0)
@example([-(2.0**100), 0.0, -(2.0**100)], 0.0, 1.0)
def test_skewed_scores_never_write_an_impossible_character(scores, die, temperature):
    weights = a_network_of_scores(scores)
    p = next_distribution(weights, EMPTY, temperature)
    written = sample(weights, Thrown(die), hidden=EMPTY, first=0, length=3, temperature=temperature)
    assert (written < len(scores)).all()
    assert (p[written] > 0).all()


def test_characters_come_as_often_as_their_probabilities_say():
    n, p = 20_000, np.array([0.5, 0.25, 0.15, 0.09, 0.01])
    written = sample(
        a_network_of_scores(np.log(p)), sample_rng(0, 0), hidden=EMPTY, first=0, length=n
    )
    counts = np.bincount(written, minlength=len(p))
    assert (np.abs(counts - n * p) < 4 * np.sqrt(n * p * (1 - p))).all()


def test_every_character_is_read_before_the_next_is_written():
    weights, hidden = a_network(), np.full(6, 0.3, np.float32)
    written = likeliest(weights, hidden=hidden, first=4, length=20)
    h, character = hidden, 4
    for following in written:
        h = read(weights, h, character)
        character = int(np.argmax(next_distribution(weights, h)))
        assert following == character
    assert len(set(written)) > 1


def test_reading_is_the_formula():
    weights, hidden = a_network(), np.linspace(-1, 1, 6)
    x = np.eye(9)[3]
    expected = np.tanh(weights.Wxh @ x + weights.Whh @ hidden + weights.bh)
    np.testing.assert_allclose(read(weights, hidden, 3), expected, rtol=1e-5)


def test_a_sample_leaves_the_given_state_alone():
    weights, hidden = a_network(), np.full(6, 0.3, np.float32)
    sample(weights, sample_rng(0, 0), hidden=hidden, first=0, length=10)
    assert (hidden == np.float32(0.3)).all()


def test_a_shorter_sample_is_the_beginning_of_a_longer_one():
    weights, hidden = a_network(), np.zeros(6, np.float32)
    short, long = (
        sample(weights, sample_rng(1, 7), hidden=hidden, first=0, length=n) for n in (10, 50)
    )
    np.testing.assert_array_equal(short, long[:10])


def test_dice_depend_on_seed_and_iteration_alone():
    rolls = {
        (seed, iteration): tuple(sample_rng(seed, iteration).random(3))
        for seed in (0, 1, 2**32 - 1)
        for iteration in (0, 1, 1000, 100_000_000)
    }
    assert len(set(rolls.values())) == len(rolls)
    assert rolls[1, 1000] == tuple(sample_rng(1, 1000).random(3))


# --- Going on from a prompt, picking, and the odds: against a plain loop ------------------------


def probabilities(weights, hidden, ids, temperature):
    """What may follow `ids`, in float64 and by the formulas alone: (V,)."""
    h = hidden.astype(float)
    for i in ids:
        h = np.tanh(weights.Wxh.astype(float) @ np.eye(9)[i] + weights.Whh @ h + weights.bh)
    y = weights.Why.astype(float) @ h + weights.by
    if temperature == 0:
        return (np.arange(9) == y.argmax()).astype(float)
    p = np.exp(y / temperature)
    return p / p.sum()


def written_plainly(weights, dice, hidden, ids, length, temperature, picked):
    """sample(), as a loop that reads everything anew for every character."""
    ids = list(ids)
    for i in range(length):
        ends = probabilities(weights, hidden, ids, temperature).cumsum()
        ids.append(picked.get(i, int((dice[i] >= ends[:-1]).sum())))
    return ids[-length:]


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("picked", [{}, {0: 8}, {3: 0, 17: 5}])
def test_a_sample_is_what_a_plain_loop_writes(temperature, picked):
    weights, hidden, prompt = a_network(3), np.linspace(-0.5, 0.5, 6, dtype=np.float32), [4, 1, 7]
    before, first = primed(weights, hidden, prompt)
    settings = {"length": 40, "temperature": temperature, "picked": picked}
    written = sample(weights, sample_rng(5, 0), hidden=before, first=first, **settings)
    dice = sample_rng(5, 0).random(40)
    assert list(written) == written_plainly(weights, dice, hidden, prompt, **settings)


def test_a_pick_changes_nothing_before_it_and_no_die_after_it():
    weights = a_network_of_scores(np.arange(5.0))  # what it reads makes no difference
    settings = {"hidden": EMPTY, "first": 0, "length": 50}
    plain = sample(weights, sample_rng(1, 0), **settings)
    other = (int(plain[20]) + 1) % 5
    picked = sample(weights, sample_rng(1, 0), **settings, picked={20: other, 99: 1})
    assert picked[20] == other
    np.testing.assert_array_equal(np.delete(picked, 20), np.delete(plain, 20))


def test_priming_stops_before_the_last_character():
    weights, hidden = a_network(), np.full(6, 0.3, np.float32)
    h, last = primed(weights, hidden, [4, 2, 6])
    np.testing.assert_array_equal(h, read(weights, read(weights, hidden, 4), 2))
    assert last == 6
    h, last = primed(weights, hidden, [5])
    np.testing.assert_array_equal(h, hidden)
    assert last == 5
    assert (hidden == np.float32(0.3)).all()


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_the_odds_are_the_likeliest_with_their_probabilities(temperature):
    weights, hidden, ids = a_network(1), np.linspace(-1, 1, 6, dtype=np.float32), [3, 3, 8]
    found = odds(weights, hidden=hidden, ids=ids, temperature=temperature, n=4)
    plain = probabilities(weights, hidden, ids, 1)
    assert list(found.ids) == sorted(range(9), key=lambda i: -plain[i])[:4]
    np.testing.assert_allclose(found.plain, plain[found.ids], rtol=1e-4)
    bent = probabilities(weights, hidden, ids, temperature)
    np.testing.assert_allclose(found.bent, bent[found.ids], rtol=1e-3, atol=1e-12)


def test_of_a_small_alphabet_the_odds_are_all_there_are():
    found = odds(a_network_of_scores([0.0, 1.0]), hidden=EMPTY, ids=[0])
    assert list(found.ids) == [1, 0]
    assert found.plain.sum() == pytest.approx(1)

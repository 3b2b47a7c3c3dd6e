"""Samples follow the probabilities, at any temperature and for any scores."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import (
    greedy_sample,
    next_distribution,
    next_hidden,
    prime,
    sample,
    sample_rng,
    top_probabilities,
)

TEMPERATURES = [0, 0.1, 0.5, 1.0, 1.5, 3.0]
ZERO = np.zeros(1, np.float32)  # a hidden state of a network with one hidden unit
many_scores = st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=40)


def a_network_of_scores(scores, dtype=np.float32):
    """A network whose scores are always the same, whatever it has read."""
    weights = Parameters(len(scores), 1, dtype)
    weights.by[:] = scores
    return weights


def a_network(seed=0, V=9, H=6):
    weights = Parameters(V, H)
    weights.flat[:] = np.random.default_rng(seed).standard_normal(weights.flat.size)
    return weights


class ConstantRng:
    """A random generator that always draws the same number."""

    def __init__(self, uniform):
        self.uniform = uniform

    def random(self, n):
        return np.full(n, self.uniform)


@given(many_scores, st.sampled_from([*TEMPERATURES, 1e-30]))
@example([0.0, 2.0**100], 3.0)
def test_a_distribution_sums_to_1_and_has_no_negative_entry(scores, temperature):
    p = next_distribution(a_network_of_scores(scores), ZERO, temperature)
    assert p.shape == (len(scores),)
    assert p.dtype == np.float64
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert (p >= 0).all()


def test_a_distribution_is_the_softmax_of_the_scores_divided_by_the_temperature():
    weights, hidden = a_network(), np.linspace(-1, 1, 6)
    scores = weights.Why.astype(float) @ hidden + weights.by
    for temperature in TEMPERATURES[1:]:
        expected = np.exp(scores / temperature) / np.exp(scores / temperature).sum()
        np.testing.assert_allclose(
            next_distribution(weights, hidden, temperature), expected, rtol=1e-4
        )


def test_a_higher_temperature_makes_the_distribution_more_even():
    weights, hidden = a_network(), np.linspace(-1, 1, 6)
    best, spread = [], []
    for temperature in TEMPERATURES:
        p = next_distribution(weights, hidden, temperature)
        best.append(p.max())
        spread.append(-(p[p > 0] * np.log(p[p > 0])).sum())
    assert best == sorted(best, reverse=True)
    assert spread == sorted(spread)
    assert len(set(best)) == len(TEMPERATURES)


def test_sampling_at_temperature_0_is_greedy_whatever_the_random_numbers():
    for seed in range(20):
        weights, hidden = a_network(seed), np.full(6, 0.3, np.float32)
        expected = greedy_sample(weights, hidden=hidden, first=2, length=30)
        rng = sample_rng(seed, 0)
        written = sample(weights, rng, hidden=hidden, first=2, length=30, temperature=0)
        np.testing.assert_array_equal(written, expected)


@given(
    many_scores, st.sampled_from([0.0, 0.3, np.nextafter(1, 0)]), st.sampled_from([1e-30, 0.5, 3.0])
)
@example([0.0, -(2.0**100), 0.0], np.nextafter(1, 0), 1.0)
@example([0.1] * 40, np.nextafter(1, 0), 1.0)
@example([-(2.0**100), 0.0, -(2.0**100)], 0.0, 1.0)
def test_a_character_of_probability_0_is_never_sampled(scores, uniform, temperature):
    weights = a_network_of_scores(scores)
    p = next_distribution(weights, ZERO, temperature)
    written = sample(
        weights, ConstantRng(uniform), hidden=ZERO, first=0, length=3, temperature=temperature
    )
    assert (written < len(scores)).all()
    assert (p[written] > 0).all()


def test_character_frequencies_match_their_probabilities():
    n, p = 20_000, np.array([0.5, 0.25, 0.15, 0.09, 0.01])
    written = sample(
        a_network_of_scores(np.log(p)), sample_rng(0, 0), hidden=ZERO, first=0, length=n
    )
    counts = np.bincount(written, minlength=len(p))
    assert (np.abs(counts - n * p) < 4 * np.sqrt(n * p * (1 - p))).all()


def test_each_written_character_is_read_before_the_next():
    weights, hidden = a_network(), np.full(6, 0.3, np.float32)
    written = greedy_sample(weights, hidden=hidden, first=4, length=20)
    h, character = hidden, 4
    for following in written:
        h = next_hidden(weights, h, character)
        character = int(np.argmax(next_distribution(weights, h)))
        assert following == character
    assert len(set(written)) > 1


def test_the_next_hidden_state_follows_the_formula():
    weights, hidden = a_network(), np.linspace(-1, 1, 6)
    x = np.eye(9)[3]
    expected = np.tanh(weights.Wxh @ x + weights.Whh @ hidden + weights.bh)
    np.testing.assert_allclose(next_hidden(weights, hidden, 3), expected, rtol=1e-5)


def test_sampling_does_not_change_the_given_hidden_state():
    weights, hidden = a_network(), np.full(6, 0.3, np.float32)
    sample(weights, sample_rng(0, 0), hidden=hidden, first=0, length=10)
    assert (hidden == np.float32(0.3)).all()


def test_a_shorter_sample_is_the_beginning_of_a_longer_one():
    weights, hidden = a_network(), np.zeros(6, np.float32)
    short, long = (
        sample(weights, sample_rng(1, 7), hidden=hidden, first=0, length=n) for n in (10, 50)
    )
    np.testing.assert_array_equal(short, long[:10])


def test_random_numbers_depend_on_seed_and_iteration_alone():
    drawn = {
        (seed, iteration): tuple(sample_rng(seed, iteration).random(3))
        for seed in (0, 1, 2**32 - 1)
        for iteration in (0, 1, 1000, 100_000_000)
    }
    assert len(set(drawn.values())) == len(drawn)
    assert drawn[1, 1000] == tuple(sample_rng(1, 1000).random(3))


# --- Prompts, picked characters and top probabilities, against a plain loop ---------------------


def probabilities(weights, hidden, ids, temperature):
    """Of the character after `ids`, in float64 and by the formulas alone: (V,)."""
    h = hidden.astype(float)
    for i in ids:
        h = np.tanh(weights.Wxh.astype(float) @ np.eye(9)[i] + weights.Whh @ h + weights.bh)
    y = weights.Why.astype(float) @ h + weights.by
    if temperature == 0:
        return (np.arange(9) == y.argmax()).astype(float)
    p = np.exp(y / temperature)
    return p / p.sum()


def plain_sample(weights, uniforms, hidden, ids, length, temperature, picked):
    """sample(), as a loop that reads the whole text again for every character."""
    ids = list(ids)
    for i in range(length):
        ends = probabilities(weights, hidden, ids, temperature).cumsum()
        ids.append(picked.get(i, int((uniforms[i] >= ends[:-1]).sum())))
    return ids[-length:]


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("picked", [{}, {0: 8}, {3: 0, 17: 5}])
def test_a_sample_equals_that_of_a_plain_loop(temperature, picked):
    weights, hidden, prompt = a_network(3), np.linspace(-0.5, 0.5, 6, dtype=np.float32), [4, 1, 7]
    before, first = prime(weights, hidden, prompt)
    settings = {"length": 40, "temperature": temperature, "picked": picked}
    written = sample(weights, sample_rng(5, 0), hidden=before, first=first, **settings)
    uniforms = sample_rng(5, 0).random(40)
    assert list(written) == plain_sample(weights, uniforms, hidden, prompt, **settings)


def test_a_picked_character_changes_no_random_number_of_the_others():
    weights = a_network_of_scores(np.arange(5.0))  # what it reads makes no difference
    settings = {"hidden": ZERO, "first": 0, "length": 50}
    raw = sample(weights, sample_rng(1, 0), **settings)
    other = (int(raw[20]) + 1) % 5
    picked = sample(weights, sample_rng(1, 0), **settings, picked={20: other, 99: 1})
    assert picked[20] == other
    np.testing.assert_array_equal(np.delete(picked, 20), np.delete(raw, 20))


def test_priming_stops_before_the_last_character_of_the_prompt():
    weights, hidden = a_network(), np.full(6, 0.3, np.float32)
    h, last = prime(weights, hidden, [4, 2, 6])
    np.testing.assert_array_equal(h, next_hidden(weights, next_hidden(weights, hidden, 4), 2))
    assert last == 6
    h, last = prime(weights, hidden, [5])
    np.testing.assert_array_equal(h, hidden)
    assert last == 5
    assert (hidden == np.float32(0.3)).all()


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_top_probabilities_are_the_largest_in_order(temperature):
    weights, hidden, ids = a_network(1), np.linspace(-1, 1, 6, dtype=np.float32), [3, 3, 8]
    found = top_probabilities(weights, hidden=hidden, ids=ids, temperature=temperature, n=4)
    raw = probabilities(weights, hidden, ids, 1)
    assert list(found.ids) == sorted(range(9), key=lambda i: -raw[i])[:4]
    np.testing.assert_allclose(found.raw, raw[found.ids], rtol=1e-4)
    tempered = probabilities(weights, hidden, ids, temperature)
    np.testing.assert_allclose(found.tempered, tempered[found.ids], rtol=1e-3, atol=1e-12)


def test_top_probabilities_of_a_small_vocabulary_are_all_of_them():
    found = top_probabilities(a_network_of_scores([0.0, 1.0]), hidden=ZERO, ids=[0])
    assert list(found.ids) == [1, 0]
    assert found.raw.sum() == pytest.approx(1)

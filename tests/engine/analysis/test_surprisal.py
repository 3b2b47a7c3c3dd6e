"""The surprisal of each character equals what a plain loop adds up for it."""

import math

import numpy as np
import pytest

from charrnn.engine.analysis.surprisal import MAX_CHARACTERS, MAX_PROBABILITIES, surprisal
from charrnn.engine.parameters import Parameters

V, H = 7, 5
HIDDEN = np.linspace(-0.9, 0.9, H)


def a_network(vocab_size=V):
    weights = Parameters(vocab_size, H, np.float64)
    weights.flat[:] = np.random.default_rng(0).standard_normal(weights.flat.size)
    return weights


def plain(weights, ids, hidden, first, last):
    """Nats and counts for each character, of the predictions first ... last-1."""
    h, nats, counts = hidden, np.zeros(V), np.zeros(V)
    for i in range(last):
        h = np.tanh(weights.Wxh[:, ids[i]] + weights.Whh @ h + weights.bh)
        y = weights.Why @ h + weights.by
        if i >= first:
            nats[ids[i + 1]] += math.log(np.exp(y).sum()) - y[ids[i + 1]]
            counts[ids[i + 1]] += 1
    return nats, counts


@pytest.mark.parametrize(
    ("length", "first", "last"), [(2, 0, 1), (20, 0, 19), (65, 32, 64), (100, 32, 96)]
)
def test_surprisal_equals_that_of_a_plain_loop(length, first, last):
    ids = np.random.default_rng(1).integers(0, V, length)
    weights = a_network()
    measured = surprisal(weights, ids, HIDDEN)
    nats, counts = plain(weights, ids, HIDDEN, first, last)
    np.testing.assert_allclose(measured.nats, nats)
    np.testing.assert_array_equal(measured.counts, counts)


def test_a_long_text_is_sampled_from_all_of_its_parts():
    ids = np.repeat(np.arange(V), 3000)  # each character in a part of its own
    measured = surprisal(a_network(), ids, HIDDEN)
    assert (measured.counts > 0).all()
    assert measured.counts.sum() <= MAX_CHARACTERS


def test_a_large_vocabulary_is_measured_at_fewer_positions():
    vocab_size = 5000
    ids = np.random.default_rng(1).integers(0, vocab_size, 100_000)
    measured = surprisal(a_network(vocab_size), ids, HIDDEN)
    assert 500 < measured.counts.sum() <= MAX_PROBABILITIES / vocab_size


def test_measuring_changes_no_weight():
    weights = a_network()
    before = weights.flat.copy()
    surprisal(weights, np.arange(V), HIDDEN)
    np.testing.assert_array_equal(weights.flat, before)


def test_the_surprisal_of_a_character_of_probability_0_is_finite():
    weights = Parameters(2, 1)
    weights.by[:] = 1000, -1000
    assert np.isfinite(surprisal(weights, np.array([0, 1, 0, 1]), np.zeros(1)).nats).all()

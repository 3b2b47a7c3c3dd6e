"""The surprisal of each character equals what a plain loop adds up for it."""

import math

import numpy as np
import pytest

from charrnn.engine.analysis.surprisal import (
    MAX_CHARACTERS,
    MAX_PROBABILITIES,
    MIN_CHARACTERS,
    surprisal,
)
from charrnn.engine.parameters import Parameters
from charrnn.engine.stretches import STRETCH, WARM_UP

V, H = 7, 5
HIDDEN = np.random.default_rng(2).uniform(-1, 1, H)


def a_network(vocab_size=V, hidden_size=H, dtype=np.float64):
    weights = Parameters(vocab_size, hidden_size, dtype)
    # Small enough to forget how it started.
    weights.flat[:] = 0.5 * np.random.default_rng(0).standard_normal(weights.flat.size)
    return weights


def plain(weights, ids, first):
    """Nats and counts for each character, from the one at `first` on, read from the start."""
    h, nats, counts = HIDDEN, np.zeros(V), np.zeros(V)
    for i in range(len(ids) - 1):
        h = np.tanh(weights.Wxh[:, ids[i]] + weights.Whh @ h + weights.bh)
        y = weights.Why @ h + weights.by
        if i + 1 >= first:
            nats[ids[i + 1]] += math.log(np.exp(y).sum()) - y[ids[i + 1]]
            counts[ids[i + 1]] += 1
    return nats, counts


@pytest.mark.parametrize(
    ("length", "first"),
    [
        *[(2, 1), (3, 1), (20, 10), (2 * WARM_UP - 1, WARM_UP - 1)],  # a warm-up of half the text
        *[(2 * WARM_UP, WARM_UP), (300, WARM_UP), (9000, WARM_UP)],
    ],
)
def test_surprisal_equals_that_of_a_plain_loop(length, first):
    ids = np.random.default_rng(1).integers(0, V, length)
    weights = a_network()
    measured = surprisal(weights, ids, HIDDEN)
    nats, counts = plain(weights, ids, first)
    np.testing.assert_allclose(measured.nats, nats, rtol=1e-6)
    np.testing.assert_array_equal(measured.counts, counts)


def test_a_long_text_is_sampled_from_all_of_its_parts():
    ids = np.repeat(np.arange(V), 100_000)  # each character in a part of its own
    measured = surprisal(a_network(), ids, HIDDEN)
    assert measured.counts.min() > 0.9 * measured.counts.max() > 0
    assert MAX_CHARACTERS - STRETCH < measured.counts.sum() <= MAX_CHARACTERS


def test_a_text_of_ordinary_length_is_read_whole_by_a_network_of_ordinary_size():
    ids = np.random.default_rng(1).integers(0, 60, 90_000)
    measured = surprisal(a_network(60, 100, np.float32), ids, np.zeros(100, np.float32))
    assert measured.counts.sum() == len(ids) - WARM_UP


def test_a_large_network_reads_less_but_enough():
    ids = np.random.default_rng(1).integers(0, V, 30_000)
    counts = surprisal(a_network(V, 450, np.float32), ids, np.zeros(450, np.float32)).counts
    assert MIN_CHARACTERS - STRETCH < counts.sum() <= MIN_CHARACTERS


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


@pytest.mark.parametrize("length", [300, 9000, 1_000_000])
def test_the_whole_text_is_read_from_the_hidden_state_that_is_given(length):
    weights = Parameters(2, 1, np.float64)
    weights.Whh[:] = 5  # once its unit is positive, or negative, it remains so
    weights.Why[:] = [[20], [-20]]
    ids = np.zeros(length, np.intp)
    for hidden, nats in ((1.0, 0.0), (0.0, math.log(2)), (-1.0, 40.0)):
        measured = surprisal(weights, ids, np.array([hidden]))
        assert measured.nats[0] / measured.counts[0] == pytest.approx(nats, abs=0.01)

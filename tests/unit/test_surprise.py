"""The loss of each character is what a plain loop adds up for it."""

import math

import numpy as np
import pytest

from charrnn.engine.corpus import windows_in_pass
from charrnn.engine.parameters import Parameters
from charrnn.engine.surprise import MAX_CHARACTERS, MAX_PROBABILITIES, surprise
from charrnn.engine.training import Trainer

V, H = 7, 5
HIDDEN = np.linspace(-0.9, 0.9, H)


def a_network(vocab_size=V):
    weights = Parameters(vocab_size, H, np.float64)
    weights.flat[:] = np.random.default_rng(0).standard_normal(weights.flat.size)
    return weights


def plain(weights, ids, hidden, first, last):
    """Nats and places for each character, of the predictions first ... last-1."""
    h, nats, places = hidden, np.zeros(V), np.zeros(V)
    for i in range(last):
        h = np.tanh(weights.Wxh[:, ids[i]] + weights.Whh @ h + weights.bh)
        y = weights.Why @ h + weights.by
        if i >= first:
            nats[ids[i + 1]] += math.log(np.exp(y).sum()) - y[ids[i + 1]]
            places[ids[i + 1]] += 1
    return nats, places


@pytest.mark.parametrize(
    ("length", "first", "last"), [(2, 0, 1), (20, 0, 19), (65, 32, 64), (100, 32, 96)]
)
def test_surprise_equals_a_plain_loop(length, first, last):
    ids = np.random.default_rng(1).integers(0, V, length)
    weights = a_network()
    measured = surprise(weights, ids, HIDDEN)
    nats, places = plain(weights, ids, HIDDEN, first, last)
    np.testing.assert_allclose(measured.nats, nats)
    np.testing.assert_array_equal(measured.places, places)


def test_a_long_text_is_read_in_streams_from_all_of_it():
    ids = np.repeat(np.arange(V), 3000)  # each character in a stretch of its own
    measured = surprise(a_network(), ids, HIDDEN)
    assert (measured.places > 0).all()
    assert measured.places.sum() <= MAX_CHARACTERS


def test_many_characters_are_looked_at_in_fewer_places():
    many = 5000
    ids = np.random.default_rng(1).integers(0, many, 100_000)
    measured = surprise(a_network(many), ids, HIDDEN)
    assert 500 < measured.places.sum() <= MAX_PROBABILITIES / many


def test_looking_changes_no_weight():
    weights = a_network()
    before = weights.flat.copy()
    surprise(weights, np.arange(V), HIDDEN)
    np.testing.assert_array_equal(weights.flat, before)


def test_a_certainty_that_fails_is_a_large_number_and_no_infinity():
    weights = Parameters(2, 1)
    weights.by[:] = 1000, -1000
    assert np.isfinite(surprise(weights, np.array([0, 1, 0, 1]), np.zeros(1)).nats).all()


@pytest.mark.parametrize(
    ("length", "seq_length"), [(26, 25), (27, 25), (51, 25), (52, 25), (1000, 25), (7, 1), (2, 1)]
)
def test_windows_of_a_pass_end_where_the_trainer_wraps(length, seq_length):
    trainer = Trainer(
        np.zeros(length, np.uint8), 2, hidden_size=1, seq_length=seq_length, held_out=0
    )
    windows = 0
    while windows == 0 or trainer.position:
        trainer.step()
        windows += 1
    assert windows == windows_in_pass(length, seq_length)

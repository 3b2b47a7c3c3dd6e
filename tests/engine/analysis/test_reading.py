"""What a network does while it reads equals what a plain loop finds."""

import numpy as np

from charrnn.engine.analysis.reading import WARM_UP, activations, hidden_before, read_passage
from tests.support.networks import plain_nats, plain_reading, random_network

IDS = np.random.default_rng(1).integers(0, 7, 300)
BEFORE = np.linspace(-0.9, 0.9, 5)


def test_a_reading_equals_that_of_a_plain_loop():
    weights = random_network()
    found = read_passage(weights, IDS, BEFORE)
    states, scores = plain_reading(weights, IDS, BEFORE)
    np.testing.assert_allclose(found.hidden, states)
    np.testing.assert_allclose(
        found.probabilities, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    )
    np.testing.assert_allclose(found.nats, plain_nats(scores[:-1], IDS[1:]))
    np.testing.assert_allclose(found.bits, found.nats / np.log(2))
    np.testing.assert_allclose(activations(weights, IDS, BEFORE), states)


def test_a_single_character_can_be_read():
    found = read_passage(random_network(), IDS[:1], BEFORE)
    assert found.hidden.shape == (1, 5)
    assert found.nats.shape == (0,)


def test_the_hidden_state_before_a_passage_has_read_what_comes_before_it():
    weights = random_network()
    for position in (1, 50, WARM_UP, 290):
        states, _ = plain_reading(weights, IDS[max(0, position - WARM_UP) : position], BEFORE)
        np.testing.assert_allclose(hidden_before(weights, IDS, position, BEFORE), states[-1])


def test_at_the_start_of_the_text_the_hidden_state_is_the_one_that_is_given():
    np.testing.assert_array_equal(hidden_before(random_network(), IDS, 0, BEFORE), BEFORE)

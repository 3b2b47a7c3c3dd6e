"""Units that are held at a value, against a plain loop that overwrites them."""

import numpy as np
import pytest

from charrnn.engine.analysis.holding import (
    MAX_CHARACTERS,
    MIN_CHARACTERS,
    affordable_characters,
    held_sample,
    silencing_costs,
)
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import next_distribution, sample, sample_rng
from tests.support.networks import plain_nats, random_network

IDS = np.random.default_rng(3).integers(0, 7, 60)
BEFORE = np.linspace(-0.5, 0.5, 5)


def plain_held(weights, ids, values):
    """Hidden states while each unit in `values` is overwritten at every step."""
    h, states = BEFORE.copy(), []
    for unit, value in values.items():
        h[unit] = value
    for i in ids:
        h = np.tanh(weights.Wxh[:, i] + weights.Whh @ h + weights.bh)
        for unit, value in values.items():
            h[unit] = value
        states.append(h)
    return np.array(states)


@pytest.mark.parametrize("values", [{}, {2: 0.0}, {0: 1.0, 3: -0.7}])
def test_a_held_sample_equals_that_of_a_plain_loop(values):
    weights, written, first = random_network(scale=1.0), [], 1
    uniforms = sample_rng(5, 0).random(40)
    for u in uniforms:
        h = plain_held(weights, [first, *written], values)[-1]
        cumulative = np.cumsum(next_distribution(weights, h))
        written.append(int(np.searchsorted(cumulative, u * cumulative[-1], side="right")))
    found = held_sample(
        weights, sample_rng(5, 0), values=values, hidden=BEFORE, first=first, length=40
    )
    assert found.tolist() == written


def test_holding_nothing_writes_what_the_network_writes():
    weights = random_network()
    start = {"hidden": BEFORE, "first": 1, "length": 50}
    plain = sample(weights, sample_rng(0, 0), **start)
    assert held_sample(weights, sample_rng(0, 0), values={}, **start).tolist() == plain.tolist()


def test_the_cost_of_each_unit_equals_that_of_a_plain_loop():
    weights = random_network(scale=1.0)

    def bits(values):
        states = plain_held(weights, IDS[:-1], values)
        return plain_nats(states @ weights.Why.T + weights.by, IDS[1:]).mean() / np.log(2)

    costs = silencing_costs(weights, IDS, BEFORE)
    assert costs.baseline == pytest.approx(bits({}))
    assert costs.characters == 59
    for unit in range(5):
        assert costs.bits[unit] == pytest.approx(bits({unit: 0.0}) - bits({}))


def test_larger_networks_read_fewer_characters():
    lengths = [affordable_characters(Parameters(60, size)) for size in (8, 256, 1024)]
    assert lengths == sorted(lengths, reverse=True)
    assert MIN_CHARACTERS <= lengths[2] < lengths[1] < lengths[0] <= MAX_CHARACTERS

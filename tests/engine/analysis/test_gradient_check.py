"""The gradient check finds what is wrong, and only that."""

import numpy as np
import pytest

from charrnn.engine.analysis import gradient_check as module
from charrnn.engine.analysis.gradient_check import PER_ARRAY, gradient_check
from charrnn.engine.parameters import Parameters
from tests.support.networks import random_network

IDS = np.random.default_rng(4).integers(0, 7, 21)


def check(weights):
    return gradient_check(weights, IDS, np.zeros(weights.hidden_size), np.random.default_rng(0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradients_of_a_network_pass(dtype):
    weights = Parameters(7, 9, dtype)
    weights.unpack(random_network(7, 9).packed().astype(dtype))
    checked = check(weights)
    assert all(entry.agrees for entry in checked)
    counts = {name: sum(e.array == name for e in checked) for name in ("Wxh", "Whh", "Why")}
    assert counts == dict.fromkeys(counts, PER_ARRAY)
    assert {e.array for e in checked} == {"Wxh", "Whh", "Why", "bh", "by"}


def test_the_network_before_the_first_update_passes():
    assert all(e.agrees for e in check(Parameters.initial(7, 20, seed=0)))


def test_a_wrong_gradient_is_found(monkeypatch):
    def wrong(weights, window, gradients, *, through_time, right=module.backward):
        right(weights, window, gradients, through_time=through_time)
        gradients.Whh[...] *= 1.001

    monkeypatch.setattr(module, "backward", wrong)
    failed = {entry.array for entry in check(random_network()) if not entry.agrees}
    assert failed == {"Whh"}


@pytest.mark.parametrize(("seed", "scale"), [(13, 0.01), (21, 0.01), (0, 1.0), (1, 1.0)])
@pytest.mark.parametrize("hidden_size", [64, 100])
def test_gradients_too_small_or_too_steep_for_differences_pass(hidden_size, seed, scale):
    weights = Parameters.initial(60, hidden_size, seed=seed, scale=scale)
    ids = np.random.default_rng(seed).integers(0, 60, 26)
    checked = gradient_check(weights, ids, np.zeros(hidden_size), np.random.default_rng(0))
    assert [entry for entry in checked if not entry.agrees] == []


def test_the_complex_step_agrees_with_differences():
    weights, hidden = random_network(), np.full(5, 0.3)
    for entry in gradient_check(weights, IDS, hidden, np.random.default_rng(0)):
        again = module._complex_step(weights, IDS, hidden, entry.array, entry.place)
        assert again == pytest.approx(entry.numerical, rel=1e-5, abs=1e-8)


def test_without_gradients_through_time_those_of_the_hidden_state_fail():
    hidden, rng = np.zeros(5), np.random.default_rng(0)
    checked = gradient_check(random_network(), IDS, hidden, rng, through_time=False)
    failed = {entry.array for entry in checked if not entry.agrees}
    assert failed == {"Wxh", "Whh", "bh"}  # those of Why and by are complete


def test_the_network_is_not_changed():
    weights = random_network()
    before = weights.flat.copy()
    check(weights)
    np.testing.assert_array_equal(weights.flat, before)

"""Gauges are what a plain computation finds, and measuring a step changes nothing about it."""

import math

import numpy as np
import pytest

from charrnn.engine.gauges import LARGEST, SHARES, Measurement
from charrnn.engine.model import backward, forward
from charrnn.engine.parameters import ARRAYS, MATRICES, Parameters
from charrnn.engine.training import Diverged, Trainer
from tests.support.learnable_texts import LONG_TEXT, V

RECIPES = [
    {"learning_rate": 0.3, "clip_limit": 0.05},
    {"clipping": "norm", "clip_limit": 0.5, "optimizer": "adam", "learning_rate": 0.01},
    {"clipping": "norm", "clip_limit": 500.0, "optimizer": "rmsprop", "learning_rate": 0.01},
    {"clipping": "off", "optimizer": "sgd", "learning_rate": 0.01},
]


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("streams", [1, 3])
def test_gauges_agree_with_plain_loops(recipe, streams):
    trainer = Trainer(LONG_TEXT, V, hidden_size=20, streams=streams, **recipe)
    for _ in range(5):
        trainer.step()
    gradients, states = its_gradients(trainer)
    before = {name: getattr(trainer.weights, name).copy() for name in ARRAYS}
    measurement = Measurement(trainer.weights)
    trainer.step(measurement)
    found = measurement.gauges._asdict()

    norm = math.sqrt(sum(float(g) ** 2 for array in gradients.values() for g in array.flat))
    limit, kind = trainer.clip_limit, trainer.clipping
    clipped = {}
    for name, array in gradients.items():
        if kind == "value":
            clipped[name] = np.clip(array, -limit, limit)
        else:
            clipped[name] = array * (limit / norm if kind == "norm" and norm > limit else 1)
        if kind == "value":
            pairs = zip(array.flat, clipped[name].flat, strict=True)
            changed = np.mean([g != c for g, c in pairs])
        else:
            changed = float(kind == "norm" and norm > limit)
        assert found[f"clipped_{name}"] == pytest.approx(changed)
    left = math.sqrt(sum(float(g) ** 2 for array in clipped.values() for g in array.flat))
    assert found["gradient_norm"] == pytest.approx(norm, rel=1e-5)
    assert found["clip_factor"] == pytest.approx(left / norm, rel=1e-5)
    assert found["saturated"] == np.mean([abs(h) > 0.99 for h in states.flat])
    for name in MATRICES:
        change = np.linalg.norm(getattr(trainer.weights, name) - before[name])
        ratio = change / np.linalg.norm(before[name])
        assert found[f"update_{name}"] == pytest.approx(ratio, rel=1e-4)


def its_gradients(trainer):
    """The gradients of the next step before clipping, and its hidden states."""
    T, window, gradients = trainer.seq_length, trainer.window, trainer.weights.zeros_like()
    window.load(trainer.text[trainer.position : trainer.position + T + 1])
    forward(trainer.weights, window)
    backward(trainer.weights, window, gradients)
    arrays = {name: getattr(gradients, name).copy() for name in ARRAYS}
    return arrays, window.states[1:].copy()


@pytest.mark.parametrize("recipe", RECIPES)
def test_measured_steps_are_the_same_to_the_last_bit(recipe):
    plain, measured = (Trainer(LONG_TEXT, V, hidden_size=20, **recipe) for _ in range(2))
    measurement = Measurement(measured.weights)
    for _ in range(30):
        assert measured.step(measurement) == plain.step()
    for name, array in plain.state().items():
        np.testing.assert_array_equal(measured.state()[name], array, err_msg=name)


def test_arrays_larger_than_a_block_are_measured_to_their_end():
    trainer = Trainer(LONG_TEXT, V, hidden_size=200, clip_limit=0.001)
    measurement = Measurement(trainer.weights)
    for _ in range(3):
        trainer.step(measurement)
    gradients, _ = its_gradients(trainer)
    trainer.step(measurement)
    changed = (np.abs(gradients["Whh"]) > 0.001).mean()
    assert 0 < changed < 1
    assert measurement.gauges.clipped_Whh == changed


@pytest.mark.parametrize("gradient", [1e25, np.inf, np.nan])
def test_gauges_stay_finite_in_a_step_that_diverges(gradient):
    weights, gradients = Parameters.initial(V, 8, seed=0), Parameters(V, 8)
    gradients.Whh[:] = gradient
    measurement = Measurement(weights)
    for clipping in ("value", "norm", "off"):
        states = np.zeros((3, 1, 8), np.float32)
        measurement.before_clipping(weights, gradients, states, clipping=clipping, limit=5.0)
        changed = Parameters.initial(V, 8, seed=0)
        changed.Whh[:] = gradient
        measurement.after_update(changed)
        for name, value in measurement.gauges._asdict().items():
            assert 0 <= value <= (1 if name in SHARES else LARGEST), name


def test_a_network_that_diverges_is_measured_until_it_does():
    trainer = Trainer(LONG_TEXT, V, hidden_size=100, learning_rate=10.0)
    measurement = Measurement(trainer.weights)

    def train():
        for _ in range(5000):
            trainer.step(measurement)

    with pytest.raises(Diverged):
        train()
    assert measurement.gauges.saturated > 0.9

"""Each optimizer follows its formula, number by number, and PyTorch's own where it is installed."""

import math

import numpy as np
import pytest

from charrnn.engine.optimizers import adam, rmsprop
from charrnn.engine.optimizers.by_name import OPTIMIZERS
from charrnn.engine.parameters import Parameters

V, H, UPDATES, RATE = 7, 5, 30, 0.02


def adagrad_by_formula(w, gradients):
    m = 0.0
    for g in gradients:
        m += g * g
        w -= RATE * g / math.sqrt(m + 1e-8)
    return w


def rmsprop_by_formula(w, gradients):
    v = 0.0
    for g in gradients:
        v = 0.99 * v + 0.01 * g * g
        w -= RATE * g / (math.sqrt(v) + 1e-8)
    return w


def adam_by_formula(w, gradients):
    m = v = 0.0
    for i, g in enumerate(gradients, start=1):
        m = adam.BETA1 * m + (1 - adam.BETA1) * g
        v = adam.BETA2 * v + (1 - adam.BETA2) * g * g
        m_corrected, v_corrected = m / (1 - adam.BETA1**i), v / (1 - adam.BETA2**i)
        w -= RATE * m_corrected / (math.sqrt(v_corrected) + 1e-8)
    return w


def sgd_by_formula(w, gradients):
    for g in gradients:
        w -= RATE * g
    return w


FORMULAS = {
    "adagrad": adagrad_by_formula,
    "rmsprop": rmsprop_by_formula,
    "adam": adam_by_formula,
    "sgd": sgd_by_formula,
}


def random_gradients(dtype=np.float64):
    """(UPDATES, size): of very different sizes, some always 0, as for a character never read."""
    rng = np.random.default_rng(0)
    size = Parameters.size(V, H)
    scales = 10.0 ** rng.integers(-6, 2, size)
    scales[::9] = 0
    return (rng.standard_normal((UPDATES, size)) * scales).astype(dtype)


def updated(name, gradients, *, dtype=np.float64):
    """(weights, optimizer) after these gradients."""
    weights = Parameters.initial(V, H, seed=1, dtype=dtype)
    optimizer, g = OPTIMIZERS[name](weights), weights.zeros_like()
    for i, numbers in enumerate(gradients, start=1):
        g.unpack(numbers)
        optimizer.update(g, RATE, i)
    return weights, optimizer


def test_every_optimizer_has_a_formula():
    assert FORMULAS.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_follow_the_formula_for_every_weight(name):
    gradients = random_gradients()
    weights, _ = updated(name, gradients)
    start = Parameters.initial(V, H, seed=1, dtype=np.float64).packed()
    expected = [FORMULAS[name](w, gradients[:, n]) for n, w in enumerate(start.tolist())]
    np.testing.assert_allclose(weights.packed(), expected, rtol=1e-9, atol=1e-12)
    assert np.count_nonzero(weights.flat) <= len(expected)  # the padding has stayed 0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_is_remembered_and_the_weights_determine_the_next_updates(name):
    gradients = random_gradients(np.float32)
    whole, _ = updated(name, gradients, dtype=np.float32)
    weights, optimizer = updated(name, gradients[:10], dtype=np.float32)
    assert tuple(optimizer.accumulators) == OPTIMIZERS[name].accumulator_names

    again = Parameters(V, H)
    again.unpack(weights.packed())
    resumed, g = OPTIMIZERS[name](again), again.zeros_like()
    for own, saved in zip(
        resumed.accumulators.values(), optimizer.accumulators.values(), strict=True
    ):
        own.unpack(saved.packed())
    for i, numbers in enumerate(gradients[10:], start=11):
        g.unpack(numbers)
        resumed.update(g, RATE, i)
    np.testing.assert_array_equal(again.flat, whole.flat)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_equal_those_of_pytorch(name):
    torch = pytest.importorskip("torch")
    gradients = random_gradients()
    weights, _ = updated(name, gradients)
    start = Parameters.initial(V, H, seed=1, dtype=np.float64).packed()
    w = torch.tensor(start, requires_grad=True)
    optimizer = {
        "adagrad": lambda: torch.optim.Adagrad([w], RATE, initial_accumulator_value=1e-8, eps=0),
        "rmsprop": lambda: torch.optim.RMSprop([w], RATE, alpha=rmsprop.DECAY, eps=1e-8),
        "adam": lambda: torch.optim.Adam([w], RATE, betas=(adam.BETA1, adam.BETA2), eps=1e-8),
        "sgd": lambda: torch.optim.SGD([w], RATE),
    }[name]()
    for numbers in gradients:
        w.grad = torch.tensor(numbers)
        optimizer.step()
    np.testing.assert_allclose(weights.packed(), w.detach().numpy(), rtol=1e-9, atol=1e-12)

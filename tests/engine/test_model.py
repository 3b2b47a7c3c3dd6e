"""The forward pass, and every gradient against independent computations."""

import math
import warnings

import numpy as np
import pytest

from charrnn.engine import textbook
from charrnn.engine.model import backward, forward
from charrnn.engine.parameters import ARRAYS, Parameters
from charrnn.engine.window import Window

SHAPES = [  # V, H, T, B
    (3, 4, 5, 1),
    (5, 3, 1, 1),
    (2, 6, 4, 2),
    (4, 5, 1, 2),
    (7, 5, 3, 3),
    (6, 1, 2, 3),
    (9, 11, 12, 3),
]


def a_network(V, H, T, B, *, scale=0.5, seed=0, dtype=np.float64):
    """Weights, biases and carried state far from 0, and a window loaded with random characters."""
    rng = np.random.default_rng(seed)
    weights = Parameters(V, H, dtype)
    weights.flat[:] = scale * rng.standard_normal(weights.flat.size)
    window = Window(weights, T, B)
    window.carried = rng.uniform(-0.9, 0.9, (B, H))
    characters = rng.integers(0, V, (T + 1, B))
    window.load(characters)
    return weights, window, characters


def gradients_of(weights, window):
    """The gradients of the loaded window."""
    gradients = weights.zeros_like()
    forward(weights, window)
    backward(weights, window, gradients)
    return gradients


def textbook_window(weights, window, characters, stream):
    """Loss, gradients and last hidden state of one stream, as the textbook computes them."""
    weights = textbook.textbook_weights({name: getattr(weights, name) for name in ARRAYS})
    inputs, targets = characters[:-1, stream], characters[1:, stream]
    h_before = window.carried[stream].astype(np.float64)[:, None]
    loss, activations = textbook.forward(weights, inputs, targets, h_before)
    gradients = textbook.backward(weights, targets, activations)
    return loss, gradients, activations.h[len(inputs) - 1]


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients_equal_central_differences(shape):
    weights, window, _ = a_network(*shape)
    gradients = gradients_of(weights, window)

    numeric, step = weights.zeros_like(), 1e-5
    w = weights.flat
    for i in range(w.size):
        original = w[i]
        w[i] = original + step
        above = forward(weights, window)
        w[i] = original - step
        below = forward(weights, window)
        w[i] = original
        numeric.flat[i] = (above - below) / (2 * step)

    for name in ARRAYS:
        expected = getattr(numeric, name)
        assert np.abs(expected).max() > 1e-4  # a block of zeros would prove nothing
        np.testing.assert_allclose(
            getattr(gradients, name), expected, rtol=1e-6, atol=1e-8, err_msg=name
        )


@pytest.mark.parametrize("shape", SHAPES)
def test_loss_and_gradients_are_the_mean_of_the_textbook_over_the_streams(shape):
    weights, window, characters = a_network(*shape, seed=1)
    B = shape[3]
    books = [textbook_window(weights, window, characters, b) for b in range(B)]
    loss = forward(weights, window)
    assert loss == pytest.approx(np.mean([book[0] for book in books]), rel=1e-12)
    for b, (_, _, last_state) in enumerate(books):
        np.testing.assert_allclose(window.states[-1][b], last_state[:, 0], rtol=1e-12)

    gradients = weights.zeros_like()
    backward(weights, window, gradients)
    for name in ARRAYS:
        actual = getattr(gradients, name)
        expected = sum(getattr(book[1], name) for book in books).reshape(actual.shape) / B
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients_equal_those_of_pytorch(shape):
    torch = pytest.importorskip("torch")
    V, _, T, B = shape
    weights, window, characters = a_network(*shape, seed=2)
    w = {name: torch.tensor(getattr(weights, name), requires_grad=True) for name in ARRAYS}
    h, loss = torch.tensor(window.carried), 0.0
    ids = torch.tensor(characters)
    for t in range(T):
        x = torch.nn.functional.one_hot(ids[t], V).double()
        h = torch.tanh(x @ w["Wxh"].T + h @ w["Whh"].T + w["bh"])
        y = h @ w["Why"].T + w["by"]
        loss = loss + torch.nn.functional.cross_entropy(y, ids[t + 1], reduction="sum") / B
    loss.backward()

    assert forward(weights, window) == pytest.approx(loss.item(), rel=1e-12)
    gradients = weights.zeros_like()
    backward(weights, window, gradients)
    for name in ARRAYS:
        np.testing.assert_allclose(
            getattr(gradients, name), w[name].grad.numpy(), rtol=1e-10, atol=1e-13, err_msg=name
        )


@pytest.mark.parametrize("B", [1, 3])
def test_gradients_of_one_window_do_not_leak_into_the_next(B):
    weights, window, characters = a_network(6, 5, 4, B)
    gradients = gradients_of(weights, window)
    next_characters = (characters + np.arange(5)[:, None]) % 6
    window.load(next_characters)
    forward(weights, window)
    backward(weights, window, gradients)

    fresh_weights, fresh_window, _ = a_network(6, 5, 4, B)
    fresh_window.load(next_characters)
    np.testing.assert_array_equal(gradients.flat, gradients_of(fresh_weights, fresh_window).flat)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda weights, window, characters: backward(weights, window, weights.zeros_like()),
        lambda weights, window, characters: window.load(characters),
        lambda weights, window, characters: window.carry(),
        lambda weights, window, characters: setattr(window, "carried", 0.0),
    ],
    ids=["backward", "load", "carry", "a new hidden state"],
)
@pytest.mark.parametrize("B", [1, 2])
def test_backward_without_a_forward_pass_of_its_own_is_an_error(B, spoil):
    weights, window, characters = a_network(6, 5, 4, B)
    gradients = gradients_of(weights, window)
    expected = gradients.flat.copy()

    forward(weights, window)
    spoil(weights, window, characters)
    with pytest.raises(RuntimeError, match="call forward"):
        backward(weights, window, gradients)
    np.testing.assert_array_equal(gradients.flat, expected)  # untouched

    forward(weights, window)
    backward(weights, window, gradients)


def test_backward_before_any_forward_pass_is_an_error():
    weights, window, _ = a_network(6, 5, 4, 1)
    with pytest.raises(RuntimeError, match="call forward"):
        backward(weights, window, weights.zeros_like())


def test_the_carried_hidden_state_can_be_replaced_but_not_written_into():
    _, window, _ = a_network(6, 5, 4, 2)
    window.carried = np.full(5, 0.5)
    assert (window.carried == 0.5).all()
    with pytest.raises(ValueError, match="read-only"):
        window.carried[:] = 0


@pytest.mark.parametrize("B", [1, 2])
def test_probabilities_are_softmax_and_the_loss_is_their_negative_logarithm(B):
    T = 6
    weights, window, characters = a_network(5, 4, T, B)
    loss = forward(weights, window)
    p = window.probabilities
    scores = window.states[1:].reshape(T * B, -1) @ weights.Why.T + weights.by
    np.testing.assert_allclose(p, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    of_targets = p[np.arange(T * B), characters[1:].ravel()]
    assert loss == pytest.approx(-np.log(of_targets).sum() / B, rel=1e-12)
    np.testing.assert_array_equal(window.at_targets(p), of_targets)


@pytest.mark.parametrize("B", [1, 2])
def test_two_windows_with_carried_state_equal_one_long_window(B):
    weights, whole, characters = a_network(5, 4, 6, B)
    half = Window(weights, 3, B)
    half.carried = whole.carried
    half.load(characters[:4])
    first = forward(weights, half)
    half.carry()
    half.load(characters[3:])
    second = forward(weights, half)
    assert first + second == pytest.approx(forward(weights, whole), rel=1e-12)


def test_the_loss_of_an_untrained_network_is_that_of_guessing():
    V, T = 83, 25
    weights = Parameters.initial(V, 100, seed=0)
    window = Window(weights, T)
    window.load(np.arange(T + 1)[:, None])
    assert forward(weights, window) == pytest.approx(T * math.log(V), rel=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("B", [1, 2])
def test_large_scores_do_not_overflow(dtype, B):
    weights, window, _ = a_network(8, 6, 10, B, scale=1e4, dtype=dtype)
    with warnings.catch_warnings(action="error"):
        loss = forward(weights, window)
    assert math.isfinite(loss)
    assert loss > 1e3  # the scores were large indeed
    assert np.isfinite(window.probabilities).all()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("score", [1, 50, 100, 1000])
def test_adding_a_constant_to_all_scores_changes_no_probability(score, sign):
    V, T = 5, 4
    weights = Parameters(V, 3)  # weights of 0: the scores are by
    window = Window(weights, T)
    y = sign * score + np.linspace(0, 3, V)
    weights.by[:] = y
    characters = np.random.default_rng(0).integers(0, V, (T + 1, 1))
    window.load(characters)
    with warnings.catch_warnings(action="error"):
        loss = forward(weights, window)
    p = np.exp(y - y.max()) / np.exp(y - y.max()).sum()
    assert loss == pytest.approx(-np.log(p[characters[1:]]).sum(), rel=1e-4)
    np.testing.assert_allclose(window.probabilities, np.tile(p, (T, 1)), rtol=1e-4)

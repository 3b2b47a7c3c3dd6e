"""The forward pass, and every gradient against an independent oracle."""

import math
import warnings

import numpy as np
import pytest
from textbook import Textbook

from charrnn.engine.model import Backward, Forward
from charrnn.engine.parameters import Parameters

NAMES = ("Wxh", "Whh", "Why", "bh", "by")
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
    """A forward pass with weights, biases and carried state far from 0, and a window."""
    rng = np.random.default_rng(seed)
    weights = Parameters(V, H, dtype)
    weights.flat[:] = scale * rng.standard_normal(weights.flat.size)
    forward = Forward(weights, T, B)
    forward.carried[:] = rng.uniform(-0.9, 0.9, (B, H))
    inputs, targets = rng.integers(0, V, (2, T, B))
    return forward, inputs, targets


def textbook_window(forward, inputs, targets, stream):
    """Loss, gradients and last state of one stream, as the textbook computes them."""
    weights = {name: getattr(forward.weights, name) for name in NAMES}
    V = forward.weights.vocab_size
    book = Textbook(None, V, weights=weights, seq_length=len(inputs), learning_rate=0)
    carried = forward.carried[stream].astype(np.float64)[:, None]
    return book.loss_and_gradients(inputs[:, stream], targets[:, stream], carried)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients_equal_central_differences(shape):
    forward, inputs, targets = a_network(*shape)
    forward(inputs, targets)
    gradients = Backward(forward)()

    numeric, step = forward.weights.like(), 1e-5
    w = forward.weights.flat
    for i in range(w.size):
        here = w[i]
        w[i] = here + step
        above = forward(inputs, targets)
        w[i] = here - step
        below = forward(inputs, targets)
        w[i] = here
        numeric.flat[i] = (above - below) / (2 * step)

    for name in NAMES:
        expected = getattr(numeric, name)
        assert np.abs(expected).max() > 1e-4  # a block of zeros would prove nothing
        np.testing.assert_allclose(
            getattr(gradients, name), expected, rtol=1e-6, atol=1e-8, err_msg=name
        )


@pytest.mark.parametrize("shape", SHAPES)
def test_loss_and_gradients_are_the_mean_over_the_streams_of_the_textbook(shape):
    forward, inputs, targets = a_network(*shape, seed=1)
    B = shape[3]
    books = [textbook_window(forward, inputs, targets, b) for b in range(B)]
    loss = forward(inputs, targets)
    assert loss == pytest.approx(np.mean([book[0] for book in books]), rel=1e-12)
    for b, (_, _, last_state) in enumerate(books):
        np.testing.assert_allclose(forward.states[-1][b], last_state[:, 0], rtol=1e-12)

    gradients = Backward(forward)()
    for name in NAMES:
        here = getattr(gradients, name)
        expected = sum(book[1][name] for book in books).reshape(here.shape) / B
        np.testing.assert_allclose(here, expected, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("B", [1, 3])
def test_gradients_of_one_window_leave_nothing_behind_for_the_next(B):
    forward, inputs, targets = a_network(6, 5, 4, B)
    fresh_inputs, fresh_targets = (inputs + 1) % 6, (targets + 2) % 6
    backward = Backward(forward)
    forward(inputs, targets)
    backward()
    forward(fresh_inputs, fresh_targets)
    second = backward().flat.copy()

    untouched = Backward(forward)
    forward(fresh_inputs, fresh_targets)
    np.testing.assert_array_equal(second, untouched().flat)


@pytest.mark.parametrize("B", [1, 2])
def test_probabilities_are_softmax_and_the_loss_is_their_surprise(B):
    V, H, T = 5, 4, 6
    forward, inputs, targets = a_network(V, H, T, B)
    loss = forward(inputs, targets)
    p = forward.probabilities
    np.testing.assert_allclose(p.sum(axis=1), 1)
    of_targets = p[np.arange(T * B), targets.ravel()]
    assert loss == pytest.approx(-np.log(of_targets).sum() / B, rel=1e-12)


@pytest.mark.parametrize("B", [1, 2])
def test_two_windows_with_carry_read_like_one_long_window(B):
    whole, inputs, targets = a_network(5, 4, 6, B)
    half = Forward(whole.weights, 3, B)
    half.carried[:] = whole.carried
    first = half(inputs[:3], targets[:3])
    half.carry()
    second = half(inputs[3:], targets[3:])
    assert first + second == pytest.approx(whole(inputs, targets), rel=1e-12)


def test_an_untrained_network_is_as_surprised_as_guessing():
    V, T = 83, 25
    forward = Forward(Parameters.initial(V, 100, seed=0), T)
    ids = np.arange(T)[:, None]
    assert forward(ids, ids + 1) == pytest.approx(T * math.log(V), rel=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("B", [1, 2])
def test_large_scores_do_not_overflow(dtype, B):
    forward, inputs, targets = a_network(8, 6, 10, B, scale=1e4, dtype=dtype)
    with warnings.catch_warnings(action="error"):
        loss = forward(inputs, targets)
    assert math.isfinite(loss)
    assert loss > 1e3  # the scores were large indeed
    assert np.isfinite(forward.probabilities).all()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("score", [1, 50, 100, 1000])
def test_scores_that_lie_far_from_0_give_the_same_probabilities(score, sign):
    V, T = 5, 4
    forward = Forward(Parameters(V, 3), T)  # weights of 0: the scores are by
    y = sign * score + np.linspace(0, 3, V)
    forward.weights.by[:] = y
    inputs, targets = np.random.default_rng(0).integers(0, V, (2, T, 1))
    with warnings.catch_warnings(action="error"):
        loss = forward(inputs, targets)
    p = np.exp(y - y.max()) / np.exp(y - y.max()).sum()
    assert loss == pytest.approx(-np.log(p[targets]).sum(), rel=1e-4)
    np.testing.assert_allclose(forward.probabilities, np.tile(p, (T, 1)), rtol=1e-4)


def test_the_seed_decides_the_weights():
    same, again, other = (Parameters.initial(7, 5, seed=seed).flat for seed in (1, 1, 2))
    np.testing.assert_array_equal(same, again)
    assert (same != other).any()


def test_initial_matrices_are_a_hundredth_of_normal_and_biases_are_0():
    weights = Parameters.initial(83, 100, seed=3)
    for name in ("Wxh", "Whh", "Why"):
        matrix = getattr(weights, name)
        assert matrix.std() == pytest.approx(0.01, rel=0.05)
        assert abs(matrix.mean()) < 0.001
    assert not weights.bh.any()
    assert not weights.by.any()


def test_the_matrices_do_not_share_their_numbers():
    weights = Parameters.initial(6, 6, seed=0)  # all three are 6 x 6
    matrices = [weights.Wxh, weights.Whh, weights.Why]
    for i, one in enumerate(matrices):
        for other in matrices[i + 1 :]:
            assert not np.isin(one, other).any()


def test_matrices_of_one_shape_start_with_the_same_numbers():
    small, wide = Parameters.initial(7, 5, seed=4), Parameters.initial(9, 5, seed=4)
    np.testing.assert_array_equal(small.Whh, wide.Whh)  # (5, 5) in both
    assert small.Wxh.shape == (5, 7)
    assert wide.Wxh.shape == (5, 9)
    assert small.Why.shape == (7, 5)
    assert Parameters.initial(7, 6, seed=4).Whh.shape == (6, 6)


def test_named_arrays_are_views_that_cover_what_is_packed_once():
    weights = Parameters(7, 5, np.float64)
    numbers = np.arange(Parameters.size(7, 5), dtype=np.float64)
    weights.unpack(numbers)
    named = np.concatenate([getattr(weights, name).ravel() for name in NAMES])
    np.testing.assert_array_equal(np.sort(named), numbers)
    np.testing.assert_array_equal(weights.packed(), numbers)
    assert [getattr(weights, name).shape for name in NAMES] == [(5, 7), (5, 5), (7, 5), (5,), (7,)]
    for name in NAMES:
        getattr(weights, name)[...] = -1
    assert np.count_nonzero(weights.flat) == len(numbers)
    assert (weights.packed() == -1).all()


def test_what_is_packed_keeps_the_order_that_files_are_written_in():
    weights = Parameters.initial(7, 5, seed=0)
    weights.bh[:], weights.by[:] = 1, 2
    parts = [weights.Wxh.T, weights.Whh, weights.Why, weights.bh, weights.by]
    np.testing.assert_array_equal(weights.packed(), np.concatenate([p.ravel() for p in parts]))


def test_numbers_of_another_network_are_not_unpacked():
    weights = Parameters(7, 5)
    with pytest.raises(ValueError, match="107 numbers are needed, and these are 106"):
        weights.unpack(np.ones(Parameters.size(7, 5) - 1, np.float32))
    assert not weights.flat.any()


@pytest.mark.parametrize("H", [1, 6, 7, 8, 83])
def test_a_bias_is_the_weight_of_an_input_that_is_always_1(H):
    V, rng = 4, np.random.default_rng(0)
    weights, h = Parameters(V, H, np.float64), rng.standard_normal(H)
    weights.unpack(rng.standard_normal(Parameters.size(V, H)))
    row = np.zeros(weights.width)
    row[:H], row[H] = h, 1
    assert weights.width % 8 == 0
    np.testing.assert_allclose(weights.recurrent @ row, weights.Whh @ h + weights.bh)
    np.testing.assert_allclose(weights.output @ row, weights.Why @ h + weights.by)

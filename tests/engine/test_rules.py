"""The rules that a run may break: it computes what they say, and the defaults cost nothing."""

import numpy as np
import pytest

from charrnn.engine import textbook
from charrnn.engine.model import backward, forward
from charrnn.engine.parameters import ARRAYS
from charrnn.engine.training import Trainer
from charrnn.engine.window import Window
from tests.support.learnable_texts import LONG_TEXT, WRAPPING_TEXT, V
from tests.support.networks import random_network


@pytest.mark.parametrize("streams", [1, 3])
def test_without_time_the_gradients_are_those_of_windows_of_one_character(streams):
    """The oracle: the textbook, which reads each character as a window of its own."""
    T, rng = 9, np.random.default_rng(1)
    weights, characters = random_network(), rng.integers(0, 7, (T + 1, streams))
    window, gradients = Window(weights, T, streams), weights.zeros_like()
    window.carried = before = rng.uniform(-0.9, 0.9, (streams, 5))
    window.load(characters)
    forward(weights, window)
    backward(weights, window, gradients, through_time=False)

    book = textbook.textbook_weights({name: getattr(weights, name) for name in ARRAYS})
    summed = book.zeros_like()
    for b in range(streams):
        h = before[b][:, None]
        for t in range(T):
            inputs, targets = characters[t : t + 1, b], characters[t + 1 : t + 2, b]
            _, read = textbook.forward(book, inputs, targets, h)
            for total, part in zip(summed, textbook.backward(book, targets, read), strict=True):
                total += part / streams
            h = read.h[0]
    for name in ARRAYS:
        actual = getattr(gradients, name)
        expected = getattr(summed, name).reshape(actual.shape)
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-14, err_msg=name)


def test_with_the_hidden_state_cleared_every_window_is_read_from_zeros():
    trainer = Trainer(WRAPPING_TEXT, V, hidden_size=9, dtype=np.float64, hidden_state="cleared")
    for _ in range(30):
        weights = {name: getattr(trainer.weights, name) for name in ARRAYS}
        window = WRAPPING_TEXT[trainer.position : trainer.position + 26]
        expected, _ = textbook.forward(
            textbook.textbook_weights(weights), window[:-1], window[1:], np.zeros((9, 1))
        )
        assert trainer.step().loss == pytest.approx(expected, rel=1e-12)
        assert not trainer.window.carried.any()


def test_initial_weights_of_0_learn_the_biases_alone():
    trainer = Trainer(LONG_TEXT, V, hidden_size=9, initial_scale=0.0)
    for _ in range(50):
        trainer.step()
    assert trainer.weights.by.any()
    assert not any(getattr(trainer.weights, name).any() for name in ("Wxh", "Whh", "Why", "bh"))


@pytest.mark.parametrize("rule", [{"hidden_state": "cleared"}, {"gradients_through_time": "off"}])
def test_a_run_that_breaks_a_rule_resumes_to_the_same_bits(rule):
    whole, first, second = (Trainer(LONG_TEXT, V, hidden_size=8, **rule) for _ in range(3))
    kept = Trainer(LONG_TEXT, V, hidden_size=8)
    losses = [whole.step() for _ in range(40)]
    assert losses != [kept.step() for _ in range(40)]
    for _ in range(15):
        first.step()
    second.restore(first.state())
    assert losses[15:] == [second.step() for _ in range(25)]

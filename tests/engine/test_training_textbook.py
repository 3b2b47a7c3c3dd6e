"""Training follows the textbook step by step, up to rounding."""

import numpy as np
import pytest

from charrnn.engine.optimizers.clipping import TEXTBOOK_LIMIT
from charrnn.engine.parameters import ARRAYS
from charrnn.engine.textbook import TextbookTrainer, backward, forward
from charrnn.engine.training import Trainer
from tests.support.learnable_texts import LONG_TEXT, WRAPPING_TEXT, V, a_text


def textbook_of(trainer, ids):
    """The textbook's training loop with the trainer's initial weights."""
    weights = {name: getattr(trainer.weights, name) for name in ARRAYS}
    return TextbookTrainer(
        ids,
        weights=weights,
        seq_length=trainer.seq_length,
        learning_rate=trainer.learning_rate,
    )


def loss_and_gradients(book, inputs, targets, h_before):
    """Of one window, before clipping."""
    loss, activations = forward(book.weights, inputs, targets, h_before)
    return loss, backward(book.weights, targets, activations)


def assert_follows_the_textbook(trainer, book, windows=100):
    for _ in range(windows):
        assert trainer.step().loss == pytest.approx(book.step(), rel=1e-9)
    assert_same_weights(trainer, book, atol=1e-9)


def assert_same_weights(trainer, book, *, atol):
    for name in ARRAYS:
        actual = getattr(trainer.weights, name)
        expected = getattr(book.weights, name).reshape(actual.shape)
        np.testing.assert_allclose(actual, expected, rtol=0, atol=atol, err_msg=name)


# Settings where rounding errors do not grow: few hidden units, or a low learning rate. A large
# network at a learning rate of 0.1 is chaotic from the start: if the weights of the textbook are
# changed by one part in 10^16, it departs from its own path as early as the engine does, by 1e-9
# after about 10 windows and by a tenth within 100.
STABLE = [
    pytest.param({"hidden_size": 20, "learning_rate": 0.1, "seed": 3}, id="small network"),
    pytest.param({"hidden_size": 83, "learning_rate": 0.01, "seed": 0}, id="low learning rate"),
]


@pytest.mark.parametrize("settings", STABLE)
def test_a_hundred_windows_equal_the_textbook(settings):
    trainer = Trainer(LONG_TEXT, V, dtype=np.float64, **settings)
    assert_follows_the_textbook(trainer, textbook_of(trainer, LONG_TEXT))
    assert trainer.position == 100 * trainer.seq_length  # it has not wrapped


@pytest.mark.parametrize("settings", STABLE)
def test_a_text_that_wraps_equals_the_textbook(settings):
    trainer = Trainer(WRAPPING_TEXT, V, dtype=np.float64, **settings)
    assert 100 * trainer.seq_length > 5 * len(WRAPPING_TEXT)
    assert_follows_the_textbook(trainer, textbook_of(trainer, WRAPPING_TEXT))


@pytest.mark.parametrize("hidden_size", [83, 100])
@pytest.mark.parametrize("ids", [LONG_TEXT, WRAPPING_TEXT], ids=["long text", "text that wraps"])
def test_every_step_at_the_default_rate_equals_the_textbook_from_the_same_state(ids, hidden_size):
    """Where training is chaotic, each step is compared from the engine's current state."""
    trainer = Trainer(ids, V, hidden_size=hidden_size, dtype=np.float64)
    book = textbook_of(trainer, ids)
    clipped = 0
    for _ in range(100):
        for name in ARRAYS:
            getattr(book.weights, name).ravel()[:] = getattr(trainer.weights, name).ravel()
            accumulator = getattr(trainer.optimizer.accumulator, name).ravel() - 1e-8
            getattr(book.accumulator, name).ravel()[:] = accumulator
        book.h = trainer.window.carried[0][:, None].copy()
        book.position = trainer.position
        assert trainer.step().loss == pytest.approx(book.step(), rel=1e-11)
        assert_same_weights(trainer, book, atol=1e-9)
        clipped += np.abs(trainer.gradients.flat).max() == TEXTBOOK_LIMIT
    assert clipped > 0


@pytest.mark.parametrize("length", [26, 27, 50, 51, 52, 53])
def test_the_text_wraps_where_the_textbook_wraps(length):
    ids = a_text(length)
    trainer = Trainer(ids, V, hidden_size=8, dtype=np.float64)
    assert_follows_the_textbook(trainer, textbook_of(trainer, ids), windows=7)


def test_a_hundred_windows_equal_the_textbook_where_gradients_are_clipped():
    trainer = Trainer(LONG_TEXT, V, hidden_size=20, learning_rate=0.01, dtype=np.float64, seed=1)
    trainer.weights.flat *= 30
    book = textbook_of(trainer, LONG_TEXT)
    clipped = 0
    for _ in range(100):
        _, gradients = loss_and_gradients(
            book,
            LONG_TEXT[book.position : book.position + 25],
            LONG_TEXT[book.position + 1 : book.position + 26],
            book.h,
        )
        assert trainer.step().loss == pytest.approx(book.step(), rel=1e-9)
        for name in ARRAYS:
            actual = getattr(trainer.gradients, name)
            expected = np.clip(getattr(gradients, name), -5, 5).reshape(actual.shape)
            np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-9, err_msg=name)
        clipped += max(np.abs(g).max() for g in gradients) > 5
    assert clipped > 30
    assert_same_weights(trainer, book, atol=1e-9)


def test_several_streams_learn_from_the_mean_of_the_textbook_gradients():
    B, T = 3, 10
    trainer = Trainer(WRAPPING_TEXT, V, hidden_size=9, seq_length=T, streams=B, dtype=np.float64)
    trainer.weights.flat *= 30
    trainer.window.carried = np.random.default_rng(0).uniform(-0.9, 0.9, (B, 9))
    length = len(WRAPPING_TEXT) // B
    book, carried = textbook_of(trainer, None), trainer.window.carried.copy()
    losses, summed = [], dict.fromkeys(ARRAYS, 0.0)
    for b in range(B):
        window = WRAPPING_TEXT[b * length : b * length + T + 1].astype(int)
        loss, gradients = loss_and_gradients(book, window[:-1], window[1:], carried[b][:, None])
        losses.append(loss)
        summed = {name: summed[name] + getattr(gradients, name) for name in ARRAYS}

    assert trainer.step().loss == pytest.approx(np.mean(losses), rel=1e-12)
    for name in ARRAYS:
        actual = getattr(trainer.gradients, name)
        expected = np.clip(summed[name] / B, -5, 5).reshape(actual.shape)
        np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_float32_starts_out_like_float64():
    single, double = (
        Trainer(LONG_TEXT, V, hidden_size=40, learning_rate=0.01, dtype=dtype)
        for dtype in (np.float32, np.float64)
    )
    for _ in range(100):
        assert single.step().loss == pytest.approx(double.step().loss, rel=1e-3)
    assert single.weights.dtype == np.float32
    assert double.weights.dtype == np.float64


def test_every_float32_step_at_the_default_rate_has_the_loss_of_float64():
    single, double = (Trainer(LONG_TEXT, V, dtype=dtype) for dtype in (np.float32, np.float64))
    for _ in range(100):
        double.weights.flat[:] = single.weights.flat
        double.window.carried = single.window.carried
        assert single.step().loss == pytest.approx(double.step().loss, rel=1e-3)

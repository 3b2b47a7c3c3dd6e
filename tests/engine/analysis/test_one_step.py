"""One step, slowly, is the step that training takes, and the textbook's."""

import numpy as np
import pytest

from charrnn.engine import textbook
from charrnn.engine.analysis.one_step import ARRAYS, Start, one_step
from charrnn.engine.training import Trainer

IDS = np.random.default_rng(0).integers(0, 6, 400)
SIZES = {"hidden_size": 9, "seq_length": 7, "seed": 3}


@pytest.fixture
def trainer():
    trainer = Trainer(IDS, 6, learning_rate=0.1, dtype=np.float64, **SIZES)
    for _ in range(30):
        trainer.step()
    return trainer


def start_of(trainer) -> Start:
    weights, accumulator = trainer.weights.like(), trainer.weights.like()
    weights.flat[:] = trainer.weights.flat
    accumulator.flat[:] = trainer.adagrad.accumulator.flat
    ids = IDS[trainer.position : trainer.position + trainer.seq_length + 1]
    hidden = trainer.window.carried[0].copy()
    return Start(weights, accumulator, hidden, ids, trainer.learning_rate)


def textbook_gradients(start, hidden):
    weights = textbook.textbook_weights({name: getattr(start.weights, name) for name in ARRAYS})
    inputs, targets = start.ids[:-1], start.ids[1:]
    loss, read = textbook.forward(weights, inputs, targets, hidden.reshape(-1, 1))
    return loss, read, textbook.backward(weights, targets, read)


def test_it_is_the_step_that_training_takes(trainer):
    start = start_of(trainer)
    step = one_step(start)
    record = trainer.step()
    assert step.loss == pytest.approx(record.loss)
    np.testing.assert_allclose(step.weights.packed(), trainer.weights.packed(), rtol=1e-9)
    np.testing.assert_allclose(
        step.accumulator.packed(), trainer.adagrad.accumulator.packed(), rtol=1e-9
    )
    np.testing.assert_allclose(step.hidden[-1], trainer.window.carried[0])


@pytest.mark.parametrize("clear_hidden", [False, True])
def test_everything_on_the_way_equals_the_textbook(trainer, clear_hidden):
    start = start_of(trainer)
    step = one_step(start, clear_hidden=clear_hidden)
    before = np.zeros(9) if clear_hidden else start.hidden
    loss, read, gradients = textbook_gradients(start, before)
    assert step.loss == pytest.approx(float(loss))
    for t in range(7):
        np.testing.assert_allclose(step.hidden[t], read.h[t][:, 0])
        np.testing.assert_allclose(step.probabilities[t], read.p[t][:, 0])
    for name in ARRAYS:
        expected = getattr(gradients, name).reshape(getattr(step.gradients, name).shape)
        np.testing.assert_allclose(getattr(step.gradients, name), expected, atol=1e-12)


def test_both_parts_of_dh_equal_finite_differences(trainer):
    """Moving h_t moves the loss through the output at t, and through everything after it."""
    start = start_of(trainer)
    step, w, small = one_step(start), start.weights, 1e-6

    def losses(t, moved):
        h, total = moved, []
        for s in range(t, 7):
            if s > t:
                h = np.tanh(w.Wxh[:, step.inputs[s]] + w.Whh @ h + w.bh)
            y = w.Why @ h + w.by
            total.append(np.log(np.exp(y).sum()) - y[step.targets[s]])
        return np.array([total[0], sum(total[1:])])

    for t in (0, 3, 6):
        for unit in (0, 4, 8):
            nudge = small * np.eye(9)[unit]
            above, below = losses(t, step.hidden[t] + nudge), losses(t, step.hidden[t] - nudge)
            output, future = (above - below) / (2 * small)
            assert step.dh_from_output[t, unit] == pytest.approx(output, abs=1e-7)
            assert step.dh_from_future[t, unit] == pytest.approx(future, abs=1e-7)
            assert step.dh[t, unit] == pytest.approx(output + future, abs=1e-7)


def test_without_clipping_a_large_gradient_is_used_as_it_is(trainer):
    start = start_of(trainer)
    start.weights.Why[:] *= 1000
    clipped, free = one_step(start), one_step(start, clip=False)
    np.testing.assert_array_equal(clipped.gradients.flat, free.gradients.flat)
    assert np.abs(clipped.gradients.flat).max() > 5
    assert np.abs(clipped.clipped.flat).max() == 5
    np.testing.assert_array_equal(free.clipped.flat, free.gradients.flat)
    assert free.accumulator.flat.max() > clipped.accumulator.flat.max()


def test_nothing_that_it_starts_with_is_changed(trainer):
    start = start_of(trainer)
    before = [start.weights.flat.copy(), start.accumulator.flat.copy(), start.hidden.copy()]
    one_step(start, clear_hidden=True)
    for was, now in zip(
        before, (start.weights.flat, start.accumulator.flat, start.hidden), strict=True
    ):
        np.testing.assert_array_equal(was, now)

"""Training that diverges says so, and leaves everything as it was before the step."""

import math
import pickle
import warnings

import numpy as np
import pytest

from charrnn.engine.training import Diverged, Trainer
from tests.support.learnable_texts import LONG_TEXT, V
from tests.support.states import assert_same_state


@pytest.mark.parametrize("scale", [1e4, 1e30, 1e38])
def test_huge_weights_give_a_finite_loss_or_diverge(scale):
    trainer = Trainer(LONG_TEXT, V, hidden_size=8)
    trainer.weights.flat *= scale
    with warnings.catch_warnings(action="ignore"):
        for _ in range(10):
            try:
                record = trainer.step()
            except Diverged:
                break
            assert math.isfinite(record.loss)
            assert math.isfinite(record.smooth_loss)


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_a_step_that_diverges_changes_nothing(broken):
    trainer = Trainer(LONG_TEXT, V, hidden_size=8, streams=2)
    for _ in range(5):
        trainer.step()
    trainer.weights.by[0] = broken
    before = trainer.state()
    with (
        warnings.catch_warnings(action="ignore"),
        pytest.raises(Diverged) as diverged,
    ):
        trainer.step()
    assert (diverged.value.iteration, diverged.value.reason) == (
        6,
        "the loss is no longer a number",
    )
    assert_same_state(trainer.state(), before)


@pytest.mark.parametrize("streams", [1, 2])
def test_gradients_too_large_for_float32_leave_the_weights_finite(streams):
    # With a hidden state of 0, tanh has slope 1, so every step back in time triples the gradient:
    # 3^100 is too large for float32, and infinity times a hidden state of 0 is not a number.
    trainer = Trainer(LONG_TEXT, V, hidden_size=8, seq_length=100, streams=streams)
    trainer.weights.Wxh[:] = 0
    trainer.weights.Whh[:] = 3 * np.eye(8)
    before = trainer.state()
    with warnings.catch_warnings(action="ignore"):
        try:
            trainer.step()
        except Diverged:
            assert_same_state(trainer.state(), before)
    assert np.isfinite(trainer.weights.flat).all()
    assert np.isfinite(trainer.optimizer.accumulator.flat).all()


def test_a_smooth_loss_far_worse_than_guessing_is_divergence_and_changes_nothing():
    trainer = Trainer(LONG_TEXT, V, hidden_size=8, seq_length=5, learning_rate=1e-5)
    trainer.weights.by[0] = 1000.0  # certain of a character that is rare
    guessing = trainer.smooth_loss
    while trainer.smooth_loss <= 1.5 * guessing:
        assert trainer.iteration < 1000
        trainer.step()
    before = trainer.state()
    with pytest.raises(Diverged) as diverged:
        trainer.step()
    assert diverged.value.iteration == trainer.iteration
    assert diverged.value.reason == "the loss is far worse than guessing"
    assert_same_state(trainer.state(), before)


def test_a_gradient_that_is_not_a_number_is_divergence():
    trainer = Trainer(LONG_TEXT, V, hidden_size=8)
    trainer.step()
    # As if the slope of tanh had overflowed: the loss is fine.
    trainer.window.one = np.full((), math.nan, np.float32)
    before = trainer.state()
    with pytest.raises(Diverged) as diverged:
        trainer.step()
    assert (diverged.value.iteration, diverged.value.reason) == (2, "a gradient is not a number")
    assert_same_state(trainer.state(), before)


def test_divergence_can_be_read_and_sent_to_another_process():
    error = Diverged(152, "the loss is far worse than guessing")
    assert str(error) == "training diverged at iteration 152: the loss is far worse than guessing"
    sent = pickle.loads(pickle.dumps(error))
    assert (sent.iteration, sent.reason, str(sent)) == (152, error.reason, str(error))


def test_a_single_bad_window_is_not_divergence():
    trainer = Trainer(LONG_TEXT, V, hidden_size=8, learning_rate=1e-5)
    trainer.smooth_loss *= 1.49
    trainer.step()
    trainer.weights.by[0] = 30.0  # the loss of one window is many times that of guessing
    record = trainer.step()
    assert record.loss > 5 * 25 * math.log(V)
    trainer.weights.by[0] = 0.0
    assert trainer.step().smooth_loss < 1.5 * 25 * math.log(V)


def test_a_text_of_one_character_does_not_diverge():
    trainer = Trainer(np.zeros(400, np.int32), 1, hidden_size=8)
    assert [trainer.step().loss for _ in range(30)] == [0.0] * 30

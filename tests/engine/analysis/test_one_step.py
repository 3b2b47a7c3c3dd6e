"""One step, slowly, is the step that training takes, and the textbook's."""

import numpy as np
import pytest

from charrnn.engine import textbook
from charrnn.engine.analysis.one_step import Start, loss_with, one_step
from charrnn.engine.parameters import ARRAYS
from charrnn.engine.training import Trainer

IDS = np.random.default_rng(0).integers(0, 6, 400)
SIZES = {"hidden_size": 9, "seq_length": 7, "seed": 3}


@pytest.fixture
def trainer():
    trainer = Trainer(IDS, 6, learning_rate=0.1, dtype=np.float64, **SIZES)
    for _ in range(30):
        trainer.step()
    return trainer


def textbook_gradients(start, hidden):
    weights = textbook.textbook_weights({name: getattr(start.weights, name) for name in ARRAYS})
    inputs, targets = start.ids[:-1, 0], start.ids[1:, 0]
    loss, read = textbook.forward(weights, inputs, targets, hidden.reshape(-1, 1))
    return loss, read, textbook.backward(weights, targets, read)


RECIPES = {
    "textbook": {},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 0.01, "clip_limit": 0.5},
    "quick": {
        "optimizer": "adam",
        "learning_rate": 0.01,
        "clipping": "norm",
        "clip_limit": 0.1,
        "schedule": "cosine",
        "warm_up": 20,
        "decay_iterations": 200,
        "streams": 4,
    },
    "sgd": {"optimizer": "sgd", "clipping": "off", "schedule": "linear", "streams": 3},
    "rules broken": {"hidden_state": "cleared", "gradients_through_time": "off", "streams": 2},
}


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("before", [0, 30])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_the_step_that_training_takes_bit_for_bit(recipe, before, dtype):
    trainer = Trainer(IDS, 6, dtype=dtype, **SIZES, **{"learning_rate": 0.1} | RECIPES[recipe])
    for _ in range(before):
        trainer.step()
    start = Start.of_trainer(trainer)
    step = one_step(start)
    record = trainer.step()
    assert start.iteration == record.iteration
    assert step.mean_loss == record.loss
    np.testing.assert_array_equal(step.weights.flat, trainer.weights.flat)
    assert step.accumulators.keys() == trainer.optimizer.accumulators.keys()
    for name, accumulator in trainer.optimizer.accumulators.items():
        np.testing.assert_array_equal(step.accumulators[name].flat, accumulator.flat)
    np.testing.assert_allclose(step.hidden[-1], trainer.window.states[-1, 0], rtol=1e-4, atol=1e-6)
    assert loss_with(start, trainer.weights) != step.mean_loss


def test_a_character_of_probability_0_costs_what_it_costs_in_training():
    trainer = Trainer(IDS, 6, dtype=np.float32, initial_scale=30.0, **SIZES)
    step = one_step(Start.of_trainer(trainer))
    assert step.losses.max() > 100
    assert step.losses.sum() == pytest.approx(step.mean_loss, rel=1e-5)


def test_with_several_streams_the_walk_is_the_first_and_the_gradient_the_mean():
    trainer = Trainer(IDS, 6, streams=4, dtype=np.float64, **SIZES)
    for _ in range(10):
        trainer.step()
    start = Start.of_trainer(trainer)
    step = one_step(start)
    alone = [
        one_step(start._replace(ids=start.ids[:, b : b + 1], hidden=start.hidden[b : b + 1]))
        for b in range(4)
    ]
    assert step.loss == pytest.approx(alone[0].mean_loss)
    assert step.mean_loss == pytest.approx(np.mean([each.loss for each in alone]))
    np.testing.assert_allclose(step.da, alone[0].da)
    np.testing.assert_allclose(
        step.gradients.flat, np.mean([each.gradients.flat for each in alone], axis=0), atol=1e-12
    )


@pytest.mark.parametrize("clear_hidden", [False, True])
def test_everything_on_the_way_equals_the_textbook(trainer, clear_hidden):
    start = Start.of_trainer(trainer)
    step = one_step(start, clear_hidden=clear_hidden)
    before = np.zeros(9) if clear_hidden else start.hidden[0]
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
    start = Start.of_trainer(trainer)
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
            output, following = (above - below) / (2 * small)
            assert step.dh_from_output[t, unit] == pytest.approx(output, abs=1e-7)
            assert step.dh_from_next[t, unit] == pytest.approx(following, abs=1e-7)
            assert step.dh[t, unit] == pytest.approx(output + following, abs=1e-7)


@pytest.mark.parametrize("recipe", RECIPES)
def test_without_clipping_a_large_gradient_is_used_as_it_is(recipe):
    trainer = Trainer(IDS, 6, dtype=np.float64, **SIZES, **RECIPES[recipe])
    trainer.weights.Why[:] *= 1000
    start = Start.of_trainer(trainer)
    clipped, free = one_step(start), one_step(start, clip=False)
    np.testing.assert_array_equal(clipped.gradients.flat, free.gradients.flat)
    np.testing.assert_array_equal(free.clipped.flat, free.gradients.flat)
    largest, norm = np.abs(clipped.clipped.flat).max(), np.linalg.norm(clipped.clipped.flat)
    assert np.abs(free.gradients.flat).max() > 5
    match trainer.clip.__name__:
        case "by_value":
            assert largest == start.clip_limit
        case "by_norm":
            assert norm == pytest.approx(start.clip_limit)
        case _:
            np.testing.assert_array_equal(clipped.weights.flat, free.weights.flat)


def test_a_step_that_diverges_says_so(trainer):
    trainer.weights.Why[0, 0] = np.nan
    with pytest.raises(FloatingPointError, match="the loss is no longer a number"):
        one_step(Start.of_trainer(trainer))


def test_nothing_that_it_starts_with_is_changed(trainer):
    start = Start.of_trainer(trainer)
    kept = [
        start.weights.flat,
        start.accumulators["memory"].flat,
        start.hidden,
        trainer.weights.flat,
    ]
    before = [array.copy() for array in kept]
    one_step(start, clear_hidden=True)
    for was, now in zip(before, kept, strict=True):
        np.testing.assert_array_equal(was, now)

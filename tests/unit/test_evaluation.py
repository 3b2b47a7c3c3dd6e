"""The held-out loss is what a plain loop measures, and measuring changes nothing."""

import math

import numpy as np
import pytest

from charrnn.engine.corpus import fit_windows, in_streams
from charrnn.engine.evaluation import MAX_CHARACTERS, HeldOut, bits_per_character
from charrnn.engine.parameters import Parameters
from charrnn.engine.training import Trainer

V, H = 7, 5
HIDDEN = np.linspace(-0.9, 0.9, H)


def a_network(seed=0):
    weights = Parameters(V, H, np.float64)
    weights.flat[:] = np.random.default_rng(seed).standard_normal(weights.flat.size)
    return weights


def some_ids(n, seed=1):
    return np.random.default_rng(seed).integers(0, V, n)


def plain_loss(weights, ids, predictions, hidden):
    """Nats for each of the first predictions, read on from `hidden` one after the other."""
    h, total = hidden, 0.0
    for i in range(predictions):
        h = np.tanh(weights.Wxh[:, ids[i]] + weights.Whh @ h + weights.bh)
        y = weights.Why @ h + weights.by
        total += math.log(np.exp(y).sum()) - y[ids[i + 1]]
    return total / predictions


@pytest.mark.parametrize(
    ("length", "predictions"), [(2, 1), (3, 2), (20, 19), (33, 32), (65, 64), (100, 96)]
)
def test_held_out_loss_of_one_stream_equals_a_plain_loop(length, predictions):
    """Whole windows of 32 are read; the few characters after the last one are not."""
    weights, ids = a_network(), some_ids(length)
    assert HeldOut(ids, weights).loss(HIDDEN) == pytest.approx(
        plain_loss(weights, ids, predictions, HIDDEN), rel=1e-12
    )


def test_held_out_loss_of_several_streams_is_their_mean():
    weights, ids = a_network(), some_ids(300)  # four streams of 75: two windows each
    streams = [plain_loss(weights, ids[75 * b : 75 * b + 75], 64, HIDDEN) for b in range(4)]
    assert HeldOut(ids, weights).loss(HIDDEN) == pytest.approx(np.mean(streams), rel=1e-12)


def test_of_a_long_text_an_even_choice_is_read():
    weights, ids = a_network(), some_ids(60_000)
    length, per_stream = len(ids) // 32, MAX_CHARACTERS // 32
    streams = [plain_loss(weights, ids[length * b :], per_stream, HIDDEN) for b in range(32)]
    assert HeldOut(ids, weights).loss(HIDDEN) == pytest.approx(np.mean(streams), rel=1e-12)


def test_every_measurement_starts_afresh_and_sees_the_weights_of_the_moment():
    weights, hidden = a_network(), HIDDEN.copy()
    held_out = HeldOut(some_ids(100), weights)
    first = held_out.loss(hidden)
    assert held_out.loss(hidden) == first
    assert (hidden == HIDDEN).all()
    assert held_out.loss(-hidden) != first
    weights.flat[:] = a_network(seed=9).flat
    assert held_out.loss(hidden) != first


def test_a_trainer_measures_its_held_out_end_without_changing_its_state():
    ids = some_ids(500)
    trainer = Trainer(ids, V, hidden_size=H, held_out=0.1, dtype=np.float64, streams=2)
    for _ in range(15):
        trainer.step()
    before = trainer.state()
    measured = trainer.held_out_loss()
    memory = before["hidden"][0]  # it reads on from where the first stream stands
    assert measured == pytest.approx(plain_loss(trainer.weights, ids[450:], 32, memory), rel=1e-12)
    for name, value in trainer.state().items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


def test_guessing_costs_the_logarithm_of_the_vocabulary():
    held_out = HeldOut(some_ids(1000), Parameters(V, H))  # all weights 0
    assert held_out.loss(HIDDEN) == pytest.approx(math.log(V), rel=1e-6)
    assert bits_per_character(held_out.loss(HIDDEN), 1) == pytest.approx(math.log2(V), rel=1e-6)


def test_bits_per_character_of_a_window():
    assert bits_per_character(25 * math.log(83), 25) == pytest.approx(math.log2(83))


@pytest.mark.parametrize("n", [2, 31, 64, 128, 5000, 70_000])
def test_a_held_out_text_of_any_length_is_measured(n):
    seq_length, streams = fit_windows(n, 32, min(32, max(1, n // 64)))
    assert len(in_streams(np.arange(n), streams)) > seq_length
    assert math.isfinite(HeldOut(some_ids(n), a_network()).loss(HIDDEN))

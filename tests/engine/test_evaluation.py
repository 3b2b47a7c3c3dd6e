"""The held-out loss equals that of a plain loop, and measuring it changes nothing."""

import math

import numpy as np
import pytest

from charrnn.engine.corpus import fit_windows, into_streams
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
    """Nats per character over the first predictions, reading on from `hidden`."""
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
    """Only whole windows of 32 are read, not the few characters after the last one."""
    weights, ids = a_network(), some_ids(length)
    assert HeldOut(ids, weights).loss(HIDDEN) == pytest.approx(
        plain_loss(weights, ids, predictions, HIDDEN), rel=1e-12
    )


def test_held_out_loss_of_several_streams_is_their_mean():
    weights, ids = a_network(), some_ids(300)  # four streams of 75: two windows each
    streams = [plain_loss(weights, ids[75 * b : 75 * b + 75], 64, HIDDEN) for b in range(4)]
    assert HeldOut(ids, weights).loss(HIDDEN) == pytest.approx(np.mean(streams), rel=1e-12)


def test_a_long_held_out_text_is_sampled_evenly():
    weights, ids = a_network(), some_ids(60_000)
    length, per_stream = len(ids) // 32, MAX_CHARACTERS // 32
    streams = [plain_loss(weights, ids[length * b :], per_stream, HIDDEN) for b in range(32)]
    assert HeldOut(ids, weights).loss(HIDDEN) == pytest.approx(np.mean(streams), rel=1e-12)


def test_every_measurement_is_independent_and_uses_the_current_weights():
    weights, hidden = a_network(), HIDDEN.copy()
    held_out = HeldOut(some_ids(100), weights)
    first = held_out.loss(hidden)
    assert held_out.loss(hidden) == first
    assert (hidden == HIDDEN).all()
    assert held_out.loss(-hidden) != first
    weights.flat[:] = a_network(seed=9).flat
    assert held_out.loss(hidden) != first


def test_measuring_the_held_out_loss_does_not_change_the_trainer():
    ids = some_ids(500)
    trainer = Trainer(ids, V, hidden_size=H, held_out=0.1, dtype=np.float64, streams=2)
    for _ in range(15):
        trainer.step()
    before = trainer.state()
    measured = trainer.held_out_loss()
    hidden = before["hidden"][0]  # it reads on from the hidden state of the first stream
    assert measured == pytest.approx(plain_loss(trainer.weights, ids[450:], 32, hidden), rel=1e-12)
    for name, value in trainer.state().items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


def test_the_loss_of_guessing_is_the_logarithm_of_the_vocabulary_size():
    held_out = HeldOut(some_ids(1000), Parameters(V, H))  # all weights 0
    assert held_out.loss(HIDDEN) == pytest.approx(math.log(V), rel=1e-6)
    assert bits_per_character(held_out.loss(HIDDEN), 1) == pytest.approx(math.log2(V), rel=1e-6)


def test_a_window_loss_in_nats_becomes_bits_per_character():
    assert bits_per_character(25 * math.log(83), 25) == pytest.approx(math.log2(83))


@pytest.mark.parametrize("n", [2, 31, 64, 128, 5000, 70_000])
def test_a_held_out_text_of_any_length_is_measured(n):
    seq_length, streams = fit_windows(n, 32, min(32, max(1, n // 64)))
    assert len(into_streams(np.arange(n), streams)) > seq_length
    assert math.isfinite(HeldOut(some_ids(n), a_network()).loss(HIDDEN))

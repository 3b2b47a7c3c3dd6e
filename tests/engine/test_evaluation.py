"""The held-out loss is that of one sequential reading, and measuring it changes nothing."""

import math
from itertools import pairwise

import numpy as np
import pytest

from charrnn.engine import evaluation
from charrnn.engine.evaluation import MAX_CHARACTERS, HeldOut, bits_per_character
from charrnn.engine.parameters import Parameters
from charrnn.engine.training import Trainer

V, H = 7, 5


def a_network(seed=0, scale=1.0):
    weights = Parameters(V, H, np.float64)
    weights.flat[:] = scale * np.random.default_rng(seed).standard_normal(weights.flat.size)
    return weights


def some_ids(n, seed=1):
    return np.random.default_rng(seed).integers(0, V, n)


def losses_in_one_go(weights, ids):
    """Nats at each character but the first, by one stream from a hidden state of 0."""
    h, losses = np.zeros(weights.hidden_size), []
    for character, following in pairwise(ids):
        h = np.tanh(weights.Wxh[:, character] + weights.Whh @ h + weights.bh)
        y = weights.Why @ h + weights.by
        losses.append(math.log(np.exp(y).sum()) - y[following])
    return np.array(losses)


@pytest.mark.parametrize("held_out", [1, 2, 50, 63, 64, 65, 100, 255, 256, 400, 511])
@pytest.mark.parametrize("n_train", [1, 2, 50, 500, 2000])
def test_a_short_held_out_part_is_read_in_one_go(n_train, held_out):
    weights, ids = a_network(), some_ids(n_train + held_out)
    expected = losses_in_one_go(weights, ids)[n_train - 1 :].mean()
    assert HeldOut(ids, n_train, weights).loss() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("held_out", [512, 600, 1000, 5000, 20_000])
def test_parallel_streams_agree_with_one_sequential_reading(held_out):
    # With smaller weights, the network forgets how it started.
    weights, ids = a_network(scale=0.5), some_ids(6000 + held_out)
    expected = losses_in_one_go(weights, ids)[5999:].mean()
    measured = HeldOut(ids, 6000, weights)
    assert measured.characters == held_out  # each once
    assert measured.loss() == pytest.approx(expected, rel=1e-6)


def test_a_text_that_is_known_by_heart_costs_as_little_as_in_one_go():
    # Such a network predicts the text only from a hidden state that is in step with it.
    template = "# Title\n\n**bold** _it_ `code` ~~s~~ $a^2$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    text = np.frombuffer(template.encode() * 110, np.uint8)
    characters, ids = np.unique(text, return_inverse=True)
    trainer = Trainer(ids, len(characters), hidden_size=50, held_out=0.1)
    for _ in range(1500):
        trainer.step()
    expected = losses_in_one_go(trainer.weights, ids)[len(ids) - trainer.held_out.characters - 1 :]
    assert sum(trainer.held_out._stretches.steps.values()) < len(ids) / 4
    assert trainer.held_out_loss() == pytest.approx(expected.mean(), abs=0.01 * math.log(2))


def test_every_held_out_character_counts_exactly_once():
    weights = Parameters(V, H)
    weights.by[:] = np.linspace(-2, 2, V)  # the same prediction everywhere
    ids = some_ids(7003)
    for n_train in (6000, 6503, 6900, 6953):
        expected = np.log(np.exp(weights.by).sum()) - weights.by[ids[n_train:]]
        assert HeldOut(ids, n_train, weights).loss() == pytest.approx(expected.mean(), rel=1e-5)


def test_a_long_held_out_part_is_measured_by_stretches_as_hard_as_the_whole():
    # Its end is much easier than its beginning, and a bigram model knows.
    rng = np.random.default_rng(0)
    n_train, n = 20_000, 220_000
    hard = rng.random(n) < np.linspace(1, 0, n) ** 3
    ids = np.where(hard, rng.integers(0, V, n), 0)
    weights = Parameters(V, H)
    counts = np.bincount(ids[:n_train], minlength=V)
    weights.by[:] = np.log(counts / counts.sum())
    measured = HeldOut(ids, n_train, weights)
    assert MAX_CHARACTERS / 2 < measured.characters <= MAX_CHARACTERS
    expected = -weights.by[ids[n_train:]].mean()
    assert measured.loss() == pytest.approx(expected, abs=0.01 * math.log(2))


def test_a_large_vocabulary_is_measured_too():
    vocab_size = 5000
    ids = np.random.default_rng(0).integers(0, vocab_size, 80_000)
    weights = Parameters.initial(vocab_size, 2, seed=0)
    assert HeldOut(ids, 40_000, weights).loss() == pytest.approx(math.log(vocab_size), rel=1e-3)


def test_a_long_text_is_read_on_from_where_training_is():
    # Started from zeros, this network stays in a state that it never leaves again.
    weights, ids = a_network(), some_ids(9000)
    weights.Whh[:] = 4 * np.eye(H)
    weights.Wxh[:] /= 10
    hidden = np.where(np.arange(H) % 2, 1.0, -1.0)
    position, n_train = 1234, 8000
    h, expected = hidden, []
    for character, following in pairwise(ids[position:]):
        h = np.tanh(weights.Wxh[:, character] + weights.Whh @ h + weights.bh)
        y = weights.Why @ h + weights.by
        expected.append(math.log(np.exp(y).sum()) - y[following])
    held_out = HeldOut(ids, n_train, weights)
    mean = np.mean(expected[n_train - 1 - position :])
    assert held_out.loss(position, hidden) == pytest.approx(mean, rel=1e-6)
    assert held_out.loss() != pytest.approx(mean, rel=1e-2)
    # Near the end of the text, training is about to begin with it again.
    assert held_out.loss(n_train - 100, hidden) == held_out.loss()


def test_the_loss_depends_on_the_current_weights_alone():
    weights = a_network()
    held_out = HeldOut(some_ids(1000), 800, weights)
    first = held_out.loss()
    assert held_out.loss() == first
    weights.flat[:] = a_network(seed=9).flat
    assert held_out.loss() != first
    weights.flat[:] = a_network().flat
    assert held_out.loss() == first


def test_measuring_the_held_out_loss_does_not_change_the_trainer():
    ids = some_ids(500)
    trainer = Trainer(ids, V, hidden_size=H, held_out=0.1, dtype=np.float64, streams=2)
    for _ in range(15):
        trainer.step()
    before = trainer.state()
    measured = trainer.held_out_loss()
    expected = losses_in_one_go(trainer.weights, ids)[449:].mean()
    assert measured == pytest.approx(expected, rel=1e-12)
    for name, value in trainer.state().items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
    trainer.window.carried = 0.5
    assert trainer.held_out_loss() == measured  # a short text is read from its beginning


def test_the_loss_of_guessing_is_the_logarithm_of_the_vocabulary_size():
    held_out = HeldOut(some_ids(1000), 500, Parameters(V, H))  # all weights 0
    assert held_out.loss() == pytest.approx(math.log(V), rel=1e-6)
    assert bits_per_character(held_out.loss(), 1) == pytest.approx(math.log2(V), rel=1e-6)


def test_a_window_loss_in_nats_becomes_bits_per_character():
    assert bits_per_character(25 * math.log(83), 25) == pytest.approx(math.log2(83))


# --- How often ----------------------------------------------------------------------------------


def interval(held_out, n_train=5000, *, sample_interval=1000, seq_length=25, streams=1, hidden=100):
    weights = Parameters(60, hidden)
    measured = HeldOut(some_ids(n_train + held_out), n_train, weights)
    return measured.interval(sample_interval, seq_length=seq_length, streams=streams)


def test_a_short_held_out_part_is_measured_at_every_sample():
    assert interval(50) == interval(800) == 1000
    assert interval(50, 450, sample_interval=500) == 500


def test_a_long_held_out_part_is_measured_less_often_but_at_samples():
    long = 50_000
    assert interval(1500) < interval(10_000) < interval(long)
    assert interval(long) % 1000 == 0
    assert interval(long, sample_interval=700) % 700 == 0
    # What training reads between two measurements matters, and how fast it does.
    assert interval(long, seq_length=100) < interval(long)
    assert interval(long, streams=16) < interval(long)
    assert interval(long, streams=16) > interval(long, seq_length=400)


def test_reading_one_stream_costs_more_than_reading_several_at_once():
    # About 2,200 characters one after the other, or 512 of them and 2,000 in parallel.
    assert interval(400, 1800, seq_length=2) > 1.3 * interval(1640, seq_length=2)


def test_a_trainer_knows_its_interval():
    long = Trainer(some_ids(300_000), V, hidden_size=H, held_out=0.2)
    assert long.held_out.characters == pytest.approx(MAX_CHARACTERS, rel=0.01)
    expected = long.held_out.interval(1000, seq_length=25, streams=1)
    assert long.evaluation_interval(1000) == expected > 1000
    assert Trainer(some_ids(500), V, hidden_size=H, held_out=0.2).evaluation_interval(700) == 700
    assert Trainer(some_ids(2000), V, hidden_size=H).evaluation_interval(700) == 700


def test_a_shift_makes_stretches_representative(monkeypatch):
    monkeypatch.setattr(evaluation, "MAX_CHARACTERS", 1024)
    rng = np.random.default_rng(3)
    ids = np.where(rng.random(40_000) < np.sin(np.arange(40_000) / 900) ** 2, 0, some_ids(40_000))
    weights = Parameters(V, H)
    counts = np.bincount(ids[:20_000], minlength=V)
    weights.by[:] = np.log(counts / counts.sum())
    expected = -weights.by[ids[20_000:]].mean()
    assert HeldOut(ids, 20_000, weights).loss() == pytest.approx(expected, abs=0.02)

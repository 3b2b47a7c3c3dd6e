"""A rise of the held-out loss is seen when there is one, and not in the noise of evaluations."""

from pathlib import Path

import numpy as np
import pytest

from charrnn.engine.analysis.overfitting import lowest_before_rise, training_loss_rose
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary

DINOSAURS = Path(__file__).parents[3] / "data" / "dinosaurs.txt"
STEPS = np.arange(100)
FALL = 1.8 + 1.5 * np.exp(-STEPS / 6)
NOISE = 0.03  # as measured on data/dinosaurs.txt


def evaluations(losses):
    return [(1000 * n, float(loss)) for n, loss in enumerate(losses)]


def noisy(curve, seed):
    return evaluations(curve + NOISE * np.random.default_rng(seed).normal(size=len(curve)))


def first_said(curve):
    """How many evaluations there were when a rise was first seen; None if it never was."""
    lengths = (n for n in range(1, len(curve) + 1) if lowest_before_rise(curve[:n]) is not None)
    return next(lengths, None)


@pytest.mark.parametrize("curve", [FALL, 3.0 - 0.01 * STEPS], ids=["plateau", "still falling"])
def test_noise_is_no_rise(curve):
    assert [seed for seed in range(30) if first_said(noisy(curve, seed))] == []


def test_pure_noise_is_hardly_ever_a_rise():
    curves = [noisy(np.full(100, 2.0), seed) for seed in range(30)]
    said = [lowest_before_rise(curve[:n]) is not None for curve in curves for n in range(20, 101)]
    assert sum(said) < 0.02 * len(said)


@pytest.mark.parametrize("seed", range(10))
def test_a_rise_is_seen_and_stays_seen(seed):
    curve = noisy(FALL + 0.006 * np.maximum(0, STEPS - 30), seed)
    said = first_said(curve)
    assert 35 < said < 70
    lowest = lowest_before_rise(curve)
    assert lowest == min(curve, key=lambda row: row[1])[0]
    assert lowest <= 45_000
    assert all(lowest_before_rise(curve[:n]) is not None for n in range(said + 10, 101))


def test_a_rise_without_noise_is_seen_at_once():
    curve = evaluations(np.concatenate([FALL[:30], FALL[29] + 0.02 * np.arange(1, 21)]))
    assert lowest_before_rise(curve[:30]) is None
    assert lowest_before_rise(curve) == 29_000


def test_a_single_outlier_is_no_rise():
    losses = FALL.copy()
    losses[-1] = 5.0
    assert lowest_before_rise(evaluations(losses)) is None


def test_few_evaluations_tell_nothing():
    assert lowest_before_rise([]) is None
    assert lowest_before_rise(evaluations([5.0, 2.0, 2.0, *[3.0] * 4])) is None
    assert lowest_before_rise(evaluations([5.0, 2.0, 2.0, *[3.0] * 5])) == 1000


@pytest.mark.parametrize(("n", "least"), [(10, 0.8), (12, 0.95)])
def test_a_clear_rise_is_seen_in_a_few_evaluations(n, least):
    at = np.linspace(0, 100, n, endpoint=False)
    curve = 1.8 + 1.5 * np.exp(-at / 6) + 0.012 * np.maximum(0, at - 20)
    said = [lowest_before_rise(noisy(curve, seed)) is not None for seed in range(100)]
    assert sum(said) >= least * len(said)


def test_a_few_noisy_evaluations_are_hardly_ever_a_rise():
    noise = [noisy(np.full(n, 2.0), 100 * n + i) for n in range(8, 20) for i in range(100)]
    said = [lowest_before_rise(curve) is not None for curve in noise]
    assert sum(said) < 0.02 * len(said)


def test_equal_evaluations_are_no_rise():
    assert lowest_before_rise(evaluations([2.0] * 50)) is None


def test_a_network_that_memorizes_the_dinosaurs_is_found_out():
    text = DINOSAURS.read_text(encoding="utf-8")
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(
        vocabulary.encode(text), len(vocabulary), hidden_size=64, learning_rate=0.05, held_out=0.3
    )
    curve = [(0, trainer.held_out_loss())]
    while (lowest := lowest_before_rise(curve)) is None:
        assert trainer.iteration < 20_000
        for _ in range(250):
            trainer.step()
        curve.append((trainer.iteration, trainer.held_out_loss()))
    assert lowest == min(curve, key=lambda row: row[1])[0]
    assert trainer.iteration < 2.5 * lowest


def test_a_training_loss_that_rises_is_told_from_one_that_falls():
    falling = [(n, 3.0 - n / 1000) for n in range(0, 1001, 100)]
    risen = [*falling, (1500, 2.5)]
    assert not training_loss_rose(falling, 400)
    assert training_loss_rose(risen, 1000)
    assert not training_loss_rose(risen, 450)  # between two points, and within the noise
    assert not training_loss_rose([(0, 3.0)], 0)

"""Estimates of how long runs will take, from a measurement and the number of cores."""

import tracemalloc
from itertools import chain, repeat

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.workers import estimate
from charrnn.runs.workers.estimate import seconds_per_iteration, total_seconds


@pytest.mark.parametrize(
    ("durations", "cores", "seconds"),
    [
        ([], 4, 0),
        ([10], 4, 10),
        ([10, 10, 10, 10], 2, 20),
        ([10, 10], 8, 10),
        ([30, 2, 2, 2], 2, 30),  # the longest decides
    ],
)
def test_runs_share_the_cores(durations, cores, seconds):
    assert total_seconds(durations, cores=cores) == seconds


def test_a_larger_network_takes_longer():
    small, large = (
        seconds_per_iteration(RunConfig(hidden_size=n, seq_length=25), 40) for n in (8, 512)
    )
    assert 0 < small < large < 1


def test_steps_that_others_have_slowed_down_do_not_count(monkeypatch):
    times = chain([3.0, 0.5, 2.0], repeat(4.0))
    monkeypatch.setattr(estimate, "_timed", lambda trainer: next(times))
    assert seconds_per_iteration(RunConfig(hidden_size=8), 40) == 0.5


@pytest.mark.parametrize(
    ("vocab_size", "settings"),
    [
        (1, {"hidden_size": 2, "seq_length": 500, "streams": 16, "held_out": 0.5}),
        (2, {"hidden_size": 512, "seq_length": 1}),
        (60, {"hidden_size": 8, "dtype": "float64", "learning_rate": 10.0}),  # it would diverge
        (60, {"hidden_size": 8, "initial_scale": 10.0}),
    ],
)
def test_any_settings_can_be_measured(vocab_size, settings):
    assert seconds_per_iteration(RunConfig(**settings), vocab_size) > 0


@pytest.mark.parametrize(
    ("vocab_size", "settings"),
    [
        (20_000, {"hidden_size": 8, "seq_length": 75, "streams": 64}),
        (4000, {"hidden_size": 1000, "seq_length": 25}),
        (60, {"hidden_size": 1024, "seq_length": 500, "streams": 256}),
    ],
)
def test_an_estimate_for_the_largest_network_takes_little_memory(vocab_size, settings):
    tracemalloc.start()
    assert seconds_per_iteration(RunConfig(**settings), vocab_size) > 0.01
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80 * 2**20

"""How long runs will take, estimated before they start from a short measurement."""

import math
import time
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from charrnn.engine.initial_weights import TEXTBOOK_SCALE
from charrnn.engine.parameters import Parameters
from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig
from charrnn.runs.workers.cores import available_cores

MEASURING_SECONDS = 0.08
MIN_MEASURED_STEPS = 3
# See _work(). Pages wait for a measurement, so no step of it may take more than some hundredths of
# a second.
MAX_MEASURED_WORK = 150_000_000
MIN_MEASURED_SEQ_LENGTH = 5
UPDATE_WORK, CHARACTER_WORK = 30, 20_000


def seconds_per_iteration(config: RunConfig, vocab_size: int) -> float:
    """How long one training step of a network of this size takes, in seconds.

    Measures the network on random text, or a smaller one if it is large, and scales the time by
    the work: whatever is asked, the measurement takes a few megabytes and about MEASURING_SECONDS.
    Assumes that nothing else uses the core.
    """
    measured, measured_vocab_size = _small_enough(config, vocab_size)
    seconds = _measured(measured, measured_vocab_size)
    return seconds * _work(config, vocab_size) / _work(measured, measured_vocab_size)


def _small_enough(config: RunConfig, vocab_size: int) -> tuple[RunConfig, int]:
    """The settings, with what is largest of the work halved until it can be measured."""
    while _work(config, vocab_size) > MAX_MEASURED_WORK:
        if config.seq_length > MIN_MEASURED_SEQ_LENGTH:
            config = replace(config, seq_length=config.seq_length // 2)
        elif config.streams > 1:
            config = replace(config, streams=config.streams // 2)
        elif vocab_size > config.hidden_size:
            vocab_size //= 2
        else:
            config = replace(config, hidden_size=config.hidden_size // 2)
    return config, vocab_size


def _work(config: RunConfig, vocab_size: int) -> float:
    """The work of one step, as multiplications.

    Forward and backward multiply three times with each weight; an update passes over all of them;
    and each character costs the dispatch of some small operations.
    """
    T, B, H, V = config.seq_length, config.streams, config.hidden_size, vocab_size
    products = 3 * T * B * H * (H + 2 * V)
    return products + UPDATE_WORK * Parameters.size(V, H) + CHARACTER_WORK * T


def _measured(config: RunConfig, vocab_size: int) -> float:
    """Measure one step, in seconds: the fastest of several, since others may use the core, too."""
    n = 4 * config.streams * (config.seq_length + 1)
    ids = np.random.default_rng(0).integers(0, vocab_size, n)
    # Without learning, small weights stay small, so that no settings make it diverge.
    fixed = {"learning_rate": 0.0, "initial_scale": TEXTBOOK_SCALE, "held_out": 0.0}
    trainer = Trainer(ids, vocab_size, **(config.trainer_settings() | fixed))
    trainer.step()  # the first step is slower: it touches all the memory for the first time
    started, fastest = time.perf_counter(), math.inf
    for _ in range(MIN_MEASURED_STEPS):
        fastest = min(fastest, _timed(trainer))
    while time.perf_counter() - started < MEASURING_SECONDS:
        fastest = min(fastest, _timed(trainer))
    return fastest


def _timed(trainer: Trainer) -> float:
    started = time.perf_counter()
    trainer.step()
    return time.perf_counter() - started


def total_seconds(durations: Iterable[float], *, cores: float | None = None) -> float:
    """How long runs of these durations (in seconds) take when they train side by side.

    cores: by default, all that this process may use.
    """
    durations = list(durations)
    cores = cores or available_cores()
    return max([sum(durations) / cores, *durations], default=0.0)

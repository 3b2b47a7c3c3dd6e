"""How long runs will take, estimated before they start from a short measurement."""

import time
from collections.abc import Iterable

import numpy as np

from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig
from charrnn.runs.workers.cores import available_cores

MEASURING_SECONDS = 0.08


def seconds_per_iteration(config: RunConfig, vocab_size: int) -> float:
    """Measure one training step of a network of this size, on random text, in seconds.

    Assumes that nothing else uses the core. Takes MEASURING_SECONDS, or two steps if those are
    longer.
    """
    n = 4 * config.streams * (config.seq_length + 1)
    ids = np.random.default_rng(0).integers(0, vocab_size, n)
    trainer = Trainer(ids, vocab_size, **(config.trainer_settings() | {"held_out": 0.0}))
    trainer.step()  # the first step is slower: it touches all the memory for the first time
    started, steps = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < MEASURING_SECONDS or steps < 2:
        trainer.step()
        steps += 1
    return elapsed / steps


def total_seconds(durations: Iterable[float], *, cores: float | None = None) -> float:
    """How long runs of these durations (in seconds) take when they train side by side.

    cores: by default, all that this process may use.
    """
    durations = list(durations)
    cores = cores or available_cores()
    return max([sum(durations) / cores, *durations], default=0.0)

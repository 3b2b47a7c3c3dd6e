"""How long runs will take, before they start: measured on this machine, in a moment."""

import os
import time
from collections.abc import Iterable

import numpy as np

from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig

MEASURING_SECONDS = 0.08


def seconds_per_iteration(config: RunConfig, vocab_size: int) -> float:
    """How long one step of a network of this size takes when nothing else runs."""
    n = 4 * config.streams * (config.seq_length + 1)
    ids = np.random.default_rng(0).integers(0, vocab_size, n)
    trainer = Trainer(ids, vocab_size, **(config.trainer_settings() | {"held_out": 0.0}))
    trainer.step()  # the first one touches all the memory
    started, steps = time.perf_counter(), 0
    while (spent := time.perf_counter() - started) < MEASURING_SECONDS or steps < 2:
        trainer.step()
        steps += 1
    return spent / steps


def total_seconds(each: Iterable[float], *, cores: int | None = None) -> float:
    """How long runs of these durations take side by side on so many cores (all there are)."""
    each = list(each)
    cores = cores or os.cpu_count() or 1
    return max([sum(each) / cores, *each], default=0.0)

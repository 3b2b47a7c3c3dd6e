"""One trial: a network is trained for a given CPU time, and scored on held-out text on the way.

The CPU time becomes a number of iterations before training begins, from the measured speed of the
first steps. So equal numbers of iterations give equal results; but the speed, and with it the
number, differs a little from one trial to the next, and more so on a busy machine.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np

from charrnn.engine.arrays import IntArray
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.training import Diverged, Trainer
from charrnn.runs.config import RunConfig

TRIAL_SECONDS = 2.0  # of CPU time, in training alone
MEASURING_SECONDS = 0.15  # of CPU time, to know the speed
MARKS = 8  # measurements on held-out text, evenly spaced
WARM_UP_SHARE = 0.1  # of the iterations, at most


class Mark(NamedTuple):
    """One measurement. seconds: of CPU time spent training. bits: per held-out character."""

    iteration: int
    seconds: float
    bits: float


TrialState = Literal["waiting", "training", "done", "diverged", "failed"]


@dataclass
class Trial:
    """One candidate and its measurements so far."""

    config: RunConfig
    state: TrialState = "waiting"
    marks: list[Mark] = field(default_factory=list)


def run_trial(
    ids: IntArray, vocab_size: int, config: RunConfig, *, seconds: float = TRIAL_SECONDS
) -> Iterator[Mark]:
    """Train and yield MARKS measurements. ids: the text, (n,). Raises Diverged, ValueError."""
    with np.errstate(all="ignore"):  # the trainer checks, and raises Diverged
        iterations = iterations_within(ids, vocab_size, config, seconds)
        yield from train_for(ids, vocab_size, config, iterations)


def train_for(ids: IntArray, vocab_size: int, config: RunConfig, iterations: int) -> Iterator[Mark]:
    """Train for the given iterations and yield MARKS measurements, or one per iteration if fewer.

    A learning rate that decays does so within these iterations, as it would within those of a
    whole run. Raises Diverged; ValueError if nothing is held out.
    """
    trainer = Trainer(ids, vocab_size, **_shortened(config, iterations).trainer_settings())
    if trainer.held_out is None:
        raise ValueError("nothing is held out")
    spent = 0.0
    for until in np.unique(np.linspace(0, iterations, MARKS + 1).round().astype(int))[1:]:
        started = time.process_time()
        while trainer.iteration < until:
            trainer.step()
        spent += time.process_time() - started
        loss = trainer.held_out_loss()
        assert loss is not None
        yield Mark(trainer.iteration, spent, bits_per_character(loss, 1))


def iterations_within(ids: IntArray, vocab_size: int, config: RunConfig, seconds: float) -> int:
    """How many iterations fit into `seconds` of CPU time, at least 1, judging by the first few."""
    trainer = Trainer(ids, vocab_size, **config.trainer_settings())
    try:
        trainer.step()  # the first step is slower: it touches all the memory for the first time
        started, steps, elapsed = time.process_time(), 0, 0.0
        while elapsed < MEASURING_SECONDS:
            trainer.step()
            steps, elapsed = steps + 1, time.process_time() - started
    except Diverged as error:
        return error.iteration + 1  # the trial will find out, too
    return max(1, round(seconds * steps / elapsed))


def _shortened(config: RunConfig, iterations: int) -> RunConfig:
    """These settings with warm-up and decay shortened to fit the given iterations."""
    return replace(
        config,
        warm_up=min(config.warm_up, round(WARM_UP_SHARE * iterations)),
        decay_iterations=iterations,
    )

"""A worker in this process or in one of its own, and the rows that it has to leave in the store."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.challenges import BUDGETS
from charrnn.runs.config import RunConfig
from charrnn.runs.recording import should_record
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.records import History, Run
from charrnn.runs.store.store import Store
from charrnn.runs.workers import worker
from charrnn.runs.workers.blas import ONE_THREAD
from charrnn.runs.workers.worker import Worker

ROOT = Path(__file__).parents[2]
SMALL = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)
ENDLESS = replace(SMALL, iterations=100_000_000, sample_interval=1000)
NAME = "here"


class StopWhenIdle:
    """A stop signal that is set as soon as the run should not be training.

    on_poll: called each time the worker checks it, to do what a page might do at that time.
    """

    def __init__(self, store: Store, run: Run, on_poll: Callable[[], object] = lambda: None):
        self._store, self._run, self._on_poll = store, run, on_poll

    def is_set(self) -> bool:
        self._on_poll()
        return not self._store.runs.get(self._run.id).active

    def wait(self, seconds: float) -> None:
        pass


def work(store: Store, run: Run, **options) -> Run:
    """Train a run in this process until it is idle; returns its row as of then.

    options: for StopWhenIdle.
    """
    assert store.leases.claim(run.id, NAME)
    Worker(store, store.runs.get(run.id), NAME).work(StopWhenIdle(store, run, **options))
    store.leases.release(run.id, NAME)
    return store.runs.get(run.id)


def publish_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers in this process publish, and read requests, every hundredth of a second."""
    monkeypatch.setattr(worker, "PUBLISH_SECONDS", 0.01)
    monkeypatch.setattr(worker, "MAX_PUBLISH_DELAY", 1)


@contextmanager
def worker_process(run: Run) -> Iterator[subprocess.Popen]:
    """A worker process whose server is this test; it is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "charrnn.runs.workers.process", run.id],
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        stdin=subprocess.PIPE,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def history(store: Store, run: Run) -> History:
    """The history of a run with all its rows, not thinned."""
    return store.history.observe(run.id, points=10**9)[1]


def rows_without_times(store: Store, run: Run) -> tuple[list, list, list, list]:
    """All rows of a run that must not depend on when or how fast it was trained.

    Returns (metrics, evaluations, rate changes, samples).
    """
    h = history(store, run)
    samples = [(n, store.history.sample(run.id, n)) for n in h.sample_iterations]
    return [row[:3] for row in h.metrics], h.evaluations, h.rate_changes, samples


def expected_rows(
    text: str, config: RunConfig, *, rates: list[tuple[int, float]] | tuple = ()
) -> tuple[list, list, list, list]:
    """What rows_without_times() has to return, from a Trainer alone.

    rates: (iteration, learning rate) of each change.
    """
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())
    metrics = [(0, trainer.smooth_loss, trainer.smooth_loss)]
    evaluations, samples = [], []

    budgets = {budget // config.characters_per_iteration for budget in BUDGETS}
    measured = {0, config.iterations, *budgets}

    def evaluate():
        n = trainer.iteration
        if n in measured or n % trainer.evaluation_interval(config.sample_interval) == 0:
            evaluations.append((n, trainer.held_out_loss()))
        if n % config.sample_interval == 0:
            sample = vocabulary.decode(trainer.sample(config.sample_length))
            samples.append((n, sample))

    evaluate()
    while trainer.iteration < config.iterations:
        trainer.learning_rate = dict(rates).get(trainer.iteration, trainer.learning_rate)
        record = trainer.step()
        if should_record(record.iteration):
            metrics.append(tuple(record))
        evaluate()
    return metrics, evaluations, list(rates), samples


def checkpoint(store: Store, run: Run) -> dict | None:
    """The training state in the checkpoint of a run, or None if it has none."""
    saved = store.snapshots.checkpoint(run.id)
    return state_from_bytes(saved[1]) if saved else None

"""A worker in this process or in one of its own, and what it has to leave behind."""

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs import worker
from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.grid import recorded
from charrnn.runs.worker import Worker

ROOT = Path(__file__).parents[1]
SMALL = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)
ENDLESS = replace(SMALL, iterations=100_000_000, sample_interval=1000)
NAME = "here"


class UntilResting:
    """The stop signal of a worker whose server goes when there is nothing left to do.

    at_turn: called at every turn of the worker's loop, to do what a page might do just then.
    """

    def __init__(self, store, run, at_turn=lambda: None):
        self._store, self._run, self._at_turn = store, run, at_turn

    def is_set(self) -> bool:
        self._at_turn()
        return not self._store.run(self._run.id).active

    def wait(self, seconds) -> None:
        pass


def work(store, run, **options):
    """Train `run` in this process until it rests; returns it as it is then."""
    assert store.claim(run.id, NAME)
    Worker(store, store.run(run.id), NAME).work(UntilResting(store, run, **options))
    store.release(run.id, NAME)
    return store.run(run.id)


def take_short_turns(monkeypatch):
    """A worker that writes, and reads its wishes, every hundredth of a second."""
    monkeypatch.setattr(worker, "PUBLISH_SECONDS", 0.01)
    monkeypatch.setattr(worker, "MAX_PUBLISH_DELAY", 1)


@contextmanager
def worker_process(run):
    """A worker process whose server is this test."""
    with subprocess.Popen(
        [sys.executable, "-m", "charrnn.runs.process", run.id],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def history(store, run):
    """All rows, not thinned."""
    return store.observe(run.id, points=10**9)[1]


def timeless(store, run):
    """All that a run left behind and that must not depend on when it was done."""
    h = history(store, run)
    samples = [(n, store.sample(run.id, n)) for n in h.sample_iterations]
    return [row[:3] for row in h.metrics], h.evaluations, h.rate_changes, samples


def plain_loop(text, config, *, rates=()):
    """What timeless() has to be, from a Trainer alone. rates: (iteration, learning rate)."""
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())
    metrics = [(0, trainer.smooth_loss, trainer.smooth_loss)]
    evaluations, samples = [], []

    def look():
        evaluations.append((trainer.iteration, trainer.held_out_loss()))
        written = vocabulary.decode(trainer.sample(config.sample_length))
        samples.append((trainer.iteration, written))

    look()
    while trainer.iteration < config.iterations:
        trainer.learning_rate = dict(rates).get(trainer.iteration, trainer.learning_rate)
        record = trainer.step()
        if recorded(record.iteration):
            metrics.append(tuple(record))
        if trainer.iteration % config.sample_interval == 0:
            look()
    return metrics, evaluations, list(rates), samples


def checkpoint(store, run):
    saved = store.checkpoint(run.id)
    return state_from_bytes(saved[1]) if saved else None

"""What several tests share: a store of their own, a text, and waiting for a condition."""

import time

import pytest

from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from charrnn.runs.worker import Worker

WORKSPACE = "w" * 32
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 60


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "store"))
    return Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")


@pytest.fixture
def corpus(store):
    return store.add_corpus("cats", TEXT)


@pytest.fixture
def shelf(store):
    """A visitor's workspace."""
    return Shelf(store, WORKSPACE)


@pytest.fixture
def work(store):
    """work(run): do what its worker would, until there is nothing left to do."""

    class UntilResting:
        def __init__(self, run_id):
            self._run_id = run_id

        def is_set(self):
            return not store.run(self._run_id).active

        def wait(self, seconds):
            pass

    def work(run):
        assert store.claim(run.id, "worker")
        Worker(store, store.run(run.id), "worker").work(UntilResting(run.id))
        store.release(run.id, "worker")
        return store.run(run.id)

    return work


@pytest.fixture
def eventually():
    """eventually(condition): its first true value; fails when the deadline has passed."""

    def wait(condition, *, seconds: float = 30.0):
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.02)
        return value

    return wait

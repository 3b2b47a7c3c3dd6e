"""What several tests share: a store of their own, a text, and waiting for a condition."""

import time

import pytest

from charrnn.runs.store import Store

TEXT = "the cat sat on the mat and the dog sat on the log\n" * 60


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "store"))
    return Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")


@pytest.fixture
def corpus(store):
    return store.add_corpus("cats", TEXT)


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

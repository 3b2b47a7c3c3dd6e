"""Fixtures for the tests of the store: a new run, and one whose lease a worker holds."""

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.store import Store


@pytest.fixture
def run(store: Store, corpus: Corpus) -> Run:
    return store.runs.create(corpus, RunConfig())


@pytest.fixture
def leased_run(store: Store, run: Run) -> Run:
    """A run whose lease the worker "one" holds."""
    assert store.leases.claim(run.id, "one")
    return store.runs.get(run.id)

"""Fixtures for the tests of worker processes: process.main in this process, and supervisors."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen

import numpy as np
import pytest

from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.store import Store
from charrnn.runs.workers import process
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.supervisors import FAILS_AT_ONCE, AdjustableClock
from tests.support.workers import ENDLESS


@pytest.fixture
def main(monkeypatch) -> Iterator[Callable[..., int]]:
    """process.main, without lasting effects on this process and its standard input."""
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(process, "lower_priority", lambda _: None)
    monkeypatch.setattr(process, "_stop_when_input_closes", lambda _: threading.Event())
    with np.errstate():
        yield process.main
    signal.signal(signal.SIGINT, before)
    logging.getLogger("charrnn.events").handlers.clear()


@pytest.fixture
def run(store: Store, corpus: Corpus) -> Run:
    return store.runs.create(corpus, ENDLESS)


@pytest.fixture
def started(monkeypatch) -> Iterator[list[tuple[str, Popen]]]:
    """The worker processes that supervisors have started, in order: (run id, process)."""
    processes = []
    start = LocalLauncher.start

    def start_and_note(launcher, run):
        worker = start(launcher, run)
        processes.append((run.id, worker.process))
        return worker

    monkeypatch.setattr(LocalLauncher, "start", start_and_note)
    yield processes
    for _, child in processes:
        child.kill()
        child.wait()


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def supervisor(
    store: Store, started, clock: AdjustableClock, tmp_path: Path, monkeypatch
) -> Supervisor:
    # Workers must use the supervisor's store, whatever the working directory and the environment.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "elsewhere"))
    return Supervisor(store, clock=clock)


@pytest.fixture
def failing_supervisor(store: Store, started) -> Supervisor:
    """A supervisor whose worker processes exit with an error before they do anything."""
    return Supervisor(store, launcher=LocalLauncher(store.database.url, python=FAILS_AT_ONCE))

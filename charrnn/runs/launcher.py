"""Starts workers, and sees to it that what is wanted running has one."""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import charrnn
from charrnn.runs.database import URL_VARIABLE
from charrnn.runs.records import Run
from charrnn.runs.store import Store
from charrnn.runs.worker import worker_name

STARTS_WITHOUT_PROGRESS = 3

# One BLAS thread: the matrices are small, and two runs share two cores fairly.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass
class _Start:
    process: subprocess.Popen
    iteration: int
    attempt: int


class Launcher:
    """The worker processes of one server. They end when it ends: their standard input closes."""

    def __init__(self, store: Store, *, python: str = sys.executable):
        self.store, self._python = store, python
        self._starts: dict[str, _Start] = {}
        self._lock = threading.Lock()

    def take_up(self) -> None:
        """Start what is wanted running and has no worker: after a restart of the server, say."""
        for run in self.store.wanted():
            self.ensure(run)

    def ensure(self, run: Run) -> None:
        """A worker for `run`, if it is wanted running and nobody holds it."""
        with self._lock:
            start = self._starts.get(run.id)
            if start:
                if start.process.poll() is None:
                    return  # it trains, or is still getting ready
                # Our own child is gone: its lease need not run out first.
                self.store.release(run.id, worker_name(start.process.pid))
                run = self.store.run(run.id)
            if not run.active or run.owned:
                return
            broke = start and start.process.returncode and start.iteration == run.iteration
            attempt = start.attempt + 1 if broke else 1
            if attempt > STARTS_WITHOUT_PROGRESS:
                self.store.fail(
                    run.id,
                    "The process that trains this run stopped three times without getting on. "
                    "A smaller network or a smaller text may fit this machine.",
                )
                del self._starts[run.id]
                return
            self._starts[run.id] = _Start(self._spawn(run), run.iteration, attempt)

    def alive(self) -> set[str]:
        """The runs whose worker, started here, lives."""
        with self._lock:
            return {run for run, s in self._starts.items() if s.process.poll() is None}

    def close(self) -> None:
        """End all workers, each after a last checkpoint."""
        with self._lock:
            for start in self._starts.values():
                start.process.stdin.close()
            for start in self._starts.values():
                start.process.wait()
            self._starts.clear()

    def _spawn(self, run: Run) -> subprocess.Popen:
        # A process of its own, not a thread (they would wait for each other) and not
        # multiprocessing (it would run the page again).
        return subprocess.Popen(
            [self._python, "-m", "charrnn.runs.worker", run.id],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=Path(charrnn.__file__).parent.parent,
            # In the environment, because a database URL may hold a password.
            env=os.environ | ONE_THREAD | {URL_VARIABLE: self.store.url},
        )

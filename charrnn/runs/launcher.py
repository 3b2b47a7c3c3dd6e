"""Starts workers, and sees to it that what is wanted running has one."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import charrnn
from charrnn.runs.blas import ONE_THREAD
from charrnn.runs.database import URL_VARIABLE
from charrnn.runs.records import Run, StoreError
from charrnn.runs.store import Store
from charrnn.runs.worker import worker_name

STARTS_WITHOUT_PROGRESS = 3
CLOSE_SECONDS = 10.0  # for the last checkpoints


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
        """A worker for `run`, if it is wanted running and nobody holds it. Raises StoreError."""
        with self._lock:
            start = self._starts.get(run.id)
            if start:
                if start.process.poll() is None:
                    return  # it trains, or is still getting ready
                self._see_off(run.id, start)
                run = self.store.run(run.id)
            if not run.active or run.owned:
                return
            start = self._starts.get(run.id)
            # How the process ended does not matter: one that cannot get the lease, say, ends well.
            in_vain = start.attempt if start and start.iteration == run.iteration else 0
            if in_vain == STARTS_WITHOUT_PROGRESS:
                self.store.fail(
                    run.id,
                    "The process that trains this run stopped three times without getting on. "
                    "A smaller network or a smaller text may fit this machine.",
                )
                del self._starts[run.id]
                return
            start = _Start(self._spawn(run), run.iteration, in_vain + 1)
            self._starts[run.id] = start
            threading.Thread(target=self._wait_for, args=(run.id, start), daemon=True).start()

    def close(self) -> None:
        """End all workers, each after a last checkpoint."""
        with self._lock:
            for start in self._starts.values():
                start.process.stdin.close()
            deadline = time.monotonic() + CLOSE_SECONDS
            for start in self._starts.values():
                # One that is not done in time ends by itself: its input is closed.
                with suppress(subprocess.TimeoutExpired):
                    start.process.wait(max(0.0, deadline - time.monotonic()))
            self._starts.clear()

    def _wait_for(self, run_id: str, start: _Start) -> None:
        """See a process off as soon as it has ended, whether or not a page asks for its run."""
        start.process.wait()
        with self._lock, suppress(StoreError):  # the next page that asks will hear of it
            if self._starts.get(run_id) is start:
                self._see_off(run_id, start)

    def _see_off(self, run_id: str, start: _Start) -> None:
        """Tidy up after a process that has ended. Its try counts if the run is still wanted.

        If it is not, it was paused, or has failed and said why: whoever wants it again wants
        as many tries as ever.
        """
        start.process.stdin.close()
        # It was our own child: its lease need not run out first.
        self.store.release(run_id, worker_name(start.process.pid))
        try:
            wanted = self.store.run(run_id).active
        except KeyError:
            wanted = False
        if not wanted:
            del self._starts[run_id]

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

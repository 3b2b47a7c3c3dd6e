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
from charrnn.runs import line
from charrnn.runs.blas import ONE_THREAD
from charrnn.runs.database import URL_VARIABLE
from charrnn.runs.events import event
from charrnn.runs.limits import Limits
from charrnn.runs.records import Run, StoreError
from charrnn.runs.store import Store
from charrnn.runs.worker import LOADING_NICENESS, step_aside, worker_name

STARTS_WITHOUT_PROGRESS = 3
CLOSE_SECONDS = 10.0  # for the last checkpoints
ROUND_SECONDS = 1.0
# A worker that has not written for so long hangs: one step takes a second or two at the most
# (see limits.py), and it writes several times a second where steps are short.
HANG_SECONDS = 15.0


@dataclass
class _Start:
    process: subprocess.Popen
    iteration: int
    attempt: int

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


class Launcher:
    """The worker processes of one server. They end when it ends: their standard input closes."""

    def __init__(
        self,
        store: Store,
        *,
        python: str = sys.executable,
        limits: Limits | None = None,
        hang_seconds: float = HANG_SECONDS,
    ):
        self.store, self._python, self._hang_seconds = store, python, hang_seconds
        self.limits = limits or Limits.here()
        self._starts: dict[str, _Start] = {}
        self._places: dict[str, int] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def watch(self) -> None:
        """Look after the runs from now on, every second, until close()."""
        threading.Thread(target=self._watch, name="launcher", daemon=True).start()

    def _watch(self) -> None:
        while not self._closing.wait(ROUND_SECONDS):
            try:
                self.take_up()
            except StoreError as error:  # the pages say it too; the next round tries again
                event("store_failed", reason=str(error))

    def take_up(self) -> None:
        """One round: what is wanted running and has no worker gets one, as far as there is room.

        A worker that hangs is replaced. Without room on the disk, and where nobody has looked for
        long, runs pause and say why. Raises StoreError.
        """
        wanted = line.pause_unwanted(self.store, self.limits, self.store.wanted())
        for run in wanted:
            self._replace_if_it_hangs(run)
        with self._lock:
            training = {run_id for run_id, start in self._starts.items() if start.alive}
        training |= {run.id for run in wanted if run.owned}
        go, self._places = line.line_up(wanted, training, self.limits)
        for run in go:
            self.ensure(run)

    def place(self, run_id: str) -> int | None:
        """How many runs, this one counted, are before its turn; None if it need not wait."""
        return self._places.get(run_id)

    def ensure(self, run: Run) -> None:
        """A worker for `run`, if it is wanted running and nobody holds it. Raises StoreError."""
        with self._lock:
            start = self._starts.get(run.id)
            if start:
                if start.alive:
                    return  # it trains, or is still getting ready
                self._see_off(run.id, start)
                run = self.store.run(run.id)
            if not run.active or run.owned or self._closing.is_set():
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
                event("given_up", run=run.id, iteration=run.iteration)
                del self._starts[run.id]
                return
            start = _Start(self._spawn(run), run.iteration, in_vain + 1)
            event("started", run=run.id, worker=start.process.pid, iteration=run.iteration)
            self._starts[run.id] = start
            threading.Thread(target=self._wait_for, args=(run.id, start), daemon=True).start()

    def close(self) -> None:
        """End all workers, each after a last checkpoint."""
        self._closing.set()
        with self._lock:
            for start in self._starts.values():
                start.process.stdin.close()
            deadline = time.monotonic() + CLOSE_SECONDS
            for start in self._starts.values():
                # One that is not done in time ends by itself: its input is closed.
                with suppress(subprocess.TimeoutExpired):
                    start.process.wait(max(0.0, deadline - time.monotonic()))
            self._starts.clear()

    def _replace_if_it_hangs(self, run: Run) -> None:
        with self._lock:
            start = self._starts.get(run.id)
        if not start or not start.alive or run.worker != worker_name(start.process.pid):
            return
        silent = time.time() - run.heartbeat
        if silent > self._hang_seconds:
            event("hung", run=run.id, worker=start.process.pid, silent_seconds=round(silent, 1))
            start.process.kill()
            start.process.wait()

    def _wait_for(self, run_id: str, start: _Start) -> None:
        """See a process off as soon as it has ended, whether or not a page asks for its run."""
        start.process.wait()
        with self._lock, suppress(StoreError):  # the next round will try again
            if self._starts.get(run_id) is start:
                self._see_off(run_id, start)

    def _see_off(self, run_id: str, start: _Start) -> None:
        """Tidy up after a process that has ended. Its try counts if the run is still wanted.

        If it is not, it was paused, or has failed and said why: whoever wants it again wants
        as many tries as ever.
        """
        if not start.process.stdin.closed:
            start.process.stdin.close()
            code = start.process.returncode
            event("ended", run=run_id, worker=start.process.pid, exit_status=code)
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
        process = subprocess.Popen(
            [self._python, "-m", "charrnn.runs.worker", run.id],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=Path(charrnn.__file__).parent.parent,
            # In the environment, because a database URL may hold a password.
            env=os.environ | ONE_THREAD | {URL_VARIABLE: self.store.url},
        )
        step_aside(process.pid, LOADING_NICENESS)
        return process

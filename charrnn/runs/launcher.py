"""Starts workers, and sees to it that what is wanted running has one."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import charrnn
from charrnn.runs import line
from charrnn.runs.blas import ONE_THREAD
from charrnn.runs.database import URL_VARIABLE
from charrnn.runs.events import event
from charrnn.runs.lease import is_gone, worker_name
from charrnn.runs.limits import Limits
from charrnn.runs.process import LOADING_NICENESS, STORE_FAILED, step_aside
from charrnn.runs.records import Run, StoreError
from charrnn.runs.store import Store

STARTS_WITHOUT_PROGRESS = 3
CLOSE_SECONDS = 10.0  # for the last checkpoints
ROUND_SECONDS = 1.0
RETRY_SECONDS = 10.0  # after a worker could not save
# A worker that has not written for so long, with a core of its own, hangs: the longest step and
# the longest sample take a second or two (see limits.py), and it writes several times a second
# where they are short.
HANG_SECONDS = 15.0


@dataclass
class _Start:
    process: subprocess.Popen
    workspace: str
    checkpoint: int | None  # the iteration from which it goes on
    attempt: int
    began: float  # seconds since 1970
    ended: float | None = None

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
        self._opened = time.time()
        self._round = threading.Lock()  # one round at a time
        self._lock = threading.Lock()  # for _starts
        self._closing = threading.Event()

    def watch(self) -> None:
        """Look after the runs from now on, every second, until close()."""
        threading.Thread(target=self._watch, name="launcher", daemon=True).start()

    def _watch(self) -> None:
        said = None
        while True:
            try:
                self.take_up()
                said = None
            except StoreError as error:  # the pages say it too; the next round tries again
                if said != str(error):
                    said = str(error)
                    event("store_failed", reason=said)
            except Exception as error:  # a watch that ended would never start anything again
                event("round_failed", error=type(error).__name__)
            if self._closing.wait(ROUND_SECONDS):
                return

    def take_up(self) -> None:
        """One round: what is wanted running and has no worker gets one, as far as there is room.

        A worker that hangs is replaced. Without room on the disk, and where nobody has looked for
        long, runs pause and say why. Raises StoreError.
        """
        with self._round:
            wanted = self.store.wanted()
            wanted = line.pause_unwanted(self.store, self.limits, wanted, since=self._opened)
            wanted = [self._freed(run) for run in wanted]
            with self._lock:
                training = {run_id for run_id, start in self._starts.items() if start.alive}
            for run in wanted:
                self._replace_if_it_hangs(run, len(training))
            training |= {run.id for run in wanted if run.owned}
            go, self._places = line.line_up(wanted, training, self.limits)
            self._send_home(wanted)
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
            try:
                run = self.store.run(run.id)
            except KeyError:
                return  # it was deleted
            if not run.active or run.owned or self._closing.is_set():
                return
            start = self._starts.get(run.id)
            checkpoint = self.store.checkpoint_iteration(run.id)
            in_vain = 0
            if start and start.process.returncode == STORE_FAILED:
                if time.time() < start.ended + RETRY_SECONDS:
                    return
            elif start and start.checkpoint == checkpoint:
                # How it ended does not matter: one that cannot get the lease, say, ends well.
                in_vain = start.attempt
            if in_vain == STARTS_WITHOUT_PROGRESS:
                self.store.fail(
                    run.id,
                    "The process that trains this run stopped three times without getting on. "
                    "A smaller network or a smaller text may fit this machine.",
                )
                event("given_up", run=run.id, iteration=run.iteration)
                del self._starts[run.id]
                return
            try:
                process = self._spawn(run)
            except OSError as error:  # no process or no memory to be had; the next round tries
                event("not_started", run=run.id, error=type(error).__name__)
                return
            start = _Start(process, run.workspace, checkpoint, in_vain + 1, time.time())
            event("started", run=run.id, worker=process.pid, iteration=checkpoint or 0)
            self._starts[run.id] = start
            threading.Thread(target=self._wait_for, args=(run.id, start), daemon=True).start()

    def close(self) -> None:
        """End all workers, each after a last checkpoint."""
        self._closing.set()
        with self._lock:
            for start in self._starts.values():
                start.process.stdin.close()
            deadline = time.monotonic() + CLOSE_SECONDS
            for run_id, start in self._starts.items():
                # One that is not done in time ends by itself: its input is closed.
                with suppress(subprocess.TimeoutExpired):
                    start.process.wait(max(0.0, deadline - time.monotonic()))
                    self._note_end(run_id, start)
            self._starts.clear()

    def _freed(self, run: Run) -> Run:
        """Without the lease of a worker that was killed together with its server."""
        if not run.owned or not is_gone(run.worker):
            return run
        self.store.release(run.id, run.worker)
        event("freed", run=run.id, worker=run.worker)
        return replace(run, worker=None)

    def _replace_if_it_hangs(self, run: Run, training: int) -> None:
        """training: how many workers share the cores, and have to be waited for the longer."""
        with self._lock:
            start = self._starts.get(run.id)
        if not start or not start.alive:
            return
        pid = start.process.pid
        heard = run.heartbeat if run.worker == worker_name(pid) else 0.0
        silent = time.time() - max(heard, start.began)
        if silent > self._hang_seconds * max(1.0, training / (os.cpu_count() or 1)):
            event("hung", run=run.id, worker=pid, silent_seconds=round(silent, 1))
            start.process.kill()  # it is seen off as any other that ends, and started again

    def _send_home(self, wanted: list[Run]) -> None:
        """A worker that rests is kept to be resumed at once, unless others need its place."""
        ids, of_visitor = {run.id for run in wanted}, Counter(run.workspace for run in wanted)
        with self._lock:
            for run_id, start in self._starts.items():
                full = len(wanted) >= self.limits.server_runs
                full |= of_visitor[start.workspace] >= self.limits.visitor_runs
                if full and run_id not in ids and start.alive:
                    start.process.stdin.close()

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
        self._note_end(run_id, start)
        # It was our own child: its lease need not run out first.
        self.store.release(run_id, worker_name(start.process.pid))
        try:
            wanted = self.store.run(run_id).active
        except KeyError:
            wanted = False
        if not wanted:
            del self._starts[run_id]

    def _note_end(self, run_id: str, start: _Start) -> None:
        if start.ended is None:
            start.ended = time.time()
            start.process.stdin.close()
            code = start.process.returncode
            event("ended", run=run_id, worker=start.process.pid, exit_status=code)

    def _spawn(self, run: Run) -> subprocess.Popen:
        # A process of its own, not a thread (they would wait for each other) and not
        # multiprocessing (it would run the page again).
        process = subprocess.Popen(
            [self._python, "-m", "charrnn.runs.process", run.id, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=Path(charrnn.__file__).parent.parent,
            # In the environment, because a database URL may hold a password.
            env=os.environ | ONE_THREAD | {URL_VARIABLE: self.store.url},
        )
        step_aside(process.pid, LOADING_NICENESS)
        return process

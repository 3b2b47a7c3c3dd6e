"""The workers of one server: one for each run that is placed here, and another one if it fails.

Which runs these are may have been decided by another server (see decider.py).
"""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_event
from charrnn.runs.store import attempts
from charrnn.runs.store.records import Candidate, Run
from charrnn.runs.store.store import Store
from charrnn.runs.workers.cores import available_cores
from charrnn.runs.workers.launcher import LOST, Launcher, WorkerHandle
from charrnn.runs.workers.observations import Observations
from charrnn.runs.workers.process import STORE_FAILED

MAX_STARTS_WITHOUT_PROGRESS = 3
CLOSE_SECONDS = 10.0  # for the last checkpoints of all workers
RETRY_SECONDS = 10.0  # after a worker could not use the store
LOST_SECONDS = 10.0  # for a worker elsewhere to end, after its lease has ended
# A worker with a core of its own that has not published for this long hangs: the longest step and
# the longest sample take a second or two (see limits.py), and usually it publishes several times
# a second.
HANG_SECONDS = 15.0


@dataclass
class _Started:
    """A worker that was started here, running or ended."""

    handle: WorkerHandle
    since: float  # Observations.seconds when it was started
    reason: str = attempts.EXITED  # why it ended, or will have ended
    had_lease: bool = False
    end_logged: bool = False

    @property
    def alive(self) -> bool:
        return self.handle.exit_status is None


class WorkerPool:
    """The workers of one place, which a launcher starts. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        place: str,
        launcher: Launcher,
        observations: Observations,
        *,
        hang_seconds: float = HANG_SECONDS,
    ):
        """place: the server of the runs that are to be trained here (see Run.server)."""
        self._store, self._place, self._launcher = store, place, launcher
        self._observations, self._hang_seconds = observations, hang_seconds
        self._workers: dict[str, _Started] = {}  # by run id
        self._lock = threading.Lock()
        self._closed = False

    def update(self, runs: Iterable[Candidate]) -> None:
        """Reap workers that have ended, kill those that hang, and start those that are missing.

        runs: all that should train or have a worker, here or elsewhere. Raises StoreError.
        """
        runs = list(runs)
        with self._lock:
            for run_id, worker in list(self._workers.items()):
                if not worker.alive:
                    self._reap(run_id, worker)
            sharing = len(self._workers)
            for run in runs:
                if run.active:
                    self._kill_if_hung(run, sharing)
        for run in runs:
            if run.server == self._place and not run.leased:
                self._ensure_worker(run.id)

    def stop(self) -> None:
        """Start no more workers, and ask all that there are to end after a last checkpoint."""
        with self._lock:
            self._closed = True
            for worker in self._workers.values():
                worker.handle.stop()

    def wait(self) -> None:
        """Wait until all workers have ended. After CLOSE_SECONDS they are killed."""
        with self._lock:
            deadline = time.monotonic() + CLOSE_SECONDS
            for run_id, worker in self._workers.items():
                if not worker.handle.wait(max(0.0, deadline - time.monotonic())):
                    worker.handle.kill()
                    worker.handle.wait()
                self._log_end(run_id, worker)
            self._workers.clear()

    def _kill_if_hung(self, run: Candidate, sharing: int) -> None:
        """Kill a worker that has not published for too long; it is then replaced like any other.

        sharing: how many workers share the cores. The more there are, the longer each may take.
        """
        worker = self._workers.get(run.id)
        if not worker or not worker.alive or worker.reason == attempts.HUNG:
            return
        if worker.handle.name is None:
            self._give_up_if_lost(run, worker)
            return
        silent = self._observations.seconds - worker.since
        if run.worker in (worker.handle.name, None):  # or it has just given up the lease
            silent = min(silent, self._observations.silent_seconds(run))
        if silent <= self._hang_seconds:
            return  # however many share the cores: to count these takes long
        if silent > self._hang_seconds * sharing / available_cores():
            silent_seconds = round(silent, 1)
            log_event("hung", run=run.id, worker=worker.handle.id, silent_seconds=silent_seconds)
            worker.reason = attempts.HUNG
            worker.handle.kill()

    def _give_up_if_lost(self, run: Candidate, worker: _Started) -> None:
        """Wait no longer for a worker elsewhere whose machine is out of reach.

        One that hangs is killed there. Here it only shows that its lease has ended.
        """
        worker.had_lease |= run.leased
        silent = self._observations.silent_seconds(run)
        if worker.had_lease and not run.leased and silent > LOST_SECONDS:
            worker.handle.kill()

    def _ensure_worker(self, run_id: str) -> None:
        """Start a worker for a run that is placed here and has none, or else give up its slot."""
        with self._lock:
            worker = self._workers.get(run_id)
            if worker:
                if worker.alive:
                    return  # it trains or is idle, or is still starting
                self._reap(run_id, worker)
            try:
                run = self._store.runs.get(run_id)  # as it is now
            except KeyError:
                return  # it was deleted
            if run.server != self._place or run.leased or self._closed:
                return
            if self._launcher.slots == 0:
                return
            if run.active:
                self._start_worker(run)
            else:
                self._store.placement.vacate(run.id, self._place)

    def _start_worker(self, run: Run) -> None:
        """Start a worker, unless it is too early for a retry or there were too many."""
        checkpoint = self._store.snapshots.checkpoint_iteration(run.id)
        number, last = 1, self._store.attempts.last(run.id)
        if last and last.reason == attempts.STORE_FAILED and last.ended_within(RETRY_SECONDS):
            return
        if last and last.checkpoint == checkpoint:
            # Whatever its exit status: a worker that does not get the lease ends with 0.
            number = last.number + last.failed
        if number > MAX_STARTS_WITHOUT_PROGRESS:
            self._give_up(run)
            return
        # Before it starts: if it takes the whole server along, that has been recorded.
        self._store.attempts.begin(run.id, checkpoint, number)
        try:
            handle = self._launcher.start(run)
        except OSError as error:  # the next round tries again
            log_event("spawn_failed", run=run.id, error=type(error).__name__)
            self._store.attempts.end(run.id, attempts.NOT_STARTED, server=self._place)
            return
        worker = _Started(handle, self._observations.seconds)
        log_event("started", run=run.id, worker=handle.id, iteration=checkpoint or 0)
        self._workers[run.id] = worker
        threading.Thread(target=self._reap_when_ended, args=(run.id, worker), daemon=True).start()

    def _give_up(self, run: Run) -> None:
        self._store.leases.fail(
            run.id,
            "The process that trains this run stopped three times without making progress. "
            "Try a smaller network or a smaller text.",
        )
        log_event("given_up", run=run.id, iteration=run.iteration)

    def _reap_when_ended(self, run_id: str, worker: _Started) -> None:
        """Wait for a worker to end and reap it at once, without waiting for the next round."""
        worker.handle.wait()
        with self._lock, suppress(StoreError):  # the next round tries again
            if self._workers.get(run_id) is worker:
                self._reap(run_id, worker)

    def _reap(self, run_id: str, worker: _Started) -> None:
        """Record how a worker ended, release its lease, and forget it.

        It has certainly ended, so there is no need to let the lease expire.
        """
        self._log_end(run_id, worker)
        reasons = {STORE_FAILED: attempts.STORE_FAILED, LOST: attempts.LOST}
        self._store.attempts.end(
            run_id,
            reasons.get(worker.handle.exit_status or 0, worker.reason),
            server=self._place,
            worker=worker.handle.name,
        )
        del self._workers[run_id]

    def _log_end(self, run_id: str, worker: _Started) -> None:
        if not worker.end_logged:
            worker.end_logged = True
            worker.handle.stop()
            status = worker.handle.exit_status
            log_event("ended", run=run_id, worker=worker.handle.id, exit_status=status)

"""The supervisor: starts a worker process for each run that should train, and replaces failed ones.

Each server has one. A round of its work (reconcile) compares the desired state of all runs with
the workers there are, and starts, replaces or stops workers accordingly.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_event
from charrnn.runs.limits import Limits
from charrnn.runs.store.leases import worker_exited
from charrnn.runs.store.records import Run
from charrnn.runs.store.store import Store
from charrnn.runs.workers import queue
from charrnn.runs.workers.cores import available_cores
from charrnn.runs.workers.launcher import Launcher, WorkerHandle
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.process import STORE_FAILED

MAX_STARTS_WITHOUT_PROGRESS = 3
CLOSE_SECONDS = 10.0  # for the last checkpoints of all workers
ROUND_SECONDS = 1.0
QUOTA_SECONDS = 10.0  # between two looks at what each visitor has stored
RETRY_SECONDS = 10.0  # after a worker could not use the store
# A worker with a core of its own that has not published for this long hangs: the longest step and
# the longest sample take a second or two (see limits.py), and usually it publishes several times
# a second.
HANG_SECONDS = 15.0
# Idle workers that are kept for a quick resume: each takes 46 MB.
MAX_IDLE, MAX_IDLE_OF_VISITOR = 8, 2


class Load(NamedTuple):
    """How many runs train on this server, and how many wait for a slot."""

    training: int = 0
    queued: int = 0


@dataclass
class _Attempt:
    """A worker of this server, running or ended. Times are in seconds since 1970."""

    handle: WorkerHandle
    workspace: str
    checkpoint: int | None  # the iteration it continues from; None if it starts from scratch
    number: int  # counts successive starts from the same checkpoint, from 1
    started_at: float
    ended_at: float | None = None
    made_way: bool = False  # it was stopped because another run should have its slot

    @property
    def alive(self) -> bool:
        return self.handle.exit_status is None


class Supervisor:
    """The workers of one server: decides which there should be, and has a launcher start them."""

    def __init__(
        self,
        store: Store,
        *,
        launcher: Launcher | None = None,
        limits: Limits | None = None,
        hang_seconds: float = HANG_SECONDS,
        clock: Callable[[], float] = time.time,
    ):
        """launcher: starts the workers; by default, as processes of this machine.

        clock: returns seconds since 1970.

        Raises BadLimit if no limits are given and the environment sets an invalid one.
        """
        self.store, self.limits = store, limits or Limits.from_environment()
        self._launcher = launcher or LocalLauncher(store.database.url)
        self._hang_seconds, self._clock = hang_seconds, clock
        self._workers: dict[str, _Attempt] = {}  # by run id
        self._queue_positions: dict[str, int] = {}  # by run id
        self._training: set[str] = set()  # ids of the runs that have a slot
        self._started_at = clock()
        self._quotas_checked_at = 0.0
        self._round = threading.Lock()  # one round at a time
        self._lock = threading.Lock()  # for _workers
        self._closing = threading.Event()

    def watch(self) -> None:
        """Reconcile every ROUND_SECONDS from now on, in a thread, until close()."""
        threading.Thread(target=self._watch, name="supervisor", daemon=True).start()

    def _watch(self) -> None:
        reported = None
        while True:
            try:
                self.reconcile()
                reported = None
            except StoreError as error:  # the next round tries again, and pages show the error
                if reported != str(error):
                    reported = str(error)
                    log_event("store_failed", reason=reported)
            except Exception as error:  # if this thread ended, no worker would be started again
                log_event("reconcile_failed", error=type(error).__name__)
            if self._closing.wait(ROUND_SECONDS):
                return

    def reconcile(self) -> None:
        """One round: give each run that should train a worker, as far as the limits allow.

        Also pauses runs (see queue.apply_pause_rules), kills workers that hang, and stops those
        whose place others need. Raises StoreError.
        """
        with self._round:
            checks_quotas = self._is_time_for_quotas()
            if checks_quotas:
                self.store.rooms.retire(now=self._clock())
            runnable = queue.apply_pause_rules(
                self.store,
                self.limits,
                self.store.runs.runnable(),
                server_started=self._started_at,
                now=self._clock(),
                quotas=checks_quotas,
            )
            runnable = [self._release_dead_lease(run) for run in runnable]
            with self._lock:
                training = {run_id for run_id, worker in self._workers.items() if worker.alive}
            for run in runnable:
                self._kill_if_hung(run, len(training))
            training |= {run.id for run in runnable if run.leased}
            one_each = self.store.rooms.sharing_evenly() if runnable else set()
            slots = queue.assign_slots(runnable, training, self.limits, one_each=one_each)
            self._queue_positions = slots.positions
            self._training = {run.id for run in runnable} - slots.positions.keys()
            self._stop_idle(runnable)
            self._make_way(slots.giving_way)
            for run in slots.startable:
                self.ensure_worker(run)

    def _is_time_for_quotas(self) -> bool:
        """Whether to look at what each visitor has stored, which takes some milliseconds."""
        if self._clock() < self._quotas_checked_at + QUOTA_SECONDS:
            return False
        self._quotas_checked_at = self._clock()
        return True

    def queue_position(self, run_id: str) -> int | None:
        """The position of a run in the queue, from 1; None if it is not queued."""
        return self._queue_positions.get(run_id)

    @property
    def load(self) -> Load:
        """How many runs train and how many are queued, as of the last round."""
        return Load(len(self._training), len(self._queue_positions))

    def trains(self, run_id: str) -> bool:
        """Whether a run has a slot, as of the last round."""
        return run_id in self._training

    def ensure_worker(self, run: Run) -> None:
        """Start a worker for a run that should train and has none. Raises StoreError."""
        with self._lock:
            worker = self._workers.get(run.id)
            if worker:
                if worker.alive:
                    return  # it trains, or is still starting
                self._reap(run.id, worker)
            try:
                run = self.store.runs.get(run.id)
            except KeyError:
                return  # it was deleted
            if run.active and not run.leased and not self._closing.is_set():
                self._start_worker(run)

    def close(self) -> None:
        """Stop all workers, each after a last checkpoint; wait for them up to CLOSE_SECONDS."""
        self._closing.set()
        with self._lock:
            for worker in self._workers.values():
                worker.handle.stop()
            deadline = time.monotonic() + CLOSE_SECONDS
            for run_id, worker in self._workers.items():
                if not worker.handle.wait(max(0.0, deadline - time.monotonic())):
                    worker.handle.kill()
                    worker.handle.wait()
                self._record_end(run_id, worker)
            self._workers.clear()

    def _release_dead_lease(self, run: Run) -> Run:
        """Release the lease of a worker that was killed together with its server."""
        if run.worker is None or not run.leased or not worker_exited(run.worker):
            return run
        self.store.leases.release(run.id, run.worker)
        log_event("lease_released", run=run.id, worker=run.worker)
        return replace(run, worker=None)

    def _kill_if_hung(self, run: Run, training: int) -> None:
        """Kill a worker that has not published for too long; it is then replaced like any other.

        training: how many workers share the cores. The more there are, the longer each may take.
        """
        with self._lock:
            worker = self._workers.get(run.id)
        if not worker or not worker.alive:
            return
        published = run.heartbeat if run.worker == worker.handle.name else 0.0
        silent = self._clock() - max(published, worker.started_at)
        if silent > self._hang_seconds * max(1.0, training / available_cores()):
            silent_seconds = round(silent, 1)
            log_event("hung", run=run.id, worker=worker.handle.id, silent_seconds=silent_seconds)
            worker.handle.kill()

    def _stop_idle(self, runnable: Iterable[Run]) -> None:
        """Stop idle workers, which are kept for a quick resume, beyond a few.

        All those of a visitor, or of the server, are stopped if others need their place.
        """
        ids, per_visitor = {run.id for run in runnable}, Counter(run.workspace for run in runnable)
        idle_of_visitor: Counter[str] = Counter()
        with self._lock:
            idle = [w for run_id, w in self._workers.items() if run_id not in ids and w.alive]
            for kept, worker in enumerate(sorted(idle, key=lambda w: -w.started_at)):
                full = len(ids) >= self.limits.server_runs or kept >= MAX_IDLE
                full |= per_visitor[worker.workspace] >= self.limits.visitor_runs
                full |= idle_of_visitor[worker.workspace] >= MAX_IDLE_OF_VISITOR
                idle_of_visitor[worker.workspace] += 1
                if full:
                    worker.handle.stop()

    def _make_way(self, run_ids: Iterable[str]) -> None:
        """Stop workers whose slots others should have; their runs are queued again."""
        with self._lock:
            for run_id in run_ids:
                worker = self._workers.get(run_id)
                if worker and worker.alive and not worker.made_way:
                    worker.made_way = True
                    worker.handle.stop()
                    log_event("made_way", run=run_id, worker=worker.handle.id)

    def _start_worker(self, run: Run) -> None:
        """Start a worker, unless it is too early for a retry or there were too many."""
        checkpoint = self.store.snapshots.checkpoint_iteration(run.id)
        number, last = 1, self._workers.get(run.id)
        if last and last.handle.exit_status == STORE_FAILED:
            if self._clock() < (last.ended_at or 0.0) + RETRY_SECONDS:
                return
        elif last and last.checkpoint == checkpoint and not last.made_way:
            # Whatever its exit status: a worker that does not get the lease ends with 0.
            number = last.number + 1
        if number > MAX_STARTS_WITHOUT_PROGRESS:
            self._give_up(run)
            return
        try:
            handle = self._launcher.start(run)
        except OSError as error:  # the next round tries again
            log_event("spawn_failed", run=run.id, error=type(error).__name__)
            return
        worker = _Attempt(handle, run.workspace, checkpoint, number, self._clock())
        log_event("started", run=run.id, worker=handle.id, iteration=checkpoint or 0)
        self._workers[run.id] = worker
        threading.Thread(target=self._reap_when_ended, args=(run.id, worker), daemon=True).start()

    def _give_up(self, run: Run) -> None:
        self.store.leases.fail(
            run.id,
            "The process that trains this run stopped three times without making progress. "
            "Try a smaller network or a smaller text.",
        )
        log_event("given_up", run=run.id, iteration=run.iteration)
        del self._workers[run.id]

    def _reap_when_ended(self, run_id: str, worker: _Attempt) -> None:
        """Wait for a worker to end and reap it at once, without waiting for the next round."""
        worker.handle.wait()
        with self._lock, suppress(StoreError):  # the next round tries again
            if self._workers.get(run_id) is worker:
                self._reap(run_id, worker)

    def _reap(self, run_id: str, worker: _Attempt) -> None:
        """Release the lease of a worker that has ended, and forget it unless the run goes on.

        If the run should still train, the worker counts as an attempt (see _start_worker). If
        not, the run was paused or has failed with a message, and attempts start over.
        """
        self._record_end(run_id, worker)
        if worker.handle.name is not None:  # it has certainly ended: the lease need not expire
            self.store.leases.release(run_id, worker.handle.name)
        try:
            active = self.store.runs.get(run_id).active
        except KeyError:
            active = False
        if not active:
            del self._workers[run_id]

    def _record_end(self, run_id: str, worker: _Attempt) -> None:
        if worker.ended_at is None:
            worker.ended_at = self._clock()
            worker.handle.stop()
            status = worker.handle.exit_status
            log_event("ended", run=run_id, worker=worker.handle.id, exit_status=status)

"""The supervisor: makes sure that each run that should train has a worker.

Each server has one. Once a second (reconcile) it renews its heartbeat, reads which runs should
train and which have workers, decides what changes if it is the first of all servers (see
decider.py), and starts the workers of the runs that are placed on its own server (see pool.py).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_event
from charrnn.runs.limits import Limits
from charrnn.runs.store.placement import Situation
from charrnn.runs.store.records import Candidate
from charrnn.runs.store.servers import new_server_name, server_exited
from charrnn.runs.store.store import Store
from charrnn.runs.workers.decider import Decider
from charrnn.runs.workers.launcher import Launcher
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.observations import Observations
from charrnn.runs.workers.pool import HANG_SECONDS, WorkerPool

ROUND_SECONDS = 1.0
HEARTBEAT_SECONDS = 2.0  # between two heartbeats of a server
# A server that has not shown it for this long is gone. With the rounds before and after, another
# one decides within ten seconds.
MISSING_SECONDS = 6.0


class Load(NamedTuple):
    """How many runs train, and how many wait for a slot."""

    training: int = 0
    queued: int = 0


class Supervisor:
    """The part of one server that starts workers, and decides what trains if no other one does."""

    def __init__(
        self,
        store: Store,
        *,
        launcher: Launcher | None = None,
        limits: Limits | None = None,
        hang_seconds: float = HANG_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ):
        """launcher: starts the workers; by default, as processes of this machine.

        clock: returns seconds, and is never set.

        Raises BadLimit if no limits are given and the environment sets an invalid one.
        """
        limits = limits or Limits.from_environment()
        self.store, self.name, self._clock = store, new_server_name(), clock
        self._launcher = launcher or LocalLauncher(store.database.url)
        self._shared_place = self._launcher.shared_place
        self._slots = int(limits.server_runs) if self._shared_place is None else 0  # of its own
        self._observations = Observations(clock)
        self._decider = Decider(
            store,
            self.name,
            self._observations,
            limits=limits,
            watched=self._shared_place is None,
            clock=clock,
        )
        self._pool = WorkerPool(
            store,
            self._shared_place or self.name,
            self._launcher,
            self._observations,
            hang_seconds=hang_seconds,
        )
        self._renewed_at = -HEARTBEAT_SECONDS
        self._alone = False  # whether this is the only server there is, as of the last round
        # Those that should train, by id, as of the last round.
        self._runs: dict[str, Candidate] = {}
        self._round = threading.Lock()  # one round at a time
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
        """One round. Raises StoreError."""
        with self._round:
            if self._closing.is_set():
                return
            self._renew()
            situation = self.store.placement.read()
            self._observations.note(situation)
            self._alone = [server.name for server in situation.servers] == [self.name]
            if not self._alone:
                situation = self._without_missing(situation)
            deciding = bool(situation.servers) and situation.servers[0].name == self.name
            runs = situation.runs
            if deciding:
                runs = self._decider.decide(situation, self._places(situation))
            self._runs = {run.id: run for run in runs if run.active}
            if deciding or self._shared_place is None:
                self._pool.update(runs)

    @property
    def load(self) -> Load:
        """How many runs train on all servers and how many are queued, as of the last round."""
        queued = sum(run.queue_position is not None for run in self._runs.values())
        return Load(len(self._runs) - queued, queued)

    def trains(self, run_id: str) -> bool:
        """Whether a run has a slot, as of the last round."""
        run = self._runs.get(run_id)
        return run is not None and run.queue_position is None

    def queue_position(self, run_id: str) -> int | None:
        """The position of a run in the queue as of the last round, from 1; None if not queued."""
        run = self._runs.get(run_id)
        return run.queue_position if run else None

    def close(self) -> None:
        """Leave the decisions to others, and stop the workers here after their last checkpoints."""
        self._closing.set()
        with self._round:
            if self._shared_place is not None:
                self._launcher.close()  # what trains in a shared place goes on
                self.store.servers.leave(self.name)
                return
            self._pool.stop()
            try:
                self.store.servers.leave(self.name)
            finally:
                self._pool.wait()

    def _renew(self) -> None:
        """Renew the heartbeat of this server now and then, if there are others."""
        if not self._alone and self._clock() >= self._renewed_at + HEARTBEAT_SECONDS:
            self.store.servers.renew(self.name, self._slots)
            self._renewed_at = self._clock()

    def _without_missing(self, situation: Situation) -> Situation:
        """The situation without servers that were killed, which are removed."""
        present = []
        for server in situation.servers:
            missing = self._observations.missing_seconds(server) > MISSING_SECONDS
            if server.name != self.name and (missing or server_exited(server.name)):
                self.store.servers.remove(server)
                log_event("server_missing", server=server.name)
            else:
                present.append(server)
        return replace(situation, servers=present)

    def _places(self, situation: Situation) -> dict[str, int]:
        """How many runs can be trained where, at the same time."""
        if self._shared_place is not None:
            # As many as train there already, even if machines are missing: that preempts none.
            trained = sum(run.active and run.leased for run in situation.runs)
            return {self._shared_place: max(self._launcher.slots or 0, trained)}
        return {server.name: server.slots for server in situation.servers if server.slots}

"""What one server decides for all: which runs train and where, which wait, and which pause."""

import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace

from charrnn.runs.events import log_event
from charrnn.runs.limits import Limits
from charrnn.runs.store.leases import LEASE_SECONDS, worker_exited
from charrnn.runs.store.placement import Decisions, Situation
from charrnn.runs.store.records import Candidate
from charrnn.runs.store.store import Store
from charrnn.runs.workers import queue
from charrnn.runs.workers.observations import Observations

QUOTA_SECONDS = 10.0  # between two checks of what each visitor has stored
# Idle workers that are kept for a quick resume: each takes 46 MB.
MAX_IDLE, MAX_IDLE_OF_VISITOR = 8, 2


class Decider:
    """Decides in the name of one server, as long as that is the first of all servers."""

    def __init__(
        self,
        store: Store,
        server: str,
        observations: Observations,
        *,
        limits: Limits,
        watched: bool,
        clock: Callable[[], float] = time.monotonic,
    ):
        """server: the name of that server. clock: returns seconds, and is never set.

        watched: whether the server where a run trains notices by itself if its worker is gone.
        """
        self._store, self._server, self._observations = store, server, observations
        self._limits, self._watched, self._clock = limits, watched, clock
        self._quotas_checked_at = -QUOTA_SECONDS

    def decide(self, situation: Situation, places: Mapping[str, int]) -> list[Candidate]:
        """Decide, and write it to the store. Returns the runs as they are then.

        places: how many runs each place trains at the same time, by the name of its server.
        Raises StoreError.
        """
        expired = [run for run in situation.runs if self._lease_expired(run, places)]
        gone = {run.id for run in expired}
        runs = [replace(run, worker=None) if run.id in gone else run for run in situation.runs]
        runnable = [run for run in runs if run.active]
        checks_quotas = self._is_time_for_quotas()
        if checks_quotas:
            self._store.rooms.retire()
        pauses = queue.find_pauses(
            self._store,
            self._limits,
            runnable,
            unseen_seconds=self._observations.unseen_seconds,
            quotas=checks_quotas,
        )
        paused = {pause.run.id for pause in pauses}
        runs = [replace(run, desired="paused") if run.id in paused else run for run in runs]
        placed, preempted = self._place(runs, places, situation.one_each)
        decisions = Decisions(
            expired,
            # On a cluster, only the lease shows that a whole machine has died.
            failed=not self._watched,
            paused=[(pause.run, pause.reason) for pause in pauses],
            placed=[
                (run, now.server, now.queue_position)
                for run, now in zip(runs, placed, strict=True)
                if run is not now
            ],
        )
        if decisions and not self._store.placement.apply(self._server, decisions):
            return situation.runs  # another server decides by now
        for run in expired:
            log_event("lease_released", run=run.id, worker=run.worker)
        for pause in pauses:
            log_event("paused", run=pause.run.id, **pause.facts)
        for run in preempted:
            log_event("preempted", run=run.id, worker=run.worker)
        return placed

    def _lease_expired(self, run: Candidate, places: Mapping[str, int]) -> bool:
        """Whether the worker of a run is gone, and no other server will notice.

        One that is slow is left to the server where it trains (see WorkerPool).
        """
        if run.worker is None:
            return False
        watched = self._watched and run.server in places
        silent = self._observations.silent_seconds(run) > LEASE_SECONDS
        return worker_exited(run.worker) or (silent and not watched)

    def _is_time_for_quotas(self) -> bool:
        """Whether to check what each visitor has stored, which takes some milliseconds."""
        if self._clock() < self._quotas_checked_at + QUOTA_SECONDS:
            return False
        self._quotas_checked_at = self._clock()
        return True

    def _place(
        self, runs: list[Candidate], places: Mapping[str, int], one_each: Container[str]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """(All runs with their servers and queue positions, those that are preempted).

        Runs that stay where they are are the same objects.
        """
        limits = replace(self._limits, server_runs=sum(places.values()))
        # Those with a worker first: if machines of a cluster are missing, they keep their slots.
        runnable = sorted((run for run in runs if run.active), key=lambda run: not run.leased)
        training = {run.id for run in runnable if run.leased or run.server in places}
        slots = queue.assign_slots(runnable, training, limits, one_each=one_each)
        may_train = training - slots.preempted | {run.id for run in slots.startable}
        idle = [run for run in runs if not run.active and (run.leased or run.server in places)]
        kept = self._kept_idle(idle, runnable, limits)

        load = Counter(run.server for run in runs if run.id in may_train and run.server in places)

        def server_of(run: Candidate) -> str | None:
            if run.id not in may_train:
                return run.server if run.id in kept else None
            if run.leased or run.server in places:
                return run.server  # its worker has one already, or is being started there
            place = min(places, key=lambda name: (load[name] / places[name], name != self._server))
            load[place] += 1
            return place

        placed = []
        for run in runs:
            server, position = server_of(run), slots.positions.get(run.id)
            if (server, position) != (run.server, run.queue_position):
                run = replace(run, server=server, queue_position=position)
            placed.append(run)
        preempted = [run for run in runs if run.id in slots.preempted and run.server is not None]
        return placed, preempted

    def _kept_idle(
        self, idle: Iterable[Candidate], runnable: list[Candidate], limits: Limits
    ) -> set[str]:
        """The ids of the runs whose idle workers are kept for a quick resume: a few.

        None of a visitor, or of anybody, if others need their place.
        """
        per_visitor = Counter(run.workspace for run in runnable)
        idle_of_visitor: Counter[str] = Counter()
        kept: set[str] = set()
        for run in sorted(idle, key=self._observations.idle_seconds):
            idle_of_visitor[run.workspace] += 1
            # On a cluster an idle worker takes a slot as well.
            taken = len(runnable) + (0 if self._watched else len(kept))
            if (
                taken < limits.server_runs
                and len(kept) < MAX_IDLE
                and per_visitor[run.workspace] < limits.visitor_runs
                and idle_of_visitor[run.workspace] <= MAX_IDLE_OF_VISITOR
            ):
                kept.add(run.id)
        return kept

"""Which worker trains a run, and what only that worker writes.

A worker claims the lease of a run, and renews it with everything it publishes. When it ends it
gives the lease up, or its server does. If both are gone, the lease is no longer renewed and
expires: the deciding server ends it (see placement.py), and another worker continues from the last
checkpoint.
"""

import os
import socket
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import Update, delete, or_, select, update

from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.database_errors import StoreUnreachable
from charrnn.runs.store.records import Progress

# A lease that was not renewed for this long has expired.
LEASE_SECONDS = 10.0


class LeaseLost(RuntimeError):
    """Another worker holds the lease of the run now, or the run has been deleted."""


class ProgressLost(StoreUnreachable):
    """The database server has crashed, and lost what a worker had published."""

    def __init__(self) -> None:
        super().__init__(
            "The runs cannot be saved: the database has lost the newest progress in a crash. Check "
            "its log, then try again."
        )


def worker_name(pid: int) -> str:
    """The name under which a process holds a lease: machine, container and process id."""
    return f"{_host()}:{pid}"


def worker_exited(name: str) -> bool:
    """Whether the process of a worker has certainly exited, so that its lease can be released.

    False for a worker on another machine or in another container, where this is not known.
    """
    host, _, pid = name.rpartition(":")
    if host != _host() or os.name != "posix":  # on Windows os.kill() would end the process
        return False
    with suppress(ValueError, OverflowError, PermissionError):
        try:
            os.kill(int(pid), 0)  # signal 0 only checks that the process exists
        except ProcessLookupError:
            return True
    return False


@cache
def _host() -> str:
    """The machine and the container in which a process id is valid."""
    container = ""
    with suppress(OSError):  # only Linux has PID namespaces
        container = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    return f"{socket.gethostname()}:{container}"


class Leases:
    """The leases of all runs. Every method raises StoreError if the database fails.

    worker: the name of the worker (see worker_name) that holds the lease, or wants it.
    """

    def __init__(self, database: Database):
        self._database = database

    def claim(self, run_id: str, worker: str) -> bool:
        """Take the lease if it is free. Returns whether the worker holds it."""
        r = schema.runs.c
        free = or_(r.worker.is_(None), r.worker == worker)
        query = update(schema.runs).where(r.id == run_id, free)
        with self._database.writing() as db:
            return db.execute(query.values(worker=worker, heartbeat=Now())).rowcount == 1

    def release(self, run_id: str, worker: str) -> None:
        """Give up the lease, if the worker holds it."""
        with self._database.writing() as db:
            db.execute(_update_if_held(run_id, worker).values(worker=None))

    def publish(
        self,
        run_id: str,
        worker: str,
        state: dict[str, Any],
        updates: Progress,
        *,
        previous: float | None = None,
    ) -> float:
        """Write the state of a run and the updates to its history, and renew the lease.

        All in one transaction. state: columns of schema.runs -> values. A run that has reached
        `iterations` or `pause_at` is set to paused. Returns the time of the renewal. previous: the
        time of this worker's previous one, if the store is to be checked for it: a database
        server that crashes may lose its last transactions, and the next connection does not tell.

        Raises LeaseLost, or ProgressLost if the previous renewal is not there, and then writes
        nothing.
        """
        r = schema.runs.c
        query = _update_if_held(run_id, worker)
        with self._database.writing() as db:
            renewed = query.values(heartbeat=Now(), **state).returning(r.heartbeat)
            if previous is not None:
                renewed = renewed.where(r.heartbeat == previous)
            heartbeat: float | None = db.execute(renewed).scalar()
            if heartbeat is None:
                holder = db.execute(select(r.worker).where(r.id == run_id)).scalar()
                raise ProgressLost if holder == worker else LeaseLost(run_id)
            # Compared in SQL, because a page may have changed both after the worker read them.
            arrived = or_(r.iteration >= r.iterations, r.iteration >= r.pause_at)
            db.execute(query.where(arrived).values(desired="paused", pause_at=None))
            if updates.superseded_snapshot is not None:
                s = schema.snapshots.c
                superseded = (s.run == run_id) & (s.iteration == updates.superseded_snapshot)
                db.execute(delete(schema.snapshots).where(superseded))
            for table, rows in (
                (schema.metrics, updates.metrics),
                (schema.gauges, updates.gauges),
                (schema.evaluations, updates.evaluations),
                (schema.samples, updates.samples),
                (schema.rate_changes, updates.rate_changes),
                (schema.snapshots, updates.snapshots),
                (schema.checkpoints, [updates.checkpoint] if updates.checkpoint else []),
            ):
                if rows:
                    db.execute(
                        self._database.upsert(table), [{"run": run_id, **row} for row in rows]
                    )
        return heartbeat

    def rewind(
        self, run_id: str, worker: str, state: dict[str, Any], rate_changes: list[tuple[int, float]]
    ) -> float:
        """Set a run back to a state, and delete its history after that.

        state: columns of schema.runs -> values, with the iteration; -1 deletes all of the history.
        rate_changes: (iteration, learning rate) of those that remain.

        Renews the lease, and returns the time of that. Raises LeaseLost.
        """
        r, iteration = schema.runs.c, state["iteration"]
        values = state | {"iteration": max(0, iteration)}
        renewed = _update_if_held(run_id, worker).values(heartbeat=Now(), **values)
        with self._database.writing() as db:
            heartbeat: float | None = db.execute(renewed.returning(r.heartbeat)).scalar()
            if heartbeat is None:
                raise LeaseLost(run_id)
            for table in schema.HISTORY_TABLES:
                after = -1 if table is schema.rate_changes else iteration
                db.execute(delete(table).where(table.c.run == run_id, table.c.iteration > after))
            if rate_changes:
                rows = [
                    {"run": run_id, "iteration": n, "learning_rate": rate}
                    for n, rate in rate_changes
                ]
                db.execute(schema.rate_changes.insert(), rows)
        return heartbeat

    def pause(self, run_id: str, message: str, *, worker: str) -> None:
        """Pause a run whose worker cannot go on, and release its lease. message: why, for people.

        Without effect if the worker does not hold the lease.
        """
        values = {"desired": "paused", "status": "paused", "message": message, "worker": None}
        with self._database.writing() as db:
            db.execute(_update_if_held(run_id, worker).values(**values))

    def fail(self, run_id: str, message: str, *, worker: str | None = None) -> None:
        """Mark a run as failed, and release its lease. message: why, for people.

        worker: only if this worker holds the lease. The attempts of the run start over.
        """
        values = {"status": "failed", "message": message, "worker": None}
        a = schema.attempts.c
        with self._database.writing() as db:
            if db.execute(_update_if_held(run_id, worker).values(**values)).rowcount:
                db.execute(delete(schema.attempts).where(a.run == run_id))


def _update_if_held(run_id: str, worker: str | None) -> Update:
    """An UPDATE of a run, only if the worker holds its lease; None: whoever holds it."""
    r = schema.runs.c
    query = update(schema.runs).where(r.id == run_id)
    return query if worker is None else query.where(r.worker == worker)

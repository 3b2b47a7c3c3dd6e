"""Who holds a run, and what only the worker that holds it writes."""

import os
import socket
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import delete, or_, update

from charrnn.runs import schema
from charrnn.runs.records import LEASE_SECONDS, Progress
from charrnn.runs.texts import Texts


class LeaseLost(RuntimeError):
    """Another worker holds the run now, or the run is gone."""


def worker_name(pid: int) -> str:
    """Who holds a lease: machine, container and process."""
    return f"{_place()}:{pid}"


def is_gone(name: str) -> bool:
    """Whether the process of this name has ended for certain: its lease need not run out first.

    Of another machine or container nothing is known.
    """
    place, _, pid = name.rpartition(":")
    if place != _place() or os.name != "posix":  # elsewhere the question would end the process
        return False
    with suppress(ValueError, OverflowError, PermissionError):
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
    return False


def _place() -> str:
    """Where process numbers mean what they mean here."""
    container = ""
    with suppress(OSError):  # only Linux has them
        container = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    return f"{socket.gethostname()}:{container}"


class Leases(Texts):
    """The part of the store where runs are held, and written by who holds them."""

    def claim(self, run_id: str, worker: str) -> bool:
        """Take the lease, if nobody holds it or it has run out."""
        r, now = schema.runs.c, time.time()
        free = or_(r.worker.is_(None), r.worker == worker, r.heartbeat < now - LEASE_SECONDS)
        query = update(schema.runs).where(r.id == run_id, free)
        with self.writing() as db:
            return db.execute(query.values(worker=worker, heartbeat=now)).rowcount == 1

    def release(self, run_id: str, worker: str) -> None:
        """Give the lease back."""
        r = schema.runs.c
        query = update(schema.runs).where(r.id == run_id, r.worker == worker)
        with self.writing() as db:
            db.execute(query.values(worker=None))

    def rewind(self, run_id: str, worker: str, iteration: int) -> None:
        """Forget what lies beyond an iteration, to go on from there. Raises LeaseLost."""
        r = schema.runs.c
        query = update(schema.runs).where(r.id == run_id, r.worker == worker)
        with self.writing() as db:
            if db.execute(query.values(iteration=iteration, heartbeat=time.time())).rowcount == 0:
                raise LeaseLost(run_id)
            for table in schema.LEFT_BEHIND:
                beyond = (table.c.run == run_id) & (table.c.iteration > iteration)
                db.execute(delete(table).where(beyond))

    def publish(self, run_id: str, worker: str, facts: dict[str, Any], news: Progress) -> None:
        """Write what is, and renew the lease: all of it or nothing. Raises LeaseLost."""
        r = schema.runs.c
        query = update(schema.runs).where(r.id == run_id, r.worker == worker)
        with self.writing() as db:
            if db.execute(query.values(heartbeat=time.time(), **facts)).rowcount == 0:
                raise LeaseLost(run_id)
            # Where it was to stop, it is not wanted running any more: judged by the wishes as
            # they stand now, which may be newer than those the worker read.
            arrived = or_(r.iteration >= r.iterations, r.iteration >= r.pause_at)
            db.execute(query.where(arrived).values(desired="paused", pause_at=None))
            for table, rows in (
                (schema.metrics, news.metrics),
                (schema.evaluations, news.evaluations),
                (schema.samples, news.samples),
                (schema.rate_changes, news.rate_changes),
                (schema.snapshots, news.snapshots),
                (schema.checkpoints, [news.checkpoint] if news.checkpoint else []),
            ):
                if rows:
                    db.execute(self.upsert(table), [{"run": run_id, **row} for row in rows])

    def pause(self, run_id: str, message: str, *, worker: str | None = None) -> None:
        """Let a run rest that should not go on, and say why.

        worker: only if it holds the lease; it gives that back.
        """
        this_run = update(schema.runs).where(schema.runs.c.id == run_id)
        rest = {"desired": "paused", "message": message}
        if worker is not None:
            this_run = this_run.where(schema.runs.c.worker == worker)
            rest |= {"status": "paused", "worker": None}
        with self.writing() as db:
            db.execute(this_run.values(**rest))

    def fail(self, run_id: str, message: str, *, worker: str | None = None) -> None:
        """End a run that cannot go on. worker: only if it holds the lease."""
        query = update(schema.runs).where(schema.runs.c.id == run_id)
        if worker is not None:
            query = query.where(schema.runs.c.worker == worker)
        with self.writing() as db:
            db.execute(query.values(status="failed", message=message, worker=None))

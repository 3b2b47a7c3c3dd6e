"""How often a worker was started for a run without progress, and how the last one ended.

It is stored, so that it still counts when another server starts the next worker.
"""

from typing import NamedTuple

from sqlalchemy import delete, select, update

from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.runs import is_runnable

# Why a worker ended. Only the first two count against the run.
EXITED = "exited"  # by itself or killed, whatever its exit status
HUNG = "hung"
STORE_FAILED = "store failed"  # the worker could not use the store
NOT_STARTED = "not started"  # there was no process or memory for it
LOST = "lost"  # nothing more is known of it, for example because its machine has failed
PREEMPTED = "preempted"  # another run was to have the slot, or the server was closed
_FAILURES = (EXITED, HUNG)


class Attempt(NamedTuple):
    """The last start of a worker for a run."""

    checkpoint: int | None  # the iteration it continued from; None if from scratch
    number: int  # of starts from there in a row, from 1
    reason: str  # why it ended; "" while it runs, or if its server was killed
    seconds_ago: float | None  # when it ended

    @property
    def failed(self) -> bool:
        """Whether it ended because of the run, as far as is known."""
        return self.reason in _FAILURES

    def ended_within(self, seconds: float) -> bool:
        """Whether it ended so recently. A time yet to come is from before a clock was set back."""
        return self.seconds_ago is not None and 0 <= self.seconds_ago < seconds


class Attempts:
    """The attempts of all runs. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def last(self, run_id: str) -> Attempt | None:
        """The last attempt since the run was last paused or has failed; None if there is none."""
        a = schema.attempts.c
        query = select(a.checkpoint, a.number, a.reason, Now() - a.ended_at)
        with self._database.reading() as db:
            row = db.execute(query.where(a.run == run_id)).first()
        return Attempt(*row) if row else None

    def begin(self, run_id: str, checkpoint: int | None, number: int) -> None:
        """Record that a worker is being started. A run that is gone is ignored."""
        row = {"run": run_id, "checkpoint": checkpoint, "number": number} | {
            "ended_at": None,
            "reason": "",
        }
        with self._database.writing() as db:
            if db.execute(select(schema.runs.c.id).where(schema.runs.c.id == run_id)).first():
                db.execute(self._database.upsert(schema.attempts), [row])

    def end(self, run_id: str, reason: str, *, server: str, worker: str | None = None) -> None:
        """Record that a worker on a server has ended, and release its lease.

        worker: the name under which it may hold the lease. The reason is PREEMPTED if the run has
        lost its slot. If the run need not go on, it loses the slot now, and its attempts start
        over. An attempt that has failed before (see Decisions.failed) stays as it is.
        """
        r, a = schema.runs.c, schema.attempts.c
        this_run = update(schema.runs).where(r.id == run_id)
        with self._database.writing() as db:
            if worker is not None:
                db.execute(this_run.where(r.worker == worker).values(worker=None))
            active = is_runnable().label("active")
            row = db.execute(select(active, r.server).where(r.id == run_id)).first()
            if row is None or not row.active:
                db.execute(this_run.where(r.server == server).values(server=None))
                db.execute(delete(schema.attempts).where(a.run == run_id))
                return
            values = {"reason": reason if row.server == server else PREEMPTED, "ended_at": Now()}
            under_way = (a.run == run_id) & (a.reason == "")
            db.execute(update(schema.attempts).where(under_way).values(values))

"""Which runs train, and where: what servers read in every round, and what one of them decides."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, or_, select, update

from charrnn.runs.store import schema
from charrnn.runs.store.attempts import EXITED
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.records import Candidate, Experiment, Server
from charrnn.runs.store.rooms import sharing_evenly
from charrnn.runs.store.runs import is_runnable
from charrnn.runs.store.servers import all_servers

_R = schema.runs.c
# Built once, because in every round that would take longer than the database.
_CANDIDATES = (
    select(*(_R[field.name] for field in fields(Candidate)))
    .where(or_(is_runnable(), _R.worker.is_not(None), _R.server.is_not(None)))
    .order_by(_R.created_at, _R.id)
)


@dataclass(frozen=True)
class Situation:
    """What a round begins with, read in one transaction."""

    runs: list[Candidate]  # that should train, or have a worker or a slot; oldest first
    servers: list[Server]  # as they came: the first one decides
    one_each: Container[str]  # the workspaces in open rooms, if any run should train


@dataclass(frozen=True)
class Decisions:
    """What changes. Runs are as they were read; those that are not named stay as they are."""

    expired: Sequence[Candidate] = ()  # those whose workers are gone: their leases end
    failed: bool = False  # whether that counts as a failed attempt of each
    paused: Sequence[tuple[Candidate, str]] = ()  # and why, for people
    # Server, position in the queue.
    placed: Sequence[tuple[Candidate, str | None, int | None]] = ()

    def __bool__(self) -> bool:
        return any((self.expired, self.paused, self.placed))


class Placement:
    """Slots and queue of all runs. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def read(self) -> Situation:
        """The situation as it is."""
        with self._database.reading() as db:
            runs = [_candidate(row) for row in db.execute(_CANDIDATES)]
            one_each = sharing_evenly(db) if any(run.active for run in runs) else set[str]()
            return Situation(runs, all_servers(db), one_each)

    def apply(self, server: str, decisions: Decisions) -> bool:
        """Write what a server has decided, in one transaction.

        Returns False, and writes nothing, if another server decides by now. So there are never
        decisions of two servers.
        """
        with self._database.writing() as db:
            servers = all_servers(db)
            if not servers or servers[0].name != server:
                return False
            for run in decisions.expired:
                # Not if it has been renewed since it was read.
                same = (_R.worker == run.worker) & (_R.heartbeat == run.heartbeat)
                query = update(schema.runs).where(_R.id == run.id, same)
                ended = db.execute(query.values(worker=None)).rowcount
                if ended and decisions.failed:
                    a = schema.attempts.c
                    attempt = update(schema.attempts).where(a.run == run.id)
                    db.execute(attempt.values(reason=EXITED, ended_at=Now()))
            for run, reason in decisions.paused:
                query = update(schema.runs).where(_R.id == run.id)
                db.execute(query.values(desired="paused", message=reason))
            for run, place, position in decisions.placed:
                query = update(schema.runs).where(_R.id == run.id)
                db.execute(query.values(server=place, queue_position=position))
        return True

    def vacate(self, run_id: str, server: str) -> None:
        """Give up the slot of a run that should not train and has no worker on its server."""
        unused = (_R.id == run_id) & (_R.server == server) & _R.worker.is_(None) & ~is_runnable()
        with self._database.writing() as db:
            db.execute(update(schema.runs).where(unused).values(server=None))


def _candidate(row: Row[Any]) -> Candidate:
    """The Candidate of a row of _CANDIDATES."""
    values = row._asdict()
    if row.experiment:
        values["experiment"] = Experiment(**row.experiment)
    return Candidate(**values)

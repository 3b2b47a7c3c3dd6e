"""Which runs train, and where: what servers read in every round, and what one of them decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, update

from charrnn.runs.store import schema
from charrnn.runs.store.database import Database
from charrnn.runs.store.records import Run, Server
from charrnn.runs.store.runs import RUN_COLUMNS, is_runnable, run_from_row
from charrnn.runs.store.servers import all_servers


@dataclass(frozen=True)
class Situation:
    """What a round begins with, read in one transaction."""

    runs: list[Run]  # that should train, or have a worker or a slot; oldest first
    servers: list[Server]  # as they came: the first one decides


@dataclass(frozen=True)
class Decisions:
    """What changes. Runs are as they were read; those that are not named stay as they are."""

    expired: Sequence[Run] = ()  # those whose workers are gone: their leases end
    paused: Sequence[tuple[Run, str]] = ()  # and why, for people
    placed: Sequence[tuple[Run, str | None, int | None]] = ()  # server, position in the queue

    def __bool__(self) -> bool:
        return any((self.expired, self.paused, self.placed))


class Placement:
    """Slots and queue of all runs. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def read(self) -> Situation:
        """The situation as it is."""
        r = schema.runs.c
        concerned = or_(is_runnable(), r.worker.is_not(None), r.server.is_not(None))
        query = select(*RUN_COLUMNS).where(concerned).order_by(r.created_at, r.id)
        with self._database.reading() as db:
            runs = [run_from_row(row) for row in db.execute(query)]
            return Situation(runs, all_servers(db))

    def apply(self, server: str, decisions: Decisions) -> bool:
        """Write what a server has decided, in one transaction.

        Returns False, and writes nothing, if another server decides by now. So there are never
        decisions of two servers.
        """
        r = schema.runs.c
        with self._database.writing() as db:
            servers = all_servers(db)
            if not servers or servers[0].name != server:
                return False
            for run in decisions.expired:
                # Not if it has been renewed since it was read.
                same = (r.worker == run.worker) & (r.heartbeat == run.heartbeat)
                query = update(schema.runs).where(r.id == run.id, same)
                db.execute(query.values(worker=None))
            for run, reason in decisions.paused:
                query = update(schema.runs).where(r.id == run.id)
                db.execute(query.values(desired="paused", message=reason))
            for run, place, position in decisions.placed:
                query = update(schema.runs).where(r.id == run.id)
                db.execute(query.values(server=place, queue_position=position))
        return True

    def vacate(self, run_id: str, server: str) -> None:
        """Give up the slot of a run that should not train and has no worker on its server."""
        r = schema.runs.c
        unused = (r.id == run_id) & (r.server == server) & r.worker.is_(None) & ~is_runnable()
        with self._database.writing() as db:
            db.execute(update(schema.runs).where(unused).values(server=None))

"""Runs that are written in several short transactions, and hidden until they are complete.

One long transaction would keep everybody else who writes waiting: other visitors, and the workers,
whose leases expire if they cannot renew them.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, func, insert, literal, not_, select, update

from charrnn.runs.errors import StoreError
from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.records import Run
from charrnn.runs.store.runs import find_run, next_number, require_text

BATCH = 4000  # rows in a transaction
MAX_PAUSE_SECONDS = 0.25  # after a transaction

T = TypeVar("T")


class IncompleteRun:
    """A run in the making. It belongs to no workspace and counts as deleted.

    So no page shows it and no worker trains it, and if its writer is killed, pruning removes it.
    """

    def __init__(self, database: Database, run_id: str):
        self._database, self.id = database, run_id

    def write(self, change: Callable[[Connection], T]) -> T:
        """Make a change in a transaction of its own, then let others write for as long."""
        started = time.perf_counter()
        with self._database.writing() as db:
            if db.dialect.name == "postgresql":
                # If its server crashes, none of the earlier transactions may be missing.
                db.exec_driver_sql("SET LOCAL synchronous_commit = on")
            result = change(db)
        time.sleep(min(MAX_PAUSE_SECONDS, time.perf_counter() - started))
        return result

    def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Insert rows, each without its run, in one transaction."""
        self.write(lambda db: db.execute(table.insert(), [{"run": self.id, **row} for row in rows]))

    def insert_all(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert any number of rows of a history table, each (iteration, *columns)."""
        names = ("iteration", *columns)
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            self.insert(table, *(dict(zip(names, row, strict=True)) for row in batch))

    def copy(self, table: Table, source: str, *, first: int = 0, until: int) -> None:
        """Copy the rows of another run from one iteration to another, both included."""
        c, after = table.c, first - 1
        names = [column.name for column in c if column.name != "run"]

        def copy_batch(db: Connection) -> int | None:
            later = (c.run == source) & (c.iteration > after) & (c.iteration <= until)
            batch = select(c.iteration).where(later).order_by(c.iteration).limit(BATCH).subquery()
            last: int | None = db.execute(select(func.max(batch.c.iteration))).scalar()
            if last is not None:
                rows = select(literal(self.id), *(c[name] for name in names))
                here = later & (c.iteration <= last)
                db.execute(insert(table).from_select(["run", *names], rows.where(here)))
            return last

        while (last := self.write(copy_batch)) is not None:
            after = last

    def complete(self, workspace: str, **values: Any) -> Run:
        """Show the run in a workspace. values: columns of schema.runs to set with it."""
        this_run = update(schema.runs).where(schema.runs.c.id == self.id)
        with self._database.writing() as db:
            number = next_number(db, workspace)
            shown = {"workspace": workspace, "number": number, "deleted_at": None}
            db.execute(this_run.values(**shown, viewed_at=Now(), **values))
            return find_run(db, schema.runs.c.id, self.id)

    def _discard(self, corpus: str | None) -> None:
        """Delete what has been written. corpus: the SHA-256 of a text that was added for it."""
        r, c, u = schema.runs.c, schema.corpora.c, schema.uploads.c

        def delete_rows(db: Connection, table: Table) -> None:
            db.execute(delete(table).where(table.c.run == self.id))

        def delete_run(db: Connection) -> None:
            db.execute(delete(schema.runs).where(r.id == self.id))
            run = select(r.id).where(r.sha256 == c.sha256)
            upload = select(u.name).where(u.sha256 == c.sha256)
            unused = not_(run.exists()), not_(upload.exists())
            db.execute(delete(schema.corpora).where(c.sha256 == corpus, *unused))

        for table in (*schema.HISTORY_TABLES, schema.checkpoints):
            self.write(partial(delete_rows, table=table))
        self.write(delete_run)


@contextmanager
def incomplete_run(
    database: Database, row: Mapping[str, Any], corpus: Mapping[str, Any] | None = None
) -> Iterator[IncompleteRun]:
    """Begin a run; if an exception is raised, everything that was written is deleted again.

    row: of schema.runs, without workspace and number. corpus: the row of its text in
    schema.corpora, if it may be missing there.
    """
    run = IncompleteRun(database, row["id"])
    hidden = {"workspace": "", "number": 0, "deleted_at": Now()}

    def begin(db: Connection) -> bool:
        added = 0
        if corpus is not None:
            query = database.insert(schema.corpora).values(corpus).on_conflict_do_nothing()
            added = db.execute(query).rowcount
        require_text(db, row["sha256"])
        db.execute(schema.runs.insert().values(dict(row) | hidden))
        return added > 0

    added = run.write(begin)
    try:
        yield run
    except BaseException:
        with suppress(StoreError):  # then pruning will delete it
            run._discard(row["sha256"] if added else None)
        raise

"""Pruning: deletes runs and texts that nobody needs anymore.

Each is deleted in a transaction of its own that first checks again that it is unneeded, because a
server may be using the store at the same time.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, delete, func, not_, or_, select

from charrnn.runs.events import log_event
from charrnn.runs.limits import Limits
from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.leases import LEASE_SECONDS
from charrnn.runs.store.store import Store

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Pruned:
    """What was removed, or would be in a dry run."""

    deleted: list[str]  # ids of runs that their owner had deleted
    unseen: list[str]  # ids of runs that no page had shown for long
    texts: list[str]  # SHA-256 of texts that no run used
    kept_size: str  # why the database file was not shrunk, or ""


def prune(store: Store, limits: Limits, *, dry_run: bool = False) -> Pruned:
    """Remove what nobody needs. dry_run: only find it. Raises StoreError.

    Removed are runs that their owner deleted more than a day ago; runs that no page has shown for
    limits.keep_days, unless they are still to be trained; and texts that no run uses and that were
    added more than a day ago. Runs that a worker holds stay, and so do the texts of the library.
    """
    r, c = schema.runs.c, schema.corpora.c
    unleased = or_(r.worker.is_(None), r.heartbeat < Now() - LEASE_SECONDS)
    inactive = or_(r.desired != "running", r.status == "failed", r.iteration >= r.iterations)
    long_deleted = r.deleted_at < Now() - DAY_SECONDS
    long_unseen = r.deleted_at.is_(None) & (r.viewed_at < Now() - limits.keep_days * DAY_SECONDS)

    def remove(
        key: Column[str],
        unneeded: ColumnElement[bool],
        delete_row: Callable[[Connection, str], None],
    ) -> list[str]:
        with store.database.reading() as db:
            found = list(db.execute(select(key).where(unneeded)).scalars())
        if dry_run:
            return found
        return [value for value in found if _remove(store, key, value, unneeded, delete_row)]

    deleted = remove(r.id, long_deleted & unleased, _delete_run)
    unseen = remove(r.id, long_unseen & inactive & unleased, _delete_run)
    users = select(r.id).where(r.sha256 == c.sha256)
    if dry_run:  # those runs are still there
        users = users.where(not_(unleased & (long_deleted | (long_unseen & inactive))))
    unused = not_(users.exists()) & not_(_is_in_a_start())
    unused &= func.coalesce(c.added_at, 0.0) < Now() - DAY_SECONDS
    texts = remove(c.sha256, unused & c.sha256.not_in(library_titles()), _delete_text)
    return Pruned(deleted, unseen, texts, "" if dry_run else store.database.compact())


def free_space(store: Store, workspace: str, *, keep: str = "") -> bool:
    """Remove for good what one visitor needs least; returns whether anything was removed.

    That is the run that was deleted longest ago, or else a text of theirs that no run uses; not the
    one with the SHA-256 `keep`. A worker that still holds the run finds it gone, and ends.
    """
    r, u, c = schema.runs.c, schema.uploads.c, schema.corpora.c
    deleted = (r.workspace == workspace) & r.deleted_at.is_not(None)
    users = select(r.id).where(r.sha256 == c.sha256)
    uploaders = select(u.sha256).where(u.sha256 == c.sha256)
    theirs = uploaders.where(u.workspace == workspace).exists()
    others = uploaders.where(u.workspace != workspace).exists()
    unused = theirs & not_(others) & not_(users.exists()) & not_(_is_in_a_start())
    unused &= c.sha256.not_in([keep, *library_titles()])
    for key, order, unneeded, delete_row in (
        (r.id, r.deleted_at, deleted, _delete_run),
        (c.sha256, c.added_at, unused, _delete_text),
    ):
        with store.database.reading() as db:
            oldest = db.execute(select(key).where(unneeded).order_by(order).limit(1)).scalar()
        if oldest is not None and _remove(store, key, oldest, unneeded, delete_row):
            return True
    return False


def _is_in_a_start() -> ColumnElement[bool]:
    """Whether a room starts with a text: people may join later, and have no run with it yet."""
    r, text = schema.rooms.c, schema.rooms.c.start["sha256"].as_string()
    starts = select(r.id).where(r.closed_at.is_(None), text == schema.corpora.c.sha256)
    return starts.exists()


def _remove(
    store: Store,
    key: Column[str],
    value: str,
    unneeded: ColumnElement[bool],
    delete_row: Callable[[Connection, str], None],
) -> bool:
    """Delete one run or text if it is still unneeded. Returns whether it was deleted."""
    with store.database.writing() as db:
        still_unneeded = select(key).where(key == value, unneeded).with_for_update()
        if db.execute(still_unneeded).first() is None:
            return False
        delete_row(db, value)
    log_event("removed", kind=key.table.name, id=value)
    return True


def _delete_run(db: Connection, run_id: str) -> None:
    for table in (*schema.HISTORY_TABLES, schema.checkpoints, schema.attempts, schema.games):
        db.execute(delete(table).where(table.c.run == run_id))
    db.execute(delete(schema.runs).where(schema.runs.c.id == run_id))


def _delete_text(db: Connection, sha256: str) -> None:
    db.execute(delete(schema.uploads).where(schema.uploads.c.sha256 == sha256))
    db.execute(delete(schema.corpora).where(schema.corpora.c.sha256 == sha256))

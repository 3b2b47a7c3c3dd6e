"""What nobody needs any more: runs thrown away, runs long unseen, and texts that no run uses.

Each goes in a transaction of its own, which first asks again whether it is still so: a server may
live on the same store meanwhile.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, delete, func, not_, or_, select

from charrnn.runs import library, schema
from charrnn.runs.events import event
from charrnn.runs.limits import Limits
from charrnn.runs.records import LEASE_SECONDS
from charrnn.runs.store import Store

DAY = 86_400.0  # seconds


@dataclass(frozen=True)
class Tidied:
    """What was removed, or would be."""

    thrown_away: list[str]  # ids of runs
    unseen: list[str]  # ids of runs
    texts: list[str]  # SHA-256
    compacted: bool  # the room was given back to the disk


def tidy(store: Store, limits: Limits, *, dry_run: bool = False) -> Tidied:
    """Remove what nobody needs. Raises StoreError.

    Runs that were thrown away more than a day ago; runs that no page has shown for
    limits.keep_days and that are not wanted running; texts that no run uses, brought more than a
    day ago. No run goes that a worker holds. The texts on offer stay: every page counts on them.
    """
    r, c, now = schema.runs.c, schema.corpora.c, time.time()
    free = or_(r.worker.is_(None), r.heartbeat < now - LEASE_SECONDS)
    at_rest = or_(r.desired != "running", r.status == "failed", r.iteration >= r.iterations)
    long_unseen = r.deleted_at.is_(None) & (r.looked_at < now - limits.keep_days * DAY)

    def away(key: Column, needless: ColumnElement[bool], remove: Callable) -> list[str]:
        with store.reading() as db:
            keys = list(db.execute(select(key).where(needless)).scalars())
        return keys if dry_run else [k for k in keys if _away(store, key, k, needless, remove)]

    thrown_away = away(r.id, (r.deleted_at < now - DAY) & free, _remove_run)
    unseen = away(r.id, long_unseen & at_rest & free, _remove_run)
    users = select(r.id).where(r.sha256 == c.sha256, r.id.not_in([*thrown_away, *unseen]))
    unused = not_(users.exists()) & (func.coalesce(c.added_at, 0.0) < now - DAY)
    texts = away(c.sha256, unused & c.sha256.not_in(_on_offer()), _remove_text)
    return Tidied(thrown_away, unseen, texts, compacted=not dry_run and store.compact())


def _away(
    store: Store, key: Column, value: str, needless: ColumnElement[bool], remove: Callable
) -> bool:
    """Remove one, unless somebody has come to need it."""
    with store.writing() as db:
        still = select(key).where(key == value, needless).with_for_update()
        if db.execute(still).first() is None:
            return False
        remove(db, value)
    event("removed", kind=key.table.name, id=value)
    return True


def _remove_run(db: Connection, run_id: str) -> None:
    for table in (*schema.LEFT_BEHIND, schema.checkpoints):
        db.execute(delete(table).where(table.c.run == run_id))
    db.execute(delete(schema.runs).where(schema.runs.c.id == run_id))


def _remove_text(db: Connection, sha256: str) -> None:
    db.execute(delete(schema.corpora).where(schema.corpora.c.sha256 == sha256))


def _on_offer() -> list[str]:
    texts = (library.load(offer.key) for offer in library.offers())
    return [hashlib.sha256(text.encode()).hexdigest() for text in texts]

"""Disk space: what is free, and how much of it one visitor, or one network address, may take.

What counts are texts, snapshots and checkpoints; losses and samples are small beside them.
"""

import math
import shutil
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import func, select, union, union_all

from charrnn.runs.limits import MEGABYTE, Limits
from charrnn.runs.store import schema
from charrnn.runs.store.database import Database

# Nobody may fill more than this share of what the disk has for all, however large the quota.
SHARE_OF_DISK = 0.5


class Space:
    """The disk space of a store. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def free_megabytes(self, *, enough: float = math.inf) -> float:
        """What can still be written, in units of 2**20 bytes: on the disk, and inside the file.

        Infinite if the store is not a file on this machine, or if its disk cannot be queried. If
        the disk has `enough`, what is free inside the file is not counted, which takes longer.
        """
        if self._database.file is None:
            return math.inf
        try:
            free = shutil.disk_usage(Path(self._database.file).parent).free
        except OSError:
            return math.inf  # whatever is wrong with the disk, reading the store will report it
        if free / MEGABYTE >= enough:
            return free / MEGABYTE
        return (free + self._database.size().reusable) / MEGABYTE

    def allowed_megabytes(self, limits: Limits, *, address: bool = False) -> float:
        """How much one visitor may store, or all visitors of one address together."""
        room = self.free_megabytes() - limits.free_megabytes
        room += self._database.size().used / MEGABYTE
        share = max(0.0, SHARE_OF_DISK * room)
        return share if address else min(limits.visitor_megabytes, share)

    def used_megabytes(self, owners: Iterable[str], *, address: bool = False) -> dict[str, float]:
        """workspace -> what its runs and texts take; or address -> those of its workspaces."""
        r, u, c = schema.runs.c, schema.uploads.c, schema.corpora.c
        owner, uploader = (r.address, u.address) if address else (r.workspace, u.workspace)
        used = dict.fromkeys(owners, 0.0)
        texts = union(
            select(owner.label("owner"), r.sha256.label("sha256")).where(owner.in_(used)),
            select(uploader, u.sha256).where(uploader.in_(used)),
        ).subquery()
        of_texts = select(texts.c.owner, func.sum(func.length(c.text))).group_by(texts.c.owner)
        queries = [of_texts.join(schema.corpora, c.sha256 == texts.c.sha256)]
        for table in (schema.snapshots, schema.checkpoints):
            of_states = select(owner, func.sum(func.length(table.c.state))).where(owner.in_(used))
            queries.append(of_states.join(table, table.c.run == r.id).group_by(owner))
        with self._database.reading() as db:
            for query in queries:
                for key, size in db.execute(query):
                    used[key] += float(size) / MEGABYTE
        return used

    def largest_run(self, workspace: str) -> tuple[str, float] | None:
        """(id, megabytes) of the run of a workspace whose saved states take most; None if none."""
        r = schema.runs.c
        sizes = [
            select(r.id, func.sum(func.length(table.c.state)).label("size"))
            .join(table, table.c.run == r.id)
            .where(r.workspace == workspace, r.deleted_at.is_(None))
            .group_by(r.id)
            for table in (schema.snapshots, schema.checkpoints)
        ]
        both = union_all(*sizes).subquery()
        total = func.sum(both.c.size)
        query = select(both.c.id, total).group_by(both.c.id).order_by(total.desc()).limit(1)
        with self._database.reading() as db:
            row = db.execute(query).first()
        return (row[0], float(row[1]) / MEGABYTE) if row else None

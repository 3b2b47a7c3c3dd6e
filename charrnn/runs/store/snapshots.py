"""Saved training states: the snapshots of a run, and its newest checkpoint.

A snapshot is kept for good, to show and branch from a past iteration. The checkpoint is replaced
as training goes on, and the run resumes from it.
"""

from sqlalchemy import func, select, true

from charrnn.runs.store import schema
from charrnn.runs.store.database import Database
from charrnn.runs.store.history import select_rows


class Snapshots:
    """The saved states of all runs. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def iterations(self, run_id: str, *, complete: bool = False) -> list[int]:
        """The iterations that have a snapshot, in order.

        complete: only those with the whole training state (version 1 saved the weights alone).
        """
        s = schema.snapshots
        selected = s.c.seconds.is_not(None) if complete else true()
        with self._database.reading() as db:
            return [iteration for (iteration,) in select_rows(db, s, run_id, where=selected)]

    def get(self, run_id: str, iteration: int) -> bytes:
        """The state at an iteration, as safetensors. Raises KeyError if there is no snapshot."""
        s = schema.snapshots.c
        query = select(s.state).where(s.run == run_id, s.iteration == iteration)
        with self._database.reading() as db:
            state: bytes | None = db.execute(query).scalar()
        if state is None:
            raise KeyError(iteration)
        return state

    def last_good(self, run_id: str) -> int | None:
        """The iteration of the last complete snapshot before the smooth loss was lowest.

        This is where to go back to after training diverged. None if there is no such snapshot.
        """
        m, s = schema.metrics.c, schema.snapshots.c
        lowest = select(m.iteration).where(m.run == run_id).order_by(m.smooth_loss, m.iteration)
        complete = select(func.max(s.iteration)).where(s.run == run_id, s.seconds.is_not(None))
        with self._database.reading() as db:
            best = db.execute(lowest.limit(1)).scalar()
            if best is None:
                return None
            return db.execute(complete.where(s.iteration <= best)).scalar()

    def checkpoint(self, run_id: str) -> tuple[float, bytes] | None:
        """(seconds spent training, state as safetensors) of the checkpoint; None before it."""
        c = schema.checkpoints.c
        with self._database.reading() as db:
            row = db.execute(select(c.seconds, c.state).where(c.run == run_id)).first()
        return (row.seconds, row.state) if row else None

    def checkpoint_iteration(self, run_id: str) -> int | None:
        """The iteration of the checkpoint, without reading its state; None before the first."""
        c = schema.checkpoints.c
        with self._database.reading() as db:
            return db.execute(select(c.iteration).where(c.run == run_id)).scalar()

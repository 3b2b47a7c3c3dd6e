"""Saved training states: the snapshots of a run, and its newest checkpoint.

A snapshot is kept for good, to show and branch from a past iteration; only that of the lowest
held-out loss is replaced by a better one. The checkpoint is replaced as training goes on, and the
run resumes from it.
"""

from statistics import median

from sqlalchemy import join, select, true

from charrnn.runs.store import schema
from charrnn.runs.store.database import Database
from charrnn.runs.store.history import select_rows

FOLLOWING_ROWS = 20  # recorded losses that show whether training from a snapshot goes well


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

    def best(self, run_id: str) -> tuple[int, float] | None:
        """(iteration, held-out loss) of the snapshot that predicts held-out text best.

        The earliest of several; None if no snapshot was measured.
        """
        s, e = schema.snapshots.c, schema.evaluations.c
        measured = join(
            schema.snapshots, schema.evaluations, (s.run == e.run) & (s.iteration == e.iteration)
        )
        query = select(e.iteration, e.held_out_loss).select_from(measured).where(s.run == run_id)
        with self._database.reading() as db:
            row = db.execute(query.order_by(e.held_out_loss, e.iteration).limit(1)).first()
        return (row.iteration, row.held_out_loss) if row else None

    def get(self, run_id: str, iteration: int) -> bytes:
        """The state at an iteration, as safetensors. Raises KeyError if there is no snapshot."""
        s = schema.snapshots.c
        query = select(s.state).where(s.run == run_id, s.iteration == iteration)
        with self._database.reading() as db:
            state: bytes | None = db.execute(query).scalar()
        if state is None:
            raise KeyError(iteration)
        return state

    def complete(self, run_id: str, iteration: int) -> tuple[float, bytes]:
        """(seconds spent training, state as safetensors) at an iteration.

        Raises KeyError if there is no snapshot with the whole training state.
        """
        s = schema.snapshots.c
        here = (s.run == run_id, s.iteration == iteration, s.seconds.is_not(None))
        with self._database.reading() as db:
            row = db.execute(select(s.seconds, s.state).where(*here)).first()
        if row is None:
            raise KeyError(iteration)
        return row.seconds, row.state

    def last_good(self, run_id: str, max_loss: float) -> int | None:
        """Where to go back to after training diverged; None if there is nowhere.

        This is the newest complete snapshot after which windows cost less than `max_loss` (nats,
        summed over the window), by the median of the next FOLLOWING_ROWS recorded; or else the one
        before the first update. The loss of a window is that of the weights before their update,
        so it says nothing of a snapshot at the same iteration.
        """
        m = schema.metrics.c
        complete = self.iterations(run_id, complete=True)
        with self._database.reading() as db:
            for iteration in reversed(complete):
                later = select(m.loss).where(m.run == run_id, m.iteration > iteration)
                query = later.order_by(m.iteration).limit(FOLLOWING_ROWS)
                following = list(db.execute(query).scalars())
                if following and median(following) < max_loss:
                    return iteration
        return 0 if 0 in complete else None

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

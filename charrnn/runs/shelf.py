"""The runs of one visitor: made, named, branched, thrown away and taken back."""

import time
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, literal, select, update

from charrnn.runs import naming, schema
from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.records import Corpus, Run
from charrnn.runs.store import Store, add_run, as_run, new_run, run_where

MAX_NAME_LENGTH = naming.MAX_NAME_LENGTH


class Shelf:
    """The runs of one workspace. No run of another is listed, reached or changed through it."""

    def __init__(self, store: Store, workspace: str):
        """workspace: a key that cannot be guessed; whoever knows it owns the runs."""
        self.store, self.workspace = store, workspace

    def runs(self) -> list[Run]:
        """All that are not thrown away, newest first."""
        r = schema.runs
        mine = select(r).where(r.c.workspace == self.workspace, r.c.deleted_at.is_(None))
        with self.store.reading() as db:
            rows = db.execute(mine.order_by(r.c.number.desc())).all()
        return [as_run(row) for row in rows]

    def run(self, run_id: str) -> Run:
        """Raises KeyError if it is not here, or thrown away."""
        run = self.store.run(run_id)
        if run.workspace != self.workspace or run.deleted_at is not None:
            raise KeyError(run_id)
        return run

    def viewed(self, view_key: str) -> Run:
        """A run that its owner shows to others: to look at, no more. Raises KeyError."""
        with self.store.reading() as db:
            run = run_where(db, schema.runs.c.view_key, view_key)
        if run.deleted_at is not None:
            raise KeyError(view_key)
        return run

    def create(
        self,
        corpus: Corpus,
        config: RunConfig,
        *,
        pause_at: int | None = None,
        parent: str | None = None,
    ) -> Run:
        """A new run here; parent: the run of which it is a twin."""
        return self.store.create_run(
            corpus, config, pause_at=pause_at, parent=parent, workspace=self.workspace
        )

    def branch(self, run: Run, iteration: int, *, learning_rate: float | None = None) -> Run:
        """A new run here that goes on from a snapshot of `run`, with all that came before it.

        run may be anybody's. The branch stands by itself: it stays if its parent goes.
        learning_rate: what it goes on with, unless given as its parent did. Raises KeyError if the
        state at that iteration is not kept, ValueError for a bad learning rate, TooLarge.
        """
        corpus = self.store.corpus(run.sha256)
        state = self.store.snapshot(run.id, iteration)
        then = state_from_bytes(state)
        rate = float(then["learning_rate"]) if learning_rate is None else learning_rate
        limit = max(run.iterations, iteration + 1)
        config = replace(run.config, learning_rate=rate, iterations=limit)
        s = schema.snapshots.c
        with self.store.writing() as db:
            at = (s.run == run.id, s.iteration == iteration, s.seconds.is_not(None))
            seconds = db.execute(select(s.seconds).where(*at)).scalar()
            if seconds is None:
                raise KeyError(iteration)
            row = new_run(corpus, config) | {
                "workspace": self.workspace,
                "parent": run.id,
                "branched_at": iteration,
                "iteration": iteration,
                "smooth_loss": float(then["smooth_loss"]),
                "seconds": seconds,
            }
            add_run(db, row)
            for table in schema.LEFT_BEHIND:
                # A change of the rate at this very iteration came after the snapshot.
                until = iteration - 1 if table is schema.rate_changes else iteration
                _copy(db, table, run.id, row["id"], until)
            checkpoint = {"iteration": iteration, "seconds": seconds, "state": state}
            db.execute(schema.checkpoints.insert().values(run=row["id"], **checkpoint))
        return self.store.run(row["id"])

    def rate_at(self, run: Run, iteration: int) -> float:
        """The learning rate that held at a snapshot of `run`, anybody's. Raises KeyError."""
        return float(state_from_bytes(self.store.snapshot(run.id, iteration))["learning_rate"])

    def wish(self, run_id: str, **wishes: Any) -> None:
        """Say what is wanted of a run: see Store.wish. Raises KeyError if it is not here."""
        self.store.wish(self.run(run_id).id, **wishes)

    def rename(self, run_id: str, name: str) -> None:
        """Raises KeyError if it is not here. An empty name is its number again."""
        self._change(run_id, name=naming.short_name(name) if name.strip() else "")

    def delete(self, run_id: str) -> None:
        """Throw a run away; restore() takes it back. Raises KeyError if it is not here."""
        self.wish(run_id, desired="paused")
        self._change(run_id, deleted_at=time.time())

    def restore(self, run_id: str) -> None:
        """Take back a run that was thrown away. It rests. Raises KeyError if it is gone."""
        self._change(run_id, deleted_at=None)

    def _change(self, run_id: str, **values: Any) -> None:
        r = schema.runs.c
        mine = update(schema.runs).where(r.id == run_id, r.workspace == self.workspace)
        with self.store.writing() as db:
            if db.execute(mine.values(**values)).rowcount == 0:
                raise KeyError(run_id)


def _copy(db, table, old: str, new: str, until: int) -> None:
    """What a run had left behind at an iteration, for another run as well."""
    others = [c for c in table.c if c.name != "run"]
    rows = select(literal(new), *others).where(table.c.run == old, table.c.iteration <= until)
    db.execute(insert(table).from_select(["run", *(c.name for c in others)], rows))

"""The history of runs: metrics, evaluations, samples and learning-rate changes by iteration."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, or_, select, true

from charrnn.runs.store import schema
from charrnn.runs.store.database import Database
from charrnn.runs.store.losses import LossFigures, loss_figures
from charrnn.runs.store.records import (
    HISTORY_COLUMNS,
    CheckpointedRun,
    FullHistory,
    History,
    Run,
)
from charrnn.runs.store.runs import find_run, next_number


class Histories:
    """The history tables of all runs. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def observe(
        self, run_id: str, *, points: int = 256, evaluations: int = 1000
    ) -> tuple[Run, History]:
        """A run and its history, read in one transaction. Raises KeyError.

        Metrics are thinned to at most about `points` rows, evaluations to `evaluations`: every
        2nd, 4th, 8th ... and the newest. The points of a chart are therefore evenly spaced, and
        keep their places as rows are added.
        """
        m, e, r, s = schema.metrics, schema.evaluations, schema.rate_changes, schema.samples
        with self._database.reading() as db:
            run = find_run(db, schema.runs.c.id, run_id)
            metrics_stride = _stride(run.iteration, 1, points)
            evaluations_stride = _stride(run.iteration, run.config.sample_interval, evaluations)
            # Rows beyond the run's iteration were written before it resumed from an earlier
            # checkpoint. They will be written again.
            newest = db.execute(
                select(s.c.iteration, s.c.text)
                .where(s.c.run == run_id, s.c.iteration <= run.iteration)
                .order_by(s.c.iteration.desc())
                .limit(1)
            ).first()
            last = newest.iteration if newest else 0

            def rows(table: Table, *columns: Column[Any], stride: int = 1) -> list[tuple[Any, ...]]:
                n = table.c.iteration
                selected = or_(n % stride == 0, n == last) & (n <= run.iteration)
                return select_rows(db, table, run_id, *columns, where=selected)

            return run, History(
                metrics=rows(m, m.c.loss, m.c.smooth_loss, m.c.seconds, stride=metrics_stride),
                evaluations=rows(e, e.c.held_out_loss, stride=evaluations_stride),
                rate_changes=rows(r, r.c.learning_rate),
                sample_iterations=[n for (n,) in rows(s)],
                newest_sample=(newest.iteration, newest.text) if newest else None,
            )

    def sample(self, run_id: str, iteration: int) -> str:
        """The sample that was drawn at an iteration. Raises KeyError if there is none."""
        s = schema.samples.c
        query = select(s.text).where(s.run == run_id, s.iteration == iteration)
        with self._database.reading() as db:
            text: str | None = db.execute(query).scalar()
        if text is None:
            raise KeyError(iteration)
        return text

    def loss_figures(self, run_id: str, smooth_loss: float) -> LossFigures:
        """What the losses of a run come to. smooth_loss: its newest."""
        with self._database.reading() as db:
            return stored_loss_figures(db, run_id, smooth_loss)

    def full(self, run_id: str) -> FullHistory:
        """Every row up to the run's iteration. Raises KeyError."""
        with self._database.reading() as db:
            return _full(db, run_id, find_run(db, schema.runs.c.id, run_id).iteration)

    def at_checkpoint(self, run_id: str) -> CheckpointedRun | None:
        """The run as of its newest checkpoint, read in one transaction; None before the first.

        Raises KeyError if there is no such run.
        """
        c = schema.checkpoints.c
        with self._database.reading() as db:
            run = find_run(db, schema.runs.c.id, run_id)
            newest = select(c.iteration, c.seconds, c.state).where(c.run == run_id)
            checkpoint = db.execute(newest).first()
            if checkpoint is None:
                return None
            # Rows beyond the checkpoint will be written again when the run resumes.
            history = _full(db, run_id, checkpoint.iteration)
        return CheckpointedRun(run, checkpoint.seconds, checkpoint.state, history)

    def add_trained_run(
        self,
        *,
        corpus: dict[str, Any],
        run: dict[str, Any],
        history: FullHistory,
        iteration: int,
        seconds: float,
        state: bytes,
    ) -> Run:
        """Add a run that was trained elsewhere, with its text and history, in one transaction.

        corpus, run: rows of schema.corpora and schema.runs, the run without its number.
        iteration, seconds, state (Trainer.state() as safetensors): the checkpoint from which it
        resumes, which is also its first snapshot.
        """
        with self._database.writing() as db:
            db.execute(
                self._database.insert(schema.corpora).values(corpus).on_conflict_do_nothing()
            )
            run = run | {"number": next_number(db, run["workspace"])}
            db.execute(schema.runs.insert().values(run))
            for name, columns in HISTORY_COLUMNS.items():
                rows = [
                    dict(zip(("run", "iteration", *columns), (run["id"], *row), strict=True))
                    for row in getattr(history, name)
                ]
                if rows:
                    db.execute(getattr(schema, name).insert(), rows)
            saved = {"run": run["id"], "iteration": iteration, "seconds": seconds, "state": state}
            for table in (schema.checkpoints, schema.snapshots):
                db.execute(table.insert().values(saved))
            return find_run(db, schema.runs.c.id, run["id"])


def select_rows(
    db: Connection,
    table: Table,
    run_id: str,
    *columns: Column[Any],
    where: ColumnElement[bool],
) -> list[tuple[Any, ...]]:
    """The rows of a run in a history table, as (iteration, *columns), in order of iteration."""
    c = table.c
    query = select(c.iteration, *columns).where(c.run == run_id, where)
    return [tuple(row) for row in db.execute(query.order_by(c.iteration))]


def stored_loss_figures(db: Connection, run_id: str, smooth_loss: float) -> LossFigures:
    """What the losses of a run come to. smooth_loss: its newest."""
    m = schema.metrics
    rows = select_rows(db, m, run_id, m.c.loss, m.c.smooth_loss, where=true())
    return loss_figures(rows, smooth_loss)


def _full(db: Connection, run_id: str, until: int) -> FullHistory:
    def rows(name: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        c = (table := getattr(schema, name)).c
        selected = [c[column] for column in columns]
        return select_rows(db, table, run_id, *selected, where=c.iteration <= until)

    return FullHistory(**{name: rows(name, columns) for name, columns in HISTORY_COLUMNS.items()})


def _stride(iteration: int, stride: int, max_rows: int) -> int:
    """The first of stride, 2·stride, 4·stride ... that fits at most max_rows times in iteration."""
    while iteration > max_rows * stride:
        stride *= 2
    return stride

"""The one owner of the database: corpora, runs, and what they leave behind."""

import math
import secrets
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, func, or_, select, update

from charrnn.runs import schema
from charrnn.runs.config import RunConfig
from charrnn.runs.lease import Leases
from charrnn.runs.limits import Limits
from charrnn.runs.records import Corpus, History, Run, StoreError, Summary

LOOK_SECONDS = 15.0  # between two notes that somebody looks


class Store(Leases):
    """Everything that lasts, behind one database URL. Safe to use from several threads.

    Every method, and opening it, raises StoreError if the database or its disk fails.
    """

    # What a page wants

    def create_run(
        self,
        corpus: Corpus,
        config: RunConfig,
        *,
        pause_at: int | None = None,
        workspace: str = "",
        parent: str | None = None,
    ) -> Run:
        """A new run that waits for its worker. Its id cannot be guessed.

        parent: the run of which it is a twin. Raises TooLarge if it is more than is allowed here.
        """
        row = new_run(corpus, config) | {
            "workspace": workspace,
            "parent": parent,
            "pause_at": pause_at,
        }
        with self.writing() as db:
            add_run(db, row)
        return self.run(row["id"])

    def wish(self, run_id: str, **wishes: Any) -> None:
        """Say what is wanted: desired, learning_rate, iterations, pause_at.

        Raises ValueError for a value out of the limits of RunConfig.
        """
        strangers = set(wishes) - {"desired", "learning_rate", "iterations", "pause_at"}
        if strangers:
            raise ValueError(f"{sorted(strangers)[0]!r} is not for a page to write")
        for name in wishes.keys() & {"learning_rate", "iterations"}:
            RunConfig.check(name, wishes[name])
        this_run = update(schema.runs).where(schema.runs.c.id == run_id)
        with self.writing() as db:
            db.execute(this_run.values(**wishes))
            if wishes.get("desired") == "running":
                # Whoever wants a failed run to go on wants another try, and looks.
                db.execute(this_run.values(message="", looked_at=time.time()))
                failed = schema.runs.c.status == "failed"
                db.execute(this_run.where(failed).values(status="waiting"))

    # What is

    def run(self, run_id: str) -> Run:
        """Raises KeyError if there is none."""
        with self.reading() as db:
            return _run(db, run_id)

    def wanted(self) -> list[Run]:
        """Runs that should be training, oldest first."""
        runs = schema.runs
        query = select(runs).where(
            runs.c.desired == "running",
            runs.c.status != "failed",
            runs.c.iteration < runs.c.iterations,
            runs.c.deleted_at.is_(None),
        )
        with self.reading() as db:
            rows = db.execute(query.order_by(runs.c.created_at)).all()
        return [as_run(row) for row in rows]

    def look(self, run_ids: Iterable[str]) -> None:
        """Note that somebody looks at these runs now."""
        r, now = schema.runs.c, time.time()
        stale = r.id.in_(list(run_ids)) & (r.looked_at < now - LOOK_SECONDS)
        with self.reading() as db:
            if db.execute(select(r.id).where(stale).limit(1)).first() is None:
                return  # noted a moment ago: nothing to write
        with self.writing() as db:
            db.execute(update(schema.runs).where(stale).values(looked_at=now))

    def summaries(self, run_ids: Iterable[str]) -> dict[str, Summary]:
        """What a table says of runs, for each id."""
        ids = list(run_ids)
        m, e = schema.metrics.c, schema.evaluations.c
        best = select(m.run, func.min(m.smooth_loss)).where(m.run.in_(ids)).group_by(m.run)
        # SQLite and PostgreSQL both take the row of the largest iteration this way.
        last = select(e.run, func.max(e.iteration).label("n")).where(e.run.in_(ids))
        last = last.group_by(e.run).subquery()
        at_last = (e.run == last.c.run) & (e.iteration == last.c.n)
        held_out = select(e.run, e.held_out_loss).where(at_last)
        with self.reading() as db:
            bests = dict(tuple(row) for row in db.execute(best))
            lasts = dict(tuple(row) for row in db.execute(held_out))
        return {run_id: Summary(bests.get(run_id), lasts.get(run_id)) for run_id in ids}

    def observe(
        self, run_id: str, *, points: int = 256, evaluations: int = 1000
    ) -> tuple[Run, History]:
        """A run and what it has left behind, at one moment. Raises KeyError.

        Metrics are thinned to at most `points` rows, evaluations to `evaluations`: every 2nd, 4th,
        8th ..., so that the points of a chart lie evenly and do not wander as rows come.
        """
        m, e, r, s = schema.metrics, schema.evaluations, schema.rate_changes, schema.samples
        with self.reading() as db:
            run = _run(db, run_id)
            fine = _stride(run.iteration, 1, points)
            coarse = _stride(run.iteration, run.config.sample_interval, evaluations)
            measured = m.c.loss, m.c.smooth_loss, m.c.seconds
            # What lies beyond the run's iteration was written before it was taken up again from
            # an earlier checkpoint, and will be written once more.
            newest = select(s.c.iteration, s.c.text)
            newest = newest.where(s.c.run == run_id, s.c.iteration <= run.iteration)
            newest = db.execute(newest.order_by(s.c.iteration.desc()).limit(1)).first()
            last = newest.iteration if newest else 0

            def rows(table, *columns, every: int = 1) -> list[tuple]:
                n = table.c.iteration
                kept = or_(n % every == 0, n == last) & (n <= run.iteration)
                return _rows(db, table, run_id, *columns, where=kept)

            return run, History(
                metrics=rows(m, *measured, every=fine),
                evaluations=rows(e, e.c.held_out_loss, every=coarse),
                rate_changes=rows(r, r.c.learning_rate),
                sample_iterations=[n for (n,) in rows(s)],
                newest_sample=tuple(newest) if newest else None,
            )

    def sample(self, run_id: str, iteration: int) -> str:
        """The sample written at an iteration. Raises KeyError if there is none."""
        s = schema.samples.c
        query = select(s.text).where(s.run == run_id, s.iteration == iteration)
        with self.reading() as db:
            text = db.execute(query).scalar()
        if text is None:
            raise KeyError(iteration)
        return text

    def snapshot_iterations(self, run_id: str, *, complete: bool = False) -> list[int]:
        """The iterations of which the weights are kept, in order; complete: the whole state."""
        s = schema.snapshots
        kept = s.c.seconds.is_not(None) if complete else True
        with self.reading() as db:
            return [iteration for (iteration,) in _rows(db, s, run_id, where=kept)]

    def snapshot(self, run_id: str, iteration: int) -> bytes:
        """The state at an iteration, as safetensors. Raises KeyError if it is not kept."""
        s = schema.snapshots.c
        query = select(s.state).where(s.run == run_id, s.iteration == iteration)
        with self.reading() as db:
            state = db.execute(query).scalar()
        if state is None:
            raise KeyError(iteration)
        return state

    def last_good(self, run_id: str) -> int | None:
        """The newest snapshot from before the loss was best: where to go back to if it diverged."""
        m, s = schema.metrics.c, schema.snapshots.c
        best = select(m.iteration).where(m.run == run_id).order_by(m.smooth_loss, m.iteration)
        with self.reading() as db:
            at = db.execute(best.limit(1)).scalar()
            kept = select(func.max(s.iteration)).where(s.run == run_id, s.seconds.is_not(None))
            return None if at is None else db.execute(kept.where(s.iteration <= at)).scalar()

    def checkpoint(self, run_id: str) -> tuple[float, bytes] | None:
        """(seconds spent, complete state) where the run can be taken up, or None."""
        c = schema.checkpoints.c
        with self.reading() as db:
            row = db.execute(select(c.seconds, c.state).where(c.run == run_id)).first()
        return tuple(row) if row else None

    def checkpoint_iteration(self, run_id: str) -> int | None:
        """The iteration of the checkpoint, without reading it; None if there is none."""
        c = schema.checkpoints.c
        with self.reading() as db:
            return db.execute(select(c.iteration).where(c.run == run_id)).scalar()


def new_run(corpus: Corpus, config: RunConfig) -> dict[str, Any]:
    """The row of a run that has not begun, but for its workspace and its number there.

    Raises TooLarge if it is more than is allowed here.
    """
    Limits.here().check(config, len(corpus.vocabulary))
    now = time.time()
    return {
        "id": secrets.token_urlsafe(12),
        "view_key": secrets.token_urlsafe(12),
        "sha256": corpus.sha256,
        "config": config.to_dict(),
        "name": "",
        "created_at": now,
        "looked_at": now,
        "desired": "running",
        "learning_rate": config.learning_rate,
        "iterations": config.iterations,
        "status": "waiting",
        "message": "",
        "iteration": 0,
        "smooth_loss": config.seq_length * math.log(len(corpus.vocabulary)),
        "seconds": 0.0,
        "characters_per_second": 0.0,
        "likeliest": "",
        "heartbeat": 0.0,
    }


def add_run(db: Connection, row: dict[str, Any]) -> None:
    """Number a new run in its workspace and keep it. Raises StoreError if its text is gone."""
    c = schema.corpora.c
    if db.execute(select(c.sha256).where(c.sha256 == row["sha256"])).first() is None:
        raise StoreError("This text is not kept any more, since no run used it: bring it again.")
    row["number"] = next_number(db, row["workspace"])
    db.execute(schema.runs.insert().values(row))


def next_number(db: Connection, workspace: str) -> int:
    """The number of a workspace's next run. No number is used twice while a run has it."""
    r = schema.runs.c
    query = select(func.max(r.number)).where(r.workspace == workspace)
    return (db.execute(query).scalar() or 0) + 1


def run_where(db: Connection, column: Column, key: str | None) -> Run:
    """The run with this id or view key. Raises KeyError if there is none, as for None."""
    row = None
    # A link may say anything, and PostgreSQL has no answer to a NUL.
    if key and "\0" not in key:
        row = db.execute(select(schema.runs).where(column == key)).first()
    if row is None:
        raise KeyError(key)
    return as_run(row)


def as_run(row) -> Run:
    values = row._asdict()
    return Run(**{**values, "config": RunConfig.from_dict(values["config"])})


def _run(db: Connection, run_id: str) -> Run:
    return run_where(db, schema.runs.c.id, run_id)


def _stride(iteration: int, stride: int, most: int) -> int:
    """The first of stride, 2·stride, 4·stride ... that goes at most `most` times into iteration."""
    while iteration > most * stride:
        stride *= 2
    return stride


def _rows(db, table, run_id: str, *columns, where=True) -> list[tuple]:
    c = table.c
    query = select(c.iteration, *columns).where(c.run == run_id, where)
    return [tuple(row) for row in db.execute(query.order_by(c.iteration))]

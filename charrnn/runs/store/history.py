"""The history of runs: metrics, gauges, evaluations, samples, learning-rate changes."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    func,
    join,
    literal,
    select,
    true,
    union,
)

from charrnn.engine.gauges import Gauges
from charrnn.runs.config import RunConfig
from charrnn.runs.recording import GAUGE_INTERVAL
from charrnn.runs.store import schema
from charrnn.runs.store.database import Database
from charrnn.runs.store.incomplete import incomplete_run
from charrnn.runs.store.losses import LossFigures, loss_figures
from charrnn.runs.store.records import (
    HISTORY_COLUMNS,
    CheckpointedRun,
    FullHistory,
    History,
    Run,
)
from charrnn.runs.store.runs import find_run

MAX_ITERATION = int(RunConfig.limits("iterations")[1])
MAX_RATE_CHANGES = 500  # the newest, for a chart
FIRST_EVALUATIONS = 6  # before training, and where challenges count to


class Histories:
    """The history tables of all runs. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def observe(
        self, run_id: str, *, points: int = 256, evaluations: int = 128, samples: int = 128
    ) -> tuple[Run, History]:
        """A run and its history, read in one transaction. Raises KeyError.

        Metrics are thinned to at most about `points` rows, evaluations and the iterations of
        samples likewise: every 2nd, 4th, 8th ... and the newest. The points of a chart are
        therefore evenly spaced, and keep their places as rows are added. The FIRST_EVALUATIONS
        are all among them: a network learns most at first, and some lie between even intervals.
        Only these rows are looked up, so a long run costs no more than a short one.
        """
        r = schema.rate_changes.c
        with self._database.reading() as db:
            run = find_run(db, schema.runs.c.id, run_id)
            interval = run.config.sample_interval
            # Rows beyond the run's iteration were written before it resumed from an earlier
            # checkpoint. They will be written again.
            newest = _last_sample(db, run_id, run.iteration)
            last = newest[0] if newest else 0

            def rows(table: Table, *, unit: int, most: int, last: int = last) -> list[Any]:
                stride = _stride(run.iteration, unit, most)
                where = {"run_id": run_id, "stride": stride, "until": run.iteration, "last": last}
                return sorted(tuple(row) for row in db.execute(_thinned(table), where))

            changes = select(r.iteration, r.learning_rate).where(
                r.run == run_id, r.iteration <= run.iteration
            )
            newest_changes = changes.order_by(r.iteration.desc()).limit(MAX_RATE_CHANGES)
            return run, History(
                metrics=rows(schema.metrics, unit=1, most=points),
                evaluations=sorted(
                    {
                        *_first_evaluations(db, run_id, run.iteration),
                        *rows(
                            schema.evaluations,
                            unit=interval,
                            most=evaluations,
                            last=_last_evaluation(db, run_id, run.iteration),
                        ),
                    }
                ),
                rate_changes=[tuple(row) for row in db.execute(newest_changes)][::-1],
                sample_iterations=[n for (n,) in rows(schema.samples, unit=interval, most=samples)],
                newest_sample=newest,
            )

    def gauges(self, run: Run, *, points: int = 128) -> list[tuple[int, Gauges]]:
        """(iteration, gauges) of a run, thinned as in observe()."""
        stride = _stride(run.iteration, GAUGE_INTERVAL, points)
        where = {"run_id": run.id, "stride": stride, "until": run.iteration, "last": 0}
        with self._database.reading() as db:
            rows = sorted(tuple(row) for row in db.execute(_thinned(schema.gauges), where))
        return [(iteration, Gauges(*values)) for iteration, *values in rows]

    def newest_gauges(self, run: Run, count: int) -> list[tuple[int, Gauges]]:
        """(iteration, gauges) of the newest measured steps of a run, in order of iteration."""
        g = schema.gauges.c
        columns = [g[name] for name in Gauges._fields]
        rows = select(g.iteration, *columns).where(g.run == run.id, g.iteration <= run.iteration)
        with self._database.reading() as db:
            newest = list(db.execute(rows.order_by(g.iteration.desc()).limit(count)))
        return [(iteration, Gauges(*values)) for iteration, *values in reversed(newest)]

    def sample(self, run_id: str, iteration: int) -> str:
        """The sample that was drawn at an iteration. Raises KeyError if there is none."""
        s = schema.samples.c
        query = select(s.text).where(s.run == run_id, s.iteration == iteration)
        with self._database.reading() as db:
            text: str | None = db.execute(query).scalar()
        if text is None:
            raise KeyError(iteration)
        return text

    def last_sample(self, run_id: str, until: float) -> tuple[int, str] | None:
        """(iteration, text) of the last sample up to an iteration; None if there is none."""
        with self._database.reading() as db:
            return _last_sample(db, run_id, until)

    def nearest_sample(self, run_id: str, iteration: float) -> int | None:
        """The iteration of the sample that was drawn nearest to one; None without any sample."""
        s = schema.samples.c
        this_run = select(s.iteration).where(s.run == run_id)
        # Compared with an integer: PostgreSQL knows no integer as large as a link may ask for.
        at = round(min(max(iteration, 0), MAX_ITERATION))
        before = this_run.where(s.iteration <= at).order_by(s.iteration.desc()).limit(1)
        after = this_run.where(s.iteration > at).order_by(s.iteration).limit(1)
        with self._database.reading() as db:
            found = [db.execute(query).scalar() for query in (before, after)]
        return min((n for n in found if n is not None), key=lambda n: abs(n - at), default=None)

    def loss_figures(self, run_id: str, iteration: int, smooth_loss: float) -> LossFigures:
        """The figures that sum up the losses of a run up to an iteration, with its smooth loss."""
        m = schema.metrics
        until = m.c.iteration <= iteration
        with self._database.reading() as db:
            rows = select_rows(db, m, run_id, m.c.loss, m.c.smooth_loss, where=until)
        return loss_figures(rows, iteration, smooth_loss)

    def evaluations(self, run_id: str) -> list[tuple[int, float]]:
        """All (iteration, held-out loss) of a run, in order of iteration."""
        e = schema.evaluations
        with self._database.reading() as db:
            return select_rows(db, e, run_id, e.c.held_out_loss, where=true())

    def rate_changes(self, run_id: str) -> list[tuple[int, float]]:
        """All (iteration, learning rate) of a run, in order of iteration."""
        c = schema.rate_changes
        with self._database.reading() as db:
            return select_rows(db, c, run_id, c.c.learning_rate, where=true())

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
        workspace: str,
        *,
        corpus: dict[str, Any],
        run: dict[str, Any],
        history: FullHistory,
        iteration: int,
        seconds: float,
        state: bytes,
    ) -> Run:
        """Add a run that was trained elsewhere to a workspace, with its text and history.

        It is written bit by bit, and visible once it is complete; a failure leaves nothing.

        corpus, run: rows of schema.corpora and schema.runs, the run without workspace and number.
        iteration, seconds, state (Trainer.state() as safetensors): the checkpoint from which it
        resumes, which is also its first snapshot.
        """
        with incomplete_run(self._database, run, corpus) as incomplete:
            for name, columns in HISTORY_COLUMNS.items():
                incomplete.insert_all(getattr(schema, name), columns, getattr(history, name))
            saved = {"iteration": iteration, "seconds": seconds, "state": state}
            for table in (schema.checkpoints, schema.snapshots):
                incomplete.insert(table, saved)
            return incomplete.complete(workspace)


def _last_sample(db: Connection, run_id: str, until: float) -> tuple[int, str] | None:
    s = schema.samples.c
    query = (
        select(s.iteration, s.text)
        .where(s.run == run_id, s.iteration <= min(until, MAX_ITERATION))
        .order_by(s.iteration.desc())
        .limit(1)
    )
    row = db.execute(query).first()
    return (row.iteration, row.text) if row else None


def _first_evaluations(db: Connection, run_id: str, until: int) -> list[tuple[int, float]]:
    e = schema.evaluations.c
    query = select(e.iteration, e.held_out_loss).where(e.run == run_id, e.iteration <= until)
    rows = db.execute(query.order_by(e.iteration).limit(FIRST_EVALUATIONS))
    return [(iteration, loss) for iteration, loss in rows]


def _last_evaluation(db: Connection, run_id: str, until: int) -> int:
    """The iteration of the last evaluation; 0 without any."""
    e = schema.evaluations.c
    query = select(func.max(e.iteration)).where(e.run == run_id, e.iteration <= until)
    return db.execute(query).scalar() or 0


@cache
def _thinned(table: Table) -> Select[Any]:
    """The rows of :run at the iterations 0, :stride, 2·:stride ... :until and at :last.

    Each is looked up by its key, while a condition on the iteration would read every row. Built
    once, because building it takes longer than running it. In no particular order.
    """
    stride, until = bindparam("stride", type_=Integer), bindparam("until", type_=Integer)
    grid = select(literal(0).label("n")).cte("grid", recursive=True)
    grid = grid.union_all(select(grid.c.n + stride).where(grid.c.n + stride <= until))
    wanted = union(select(grid.c.n), select(bindparam("last", type_=Integer))).subquery("wanted")
    here = and_(table.c.run == bindparam("run_id"), table.c.iteration == wanted.c.n)
    columns = HISTORY_COLUMNS[table.name] if table is not schema.samples else ()
    selected = (table.c[name] for name in ("iteration", *columns))
    return select(*selected).select_from(join(wanted, table, here))


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

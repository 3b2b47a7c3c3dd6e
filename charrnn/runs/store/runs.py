"""The table of runs: creating a run, reading it, and requesting its desired state."""

import math
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, func, or_, select, update

from charrnn.engine.analysis.baselines import Baselines
from charrnn.runs.config import RunConfig
from charrnn.runs.errors import RunNotFound, StoreError
from charrnn.runs.limits import Limits
from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.records import Corpus, Experiment, Run

VIEWED_SECONDS = 15.0  # between two updates of viewed_at, however often a page refreshes
RUN_COLUMNS = (*schema.runs.c, (Now() - schema.runs.c.heartbeat).label("silent_seconds"))
REQUESTABLE = ("desired", "learning_rate", "iterations", "pause_at")


class Runs:
    """The runs of all workspaces. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def create(
        self,
        corpus: Corpus,
        config: RunConfig,
        *,
        pause_at: int | None = None,
        workspace: str = "",
        address: str | None = None,
        parent: str | None = None,
        experiment: Experiment | None = None,
    ) -> Run:
        """A new run that waits for a worker. Its id cannot be guessed: it has 96 random bits.

        pause_at: an iteration. address: see Workspace. parent: the id of the run that it is a
        changed copy of. experiment: what it is an experiment for, if it is one. Raises TooLarge if
        the network exceeds the limits, StoreError if the text has been deleted.
        """
        row = new_run_row(corpus, config) | {
            "workspace": workspace,
            "address": address,
            "parent": parent,
            "pause_at": pause_at,
            "experiment": asdict(experiment) if experiment else None,
        }
        with self._database.writing() as db:
            insert_run(db, row)
        return self.get(row["id"])

    def request(self, run_id: str, **desired_state: Any) -> None:
        """Change what a run should do: desired, learning_rate, iterations or pause_at.

        desired="running" also gives a failed run another try. Raises ValueError for any other
        column, and for a value that RunConfig does not allow.
        """
        unknown = sorted(desired_state.keys() - set(REQUESTABLE))
        if unknown:
            raise ValueError(f"{unknown[0]!r} cannot be requested")
        for name in desired_state.keys() & {"learning_rate", "iterations"}:
            RunConfig.check(name, desired_state[name])
        this_run = update(schema.runs).where(schema.runs.c.id == run_id)
        with self._database.writing() as db:
            db.execute(this_run.values(**desired_state))
            if desired_state.get("desired") == "running":
                # Whoever resumes a run sees it: it must not be paused again as unseen.
                db.execute(this_run.values(failure="", message="", viewed_at=Now()))
                failed = schema.runs.c.status == "failed"
                db.execute(this_run.where(failed).values(status="waiting"))

    def get(self, run_id: str) -> Run:
        """Raises RunNotFound."""
        with self._database.reading() as db:
            return find_run(db, schema.runs.c.id, run_id)

    def runnable(self) -> list[Run]:
        """The runs that should be training (see Run.active), oldest first."""
        query = select(*RUN_COLUMNS).where(is_runnable())
        with self._database.reading() as db:
            rows = db.execute(query.order_by(schema.runs.c.created_at)).all()
        return [run_from_row(row) for row in rows]

    def mark_viewed(self, run_ids: Iterable[str]) -> None:
        """Record that a page shows these runs now. Unknown ids are ignored."""
        r = schema.runs.c
        # A time that is yet to come was written before the clock of this machine was set back.
        old = or_(r.viewed_at < Now() - VIEWED_SECONDS, r.viewed_at > Now())
        stale = r.id.in_(list(run_ids)) & old
        with self._database.reading() as db:
            if db.execute(select(r.id).where(stale).limit(1)).first() is None:
                return  # recorded a moment ago: do not wait for a turn to write
        with self._database.writing() as db:
            db.execute(update(schema.runs).where(stale).values(viewed_at=Now()))


def is_runnable() -> ColumnElement[bool]:
    """Whether a run should be training, in SQL: see Run.active."""
    r = schema.runs.c
    active = (r.desired == "running") & (r.status != "failed") & (r.iteration < r.iterations)
    return active & r.deleted_at.is_(None)


def new_run_row(corpus: Corpus, config: RunConfig) -> dict[str, Any]:
    """The row of a new run in schema.runs, without its workspace and its number there.

    Raises TooLarge if the network exceeds the limits.
    """
    Limits.from_environment().check(config, len(corpus.vocabulary))
    guessing = config.seq_length * math.log(len(corpus.vocabulary))
    return {
        "id": new_key(),
        "view_key": new_key(),
        "opens_by_id": True,
        "shares_text": False,
        "sha256": corpus.sha256,
        "text_name": corpus.name,
        "config": config.to_dict(),
        "name": "",
        "created_at": Now(),
        "viewed_at": Now(),
        "desired": "running",
        "learning_rate": config.learning_rate,
        "iterations": config.iterations,
        "status": "waiting",
        "failure": "",
        "message": "",
        "iteration": 0,
        "smooth_loss": guessing,
        "best_smooth_loss": guessing,
        "recent_loss": guessing,
        "baselines": None,
        "seconds": 0.0,
        "characters_per_second": 0.0,
        "greedy_sample": "",
        "heartbeat": 0.0,
    }


def new_key() -> str:
    """A key that cannot be guessed. It begins with a letter or a digit: commands take it as is."""
    while not (key := secrets.token_urlsafe(12))[0].isalnum():
        pass
    return key


def insert_run(db: Connection, row: dict[str, Any]) -> None:
    """Number a run in its workspace and insert it. Raises StoreError if its text was deleted."""
    require_text(db, row["sha256"])
    row["number"] = next_number(db, row["workspace"])
    db.execute(schema.runs.insert().values(row))


def require_text(db: Connection, sha256: str) -> None:
    """Raises StoreError if a text was deleted."""
    c = schema.corpora.c
    if db.execute(select(c.sha256).where(c.sha256 == sha256)).first() is None:
        raise StoreError(
            "This text is no longer stored, because no run was using it: upload it again."
        )


def next_number(db: Connection, workspace: str) -> int:
    """The number for the next run of a workspace: one more than the largest in use."""
    r = schema.runs.c
    query = select(func.max(r.number)).where(r.workspace == workspace)
    return (db.execute(query).scalar() or 0) + 1


def find_run(db: Connection, column: Column[str], key: str | None) -> Run:
    """The run with this key in a column (id or view_key). Raises RunNotFound."""
    row = None
    # Keys come from URLs and command lines, so they may be anything. PostgreSQL fails on a NUL
    # character, and both databases on half a surrogate pair.
    if key and key.isascii() and "\0" not in key:
        row = db.execute(select(*RUN_COLUMNS).where(column == key)).first()
    if row is None:
        raise RunNotFound(key)
    return run_from_row(row)


def run_from_row(row: Row[Any]) -> Run:
    """The Run of a row of RUN_COLUMNS."""
    values = row._asdict()
    values["config"] = RunConfig.from_dict(values["config"])
    values["baselines"] = Baselines(*row.baselines) if row.baselines else None
    values["experiment"] = Experiment(**row.experiment) if row.experiment else None
    return Run(**values)

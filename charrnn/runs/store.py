"""The one owner of the database: corpora, runs, and what they leave behind."""

import hashlib
import math
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, or_, select, update

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.landmarks import Landmarks, landmarks
from charrnn.runs import schema
from charrnn.runs.config import RunConfig
from charrnn.runs.database import connect, failures_in_words
from charrnn.runs.records import LEASE_SECONDS, Corpus, History, Progress, Run

OPENING_CHARACTERS = 600


class LeaseLost(RuntimeError):
    """Another worker holds the run now, or the run is gone."""


class Store:
    """Everything that lasts, behind one database URL. Safe to use from several threads.

    Every method, and opening it, raises StoreError if the database or its disk fails.
    """

    def __init__(self, url: str):
        self.url = url
        with failures_in_words("opened"):
            self._engine = connect(url)
            schema.metadata.create_all(self._engine)
        # "Insert or update" is spelt by dialect; only the one in use is loaded.
        self._insert = import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}").insert

    # Corpora

    def add_corpus(self, name: str, text: str) -> Corpus:
        """Keep a text; the same text twice is kept once, under its first name."""
        data = text.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            return self.corpus(sha256)
        except KeyError:
            pass
        vocabulary = Vocabulary.of(text)
        row = {
            "sha256": sha256,
            "name": name,
            "text": data,
            "opening": text[:OPENING_CHARACTERS],
            "characters": len(text),
            "vocabulary": vocabulary.characters,
            "landmarks": landmarks(vocabulary.encode(text), len(vocabulary)),
        }
        with self._writing() as db:
            db.execute(self._insert(schema.corpora).values(row).on_conflict_do_nothing())
        return self.corpus(sha256)

    def corpus(self, sha256: str) -> Corpus:
        """Raises KeyError if there is none."""
        c = schema.corpora.c
        columns = c.sha256, c.name, c.opening, c.characters, c.vocabulary, c.landmarks
        with self._reading() as db:
            row = db.execute(select(*columns).where(c.sha256 == sha256)).first()
        if row is None:
            raise KeyError(sha256)
        return Corpus(*row[:-1], landmarks=Landmarks(*row.landmarks))

    def text(self, sha256: str) -> str:
        """The whole text of a corpus. Raises KeyError."""
        c = schema.corpora.c
        with self._reading() as db:
            data = db.execute(select(c.text).where(c.sha256 == sha256)).scalar()
        if data is None:
            raise KeyError(sha256)
        return data.decode()

    # What a page wants

    def create_run(self, corpus: Corpus, config: RunConfig, *, pause_at: int | None = None) -> Run:
        """A new run that waits for its worker. Its id cannot be guessed."""
        row = {
            "id": secrets.token_urlsafe(12),
            "sha256": corpus.sha256,
            "config": config.to_dict(),
            "created_at": time.time(),
            "desired": "running",
            "learning_rate": config.learning_rate,
            "iterations": config.iterations,
            "pause_at": pause_at,
            "status": "waiting",
            "message": "",
            "iteration": 0,
            "smooth_loss": config.seq_length * math.log(len(corpus.vocabulary)),
            "seconds": 0.0,
            "characters_per_second": 0.0,
            "likeliest": "",
            "heartbeat": 0.0,
        }
        with self._writing() as db:
            db.execute(schema.runs.insert().values(row))
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
        with self._writing() as db:
            db.execute(this_run.values(**wishes))
            if wishes.get("desired") == "running":
                # Whoever wants a failed run to go on wants another try.
                failed = schema.runs.c.status == "failed"
                db.execute(this_run.where(failed).values(status="waiting", message=""))

    # What is

    def run(self, run_id: str) -> Run:
        """Raises KeyError if there is none."""
        with self._reading() as db:
            return _run(db, run_id)

    def wanted(self) -> list[Run]:
        """Runs that should be training, oldest first."""
        runs = schema.runs
        query = select(runs).where(
            runs.c.desired == "running",
            runs.c.status != "failed",
            runs.c.iteration < runs.c.iterations,
        )
        with self._reading() as db:
            rows = db.execute(query.order_by(runs.c.created_at)).all()
        return [_as_run(row) for row in rows]

    def observe(
        self, run_id: str, *, points: int = 256, evaluations: int = 1000
    ) -> tuple[Run, History]:
        """A run and what it has left behind, at one moment. Raises KeyError.

        Metrics are thinned to at most `points` rows, evaluations to `evaluations`: every 2nd, 4th,
        8th ..., so that the points of a chart lie evenly and do not wander as rows come.
        """
        m, e, r, s = schema.metrics, schema.evaluations, schema.rate_changes, schema.samples
        with self._reading() as db:
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
        with self._reading() as db:
            text = db.execute(query).scalar()
        if text is None:
            raise KeyError(iteration)
        return text

    def snapshot_iterations(self, run_id: str) -> list[int]:
        """The iterations of which the weights are kept, in order."""
        s = schema.snapshots
        with self._reading() as db:
            return [iteration for (iteration,) in _rows(db, s, run_id)]

    def snapshot(self, run_id: str, iteration: int) -> bytes:
        """The weights at an iteration, as safetensors. Raises KeyError if they are not kept."""
        s = schema.snapshots.c
        query = select(s.weights).where(s.run == run_id, s.iteration == iteration)
        with self._reading() as db:
            weights = db.execute(query).scalar()
        if weights is None:
            raise KeyError(iteration)
        return weights

    def checkpoint(self, run_id: str) -> tuple[float, bytes] | None:
        """(seconds spent, complete state) where the run can be taken up, or None."""
        c = schema.checkpoints.c
        with self._reading() as db:
            row = db.execute(select(c.seconds, c.state).where(c.run == run_id)).first()
        return tuple(row) if row else None

    def checkpoint_iteration(self, run_id: str) -> int | None:
        """The iteration of the checkpoint, without reading it; None if there is none."""
        c = schema.checkpoints.c
        with self._reading() as db:
            return db.execute(select(c.iteration).where(c.run == run_id)).scalar()

    # What a worker writes

    def claim(self, run_id: str, worker: str) -> bool:
        """Take the lease, if nobody holds it or it has run out."""
        r, now = schema.runs.c, time.time()
        free = or_(r.worker.is_(None), r.worker == worker, r.heartbeat < now - LEASE_SECONDS)
        query = update(schema.runs).where(r.id == run_id, free)
        with self._writing() as db:
            return db.execute(query.values(worker=worker, heartbeat=now)).rowcount == 1

    def release(self, run_id: str, worker: str) -> None:
        """Give the lease back."""
        r = schema.runs.c
        query = update(schema.runs).where(r.id == run_id, r.worker == worker)
        with self._writing() as db:
            db.execute(query.values(worker=None))

    def publish(self, run_id: str, worker: str, facts: dict[str, Any], news: Progress) -> None:
        """Write what is, and renew the lease: all of it or nothing. Raises LeaseLost."""
        r = schema.runs.c
        query = update(schema.runs).where(r.id == run_id, r.worker == worker)
        with self._writing() as db:
            if db.execute(query.values(heartbeat=time.time(), **facts)).rowcount == 0:
                raise LeaseLost(run_id)
            # Where it was to stop, it is not wanted running any more: judged by the wishes as
            # they stand now, which may be newer than those the worker read.
            arrived = or_(r.iteration >= r.iterations, r.iteration >= r.pause_at)
            db.execute(query.where(arrived).values(desired="paused", pause_at=None))
            for table, rows in (
                (schema.metrics, news.metrics),
                (schema.evaluations, news.evaluations),
                (schema.samples, news.samples),
                (schema.rate_changes, news.rate_changes),
                (schema.snapshots, news.snapshots),
                (schema.checkpoints, [news.checkpoint] if news.checkpoint else []),
            ):
                if rows:
                    db.execute(self._upsert(table), [{"run": run_id, **row} for row in rows])

    def fail(self, run_id: str, message: str, *, worker: str | None = None) -> None:
        """End a run that cannot go on. worker: only if it holds the lease."""
        query = update(schema.runs).where(schema.runs.c.id == run_id)
        if worker is not None:
            query = query.where(schema.runs.c.worker == worker)
        with self._writing() as db:
            db.execute(query.values(status="failed", message=message, worker=None))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One moment of the database."""
        with failures_in_words("read"), self._engine.connect() as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """All of it or nothing."""
        with failures_in_words("saved"), self._engine.begin() as db:
            yield db

    def _upsert(self, table):
        insert = self._insert(table)
        keys = [column.name for column in table.primary_key]
        others = {c.name: insert.excluded[c.name] for c in table.c if c.name not in keys}
        return insert.on_conflict_do_update(index_elements=keys, set_=others)


def _as_run(row) -> Run:
    values = row._asdict()
    return Run(**{**values, "config": RunConfig.from_dict(values["config"])})


def _run(db, run_id: str) -> Run:
    row = db.execute(select(schema.runs).where(schema.runs.c.id == run_id)).first()
    if row is None:
        raise KeyError(run_id)
    return _as_run(row)


def _stride(iteration: int, stride: int, most: int) -> int:
    """The first of stride, 2·stride, 4·stride ... that goes at most `most` times into iteration."""
    while iteration > most * stride:
        stride *= 2
    return stride


def _rows(db, table, run_id: str, *columns, where=True) -> list[tuple]:
    c = table.c
    query = select(c.iteration, *columns).where(c.run == run_id, where)
    return [tuple(row) for row in db.execute(query.order_by(c.iteration))]

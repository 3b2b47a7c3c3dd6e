"""A store of any version comes up to date and loses nothing; one from the future is left alone."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import safetensors.numpy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.landmarks import landmarks
from charrnn.engine.training import Trainer
from charrnn.runs import schema
from charrnn.runs.config import RunConfig
from charrnn.runs.migration import VERSION, NewerStore
from charrnn.runs.records import StoreError
from charrnn.runs.store import Store
from tests.launching import open_at_once

ROOT = Path(__file__).parents[2]
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 60
CONFIG = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)
# As SQLAlchemy made them in the first version.
VERSION_1 = """
CREATE TABLE corpora (
    sha256 VARCHAR(64) NOT NULL, name TEXT NOT NULL, text BLOB NOT NULL, opening TEXT NOT NULL,
    characters INTEGER NOT NULL, vocabulary TEXT NOT NULL, landmarks JSON NOT NULL,
    PRIMARY KEY (sha256)
);
CREATE TABLE runs (
    id VARCHAR(32) NOT NULL, sha256 VARCHAR(64) NOT NULL, config JSON NOT NULL,
    created_at FLOAT NOT NULL, desired VARCHAR(16) NOT NULL, learning_rate FLOAT NOT NULL,
    iterations INTEGER NOT NULL, pause_at INTEGER, status VARCHAR(16) NOT NULL,
    message TEXT NOT NULL, iteration INTEGER NOT NULL, smooth_loss FLOAT NOT NULL,
    seconds FLOAT NOT NULL, characters_per_second FLOAT NOT NULL, likeliest TEXT NOT NULL,
    worker VARCHAR(255), heartbeat FLOAT NOT NULL,
    PRIMARY KEY (id), FOREIGN KEY(sha256) REFERENCES corpora (sha256)
);
CREATE TABLE checkpoints (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, seconds FLOAT NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (run), FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE evaluations (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, held_out_loss FLOAT NOT NULL,
    PRIMARY KEY (run, iteration), FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE metrics (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, loss FLOAT NOT NULL,
    smooth_loss FLOAT NOT NULL, seconds FLOAT NOT NULL,
    PRIMARY KEY (run, iteration), FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE rate_changes (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, learning_rate FLOAT NOT NULL,
    PRIMARY KEY (run, iteration), FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE samples (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (run, iteration), FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE snapshots (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, weights BLOB NOT NULL,
    PRIMARY KEY (run, iteration), FOREIGN KEY(run) REFERENCES runs (id)
);
"""


def insert(db, table, **row):
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "charrnn.sqlite"


@pytest.fixture
def url(file):
    return f"sqlite:///{file}"


@pytest.fixture
def version_1(file):
    """A store with one text and two runs, one of them at rest after 120 iterations."""
    vocabulary = Vocabulary.of(TEXT)
    ids = vocabulary.encode(TEXT)
    trainer = Trainer(ids, len(vocabulary), **CONFIG.trainer_settings())
    for _ in range(120):
        trainer.step()
    with closing(sqlite3.connect(file)) as db, db:
        db.executescript(f"PRAGMA journal_mode = WAL; {VERSION_1}")
        insert(
            db,
            "corpora",
            sha256="5a",
            name="cats",
            text=TEXT.encode(),
            opening=TEXT[:600],
            characters=len(TEXT),
            vocabulary=vocabulary.characters,
            landmarks=json.dumps(landmarks(ids, len(vocabulary))),
        )
        for name, iteration, created_at in (("older", 120, 1000.0), ("newer", 0, 2000.0)):
            insert(
                db,
                "runs",
                id=name,
                sha256="5a",
                config=json.dumps(CONFIG.to_dict()),
                created_at=created_at,
                desired="paused",
                learning_rate=0.1,
                iterations=450,
                status="paused",
                message="",
                iteration=iteration,
                smooth_loss=trainer.smooth_loss,
                seconds=1.5,
                heartbeat=0.0,
                characters_per_second=7.0,
                likeliest="the the",
            )
        at = {"run": "older", "iteration": 120}
        insert(db, "metrics", **at, loss=50.0, smooth_loss=60.0, seconds=1.5)
        insert(db, "evaluations", **at, held_out_loss=2.0)
        insert(db, "samples", **at, text="the cat")
        insert(db, "rate_changes", run="older", iteration=60, learning_rate=0.1)
        weights = safetensors.numpy.save({"weights": trainer.weights.flat})
        insert(db, "snapshots", **at, weights=weights)
        state = safetensors.numpy.save(trainer.state())
        insert(db, "checkpoints", **at, seconds=1.5, state=state)
    return {"weights": weights, "state": state}


def contents(file):
    """All that is in a store, in order, as text."""
    with closing(sqlite3.connect(file)) as db:
        return list(db.iterdump())


def tables(url):
    """name -> what SQLAlchemy finds out about each table."""
    db = inspect(create_engine(url))

    def columns(name):
        return {
            c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in db.get_columns(name)
        }

    def unique(name):
        constraints = {tuple(c["column_names"]) for c in db.get_unique_constraints(name)}
        return constraints, {(i["name"], tuple(i["column_names"])) for i in db.get_indexes(name)}

    return {
        name: (
            columns(name),
            db.get_pk_constraint(name)["constrained_columns"],
            [(k["constrained_columns"], k["referred_table"]) for k in db.get_foreign_keys(name)],
            unique(name),
        )
        for name in db.get_table_names()
    }


def test_a_store_of_the_first_version_loses_nothing(url, version_1):
    store = Store(url)
    corpus = store.corpus("5a")
    assert (corpus.name, corpus.characters, store.text("5a")) == ("cats", len(TEXT), TEXT)
    run, history = store.observe("older")
    assert (run.config, run.iteration, run.status, run.seconds) == (CONFIG, 120, "paused", 1.5)
    assert (run.likeliest, run.characters_per_second) == ("the the", 7.0)
    assert history.metrics == [(120, 50.0, 60.0, 1.5)]
    assert history.evaluations == [(120, 2.0)]
    assert history.rate_changes == [(60, 0.1)]
    assert history.newest_sample == (120, "the cat")
    assert store.checkpoint("older") == (1.5, version_1["state"])
    assert store.snapshot("older", 120) == version_1["weights"]


def test_what_the_first_version_did_not_know_is_what_it_can_be(url, version_1):
    store = Store(url)
    run = store.run("older")
    assert (run.workspace, run.name, run.parent, run.branched_at) == ("", "", None, None)
    assert (run.view_key, run.deleted_at) == ("older", None)  # its old link shows it still
    assert run.looked_at == run.created_at == 1000.0
    assert store.snapshot_iterations("older") == [120]
    assert store.snapshot_iterations("older", complete=True) == []


def test_an_old_run_goes_on_and_new_ones_are_made(url, version_1):
    store = Store(url)
    store.wish("older", desired="running")
    assert [run.id for run in store.wanted()] == ["older"]
    assert store.claim("older", "here")
    run = store.create_run(store.corpus("5a"), CONFIG, workspace="me")
    assert (run.number, run.workspace) == (1, "me")


def test_migrated_tables_are_like_new_ones(url, version_1, tmp_path):
    Store(url)
    fresh = f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    Store(fresh)
    assert tables(url) == tables(fresh)
    for each in (url, fresh):
        with create_engine(each).connect() as db:
            assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []


def test_once_migrated_nothing_is_done_again(url, version_1, file, monkeypatch):
    Store(url)
    before = contents(file)
    monkeypatch.setattr("charrnn.runs.migration._upgrade", None)
    Store(url)
    assert contents(file) == before
    assert any(f"VALUES('{VERSION}')" in line for line in before)


def test_a_migration_that_fails_leaves_the_store_as_it_was(url, version_1, file, monkeypatch):
    before = contents(file)
    with monkeypatch.context() as broken:
        broken.setattr("alembic.operations.Operations.add_column", None)
        with pytest.raises(TypeError):
            Store(url)
    assert contents(file) == before
    assert Store(url).run("older").iteration == 120


@pytest.mark.parametrize("found", ["4", "99", "a" * 500, "x'; DROP TABLE runs; --"])
def test_a_store_from_the_future_is_one_sentence_and_left_as_it_is(url, file, found):
    Store(url).add_corpus("cats", TEXT)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", [found])
    before = contents(file)
    with pytest.raises(NewerStore) as caught:
        Store(url)
    assert isinstance(caught.value, StoreError)
    assert str(caught.value) == (
        "The runs were kept by a later version of this program (their tables are version "
        f"{found[:20]}, this program knows {VERSION}): update it, or set CHARRNN_STORE to another "
        "folder."
    )
    assert contents(file) == before


@pytest.mark.parametrize("old", [False, True], ids=["empty", "of version 1"])
def test_many_processes_that_open_it_at_once_all_can(url, request, old):
    if old:
        request.getfixturevalue("version_1")
    open_at_once(url, 6)
    assert Store(url).wanted() == []

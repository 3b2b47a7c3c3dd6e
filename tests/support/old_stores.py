"""Stores as earlier versions of the program left them: their tables, and some contents."""

import json
from typing import Any

import safetensors.numpy
from sqlalchemy import Connection, create_engine, text

from charrnn.engine.analysis.baselines import baselines
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from tests.support.store import TEXT

CONFIG = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)

_HISTORY = """
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
"""

# As SQLAlchemy created the tables for SQLite in each version. BLOB is BYTEA on PostgreSQL.
VERSION_1 = f"""
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
{_HISTORY}
CREATE TABLE snapshots (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, weights BLOB NOT NULL,
    PRIMARY KEY (run, iteration), FOREIGN KEY(run) REFERENCES runs (id)
);
"""
VERSION_3 = f"""
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('3');
CREATE TABLE corpora (
    sha256 VARCHAR(64) NOT NULL, name TEXT NOT NULL, text BLOB NOT NULL, opening TEXT NOT NULL,
    characters INTEGER NOT NULL, vocabulary TEXT NOT NULL, landmarks JSON NOT NULL, added_at FLOAT,
    PRIMARY KEY (sha256)
);
CREATE TABLE runs (
    id VARCHAR(32) NOT NULL, sha256 VARCHAR(64) NOT NULL, config JSON NOT NULL,
    created_at FLOAT NOT NULL, workspace VARCHAR(64) NOT NULL, number INTEGER NOT NULL,
    name TEXT NOT NULL, parent VARCHAR(32), branched_at INTEGER, view_key VARCHAR(32) NOT NULL,
    looked_at FLOAT NOT NULL, deleted_at FLOAT, desired VARCHAR(16) NOT NULL,
    learning_rate FLOAT NOT NULL, iterations INTEGER NOT NULL, pause_at INTEGER,
    status VARCHAR(16) NOT NULL, message TEXT NOT NULL, iteration INTEGER NOT NULL,
    smooth_loss FLOAT NOT NULL, seconds FLOAT NOT NULL, characters_per_second FLOAT NOT NULL,
    likeliest TEXT NOT NULL, worker VARCHAR(255), heartbeat FLOAT NOT NULL,
    PRIMARY KEY (id), FOREIGN KEY(sha256) REFERENCES corpora (sha256), UNIQUE (view_key)
);
CREATE INDEX ix_runs_workspace ON runs (workspace);
{_HISTORY}
CREATE TABLE snapshots (
    run VARCHAR(32) NOT NULL, iteration INTEGER NOT NULL, state BLOB NOT NULL, seconds FLOAT,
    PRIMARY KEY (run, iteration), FOREIGN KEY(run) REFERENCES runs (id)
);
"""
RENAMED_IN_VERSION_4 = {
    "landmarks": "baselines",
    "likeliest": "greedy_sample",
    "looked_at": "viewed_at",
}


def _version_4() -> str:
    tables = VERSION_3.replace("('3')", "('4')")
    for old, new in RENAMED_IN_VERSION_4.items():
        tables = tables.replace(f" {old} ", f" {new} ")
    status = "status VARCHAR(16) NOT NULL,"
    return tables.replace(status, f"{status} failure VARCHAR(16) DEFAULT '' NOT NULL,")


VERSION_4 = _version_4()
VERSION_6 = (
    VERSION_4.replace("VALUES ('4')", "VALUES ('6')").replace(
        "heartbeat FLOAT NOT NULL,",
        "heartbeat FLOAT NOT NULL, best_smooth_loss FLOAT DEFAULT '0' NOT NULL, "
        "recent_loss FLOAT DEFAULT '0' NOT NULL, baselines JSON,",
    )
    + """
CREATE TABLE uploads (
    workspace VARCHAR(64) NOT NULL, sha256 VARCHAR(64) NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (workspace, sha256), FOREIGN KEY(sha256) REFERENCES corpora (sha256)
);
"""
)

# table name -> its rows, each a dict from column to value
Contents = dict[str, list[dict[str, Any]]]


def create_store(url: str, tables: str, contents: Contents) -> Contents:
    """Create a store of an earlier version in an empty database; returns the contents.

    tables: VERSION_1, VERSION_3, VERSION_4 or VERSION_6.
    """
    engine = create_engine(url)
    if engine.dialect.name == "postgresql":
        tables = tables.replace("BLOB", "BYTEA")
    with engine.begin() as db:
        for statement in filter(str.strip, tables.split(";")):
            db.exec_driver_sql(statement)
        for table, rows in contents.items():
            for row in rows:
                _insert(db, table, row)
    engine.dispose()
    return contents


def _insert(db: Connection, table: str, row: dict[str, Any]) -> None:
    values = ", ".join(f":{column}" for column in row)
    as_json = {"config", "landmarks", "baselines"} & row.keys()
    db.execute(
        text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"),
        row | {column: json.dumps(row[column]) for column in as_json},
    )


def version_1_contents() -> Contents:
    """A text and two runs, one of them paused after 120 iterations."""
    trainer = _trained(120)
    older = {
        **_run_columns(trainer, run="older", created_at=1000.0),
        "status": "paused",
        "message": "",
    }
    weights = safetensors.numpy.save({"weights": trainer.weights.flat})
    return {
        "corpora": [_corpus()],
        "runs": [older, older | {"id": "newer", "iteration": 0, "created_at": 2000.0}],
        **_history("older", trainer),
        "snapshots": [{"run": "older", "iteration": 120, "weights": weights}],
    }


def version_3_contents() -> Contents:
    """A text and three runs of one workspace: one diverged, one deleted, one could not start."""
    trainer = _trained(120)

    def run(run_id: str, number: int, **others: Any) -> dict[str, Any]:
        return {
            **_run_columns(trainer, run=run_id, created_at=1000.0 + number),
            "workspace": "mine",
            "number": number,
            "name": "",
            "parent": None,
            "branched_at": None,
            "view_key": f"view {run_id}",
            "looked_at": 2000.0 + number,
            "deleted_at": None,
            "pause_at": None,
            "worker": None,
            **others,
        }

    diverged = (
        "The learning broke down: at iteration 120 the loss is far worse than guessing. A smaller "
        "learning rate helps."
    )
    not_started = "This run cannot be started: there is not enough memory."
    branch = {"parent": "diverged", "branched_at": 120, "deleted_at": 3000.0}
    state = safetensors.numpy.save(trainer.state())
    history = _history("diverged", trainer), _history("deleted", trainer)
    return {
        "corpora": [_corpus() | {"added_at": 500.0}],
        "runs": [
            run("diverged", 1, status="failed", message=diverged, name="too fast"),
            run("deleted", 2, status="paused", message="Paused: the disk is full.", **branch),
            run("failed", 3, status="failed", message=not_started),
        ],
        **{table: history[0][table] + history[1][table] for table in history[0]},
        "snapshots": [{"run": "diverged", "iteration": 120, "state": state, "seconds": 1.5}],
    }


def version_4_contents() -> Contents:
    """As in version 3, with the columns of version 4, and more losses of the run that diverged."""
    contents = {
        table: [
            {RENAMED_IN_VERSION_4.get(name, name): value for name, value in row.items()}
            for row in rows
        ]
        for table, rows in version_3_contents().items()
    }
    for run in contents["runs"]:
        run["failure"] = "diverged" if run["id"] == "diverged" else ""
    contents["metrics"] += [
        {"run": "diverged", "iteration": n, "loss": 40.0, "smooth_loss": 9.0 + n, "seconds": 0.1}
        for n in range(120)
    ]
    return contents


def version_6_contents() -> Contents:
    """The same text in three workspaces: the first one named it, one uploaded it, too."""
    contents = version_4_contents()
    first = contents["runs"][0]
    contents["runs"] += [
        first | {"id": name, "workspace": name, "view_key": f"view {name}", "created_at": 9000.0}
        for name in ("uploaded", "stranger")
    ]
    uploads = [{"workspace": "uploaded", "sha256": first["sha256"], "name": "kittens"}]
    return contents | {"uploads": uploads}


def _trained(iterations: int) -> Trainer:
    vocabulary = Vocabulary.of(TEXT)
    trainer = Trainer(vocabulary.encode(TEXT), len(vocabulary), **CONFIG.trainer_settings())
    for _ in range(iterations):
        trainer.step()
    return trainer


def _corpus() -> dict[str, Any]:
    vocabulary = Vocabulary.of(TEXT)
    return {
        "sha256": "5a",
        "name": "cats",
        "text": TEXT.encode(),
        "opening": TEXT[:600],
        "characters": len(TEXT),
        "vocabulary": vocabulary.characters,
        "landmarks": list(baselines(vocabulary.encode(TEXT), len(vocabulary), 9 * len(TEXT) // 10)),
    }


def _run_columns(trainer: Trainer, *, run: str, created_at: float) -> dict[str, Any]:
    """What a run of version 1 has, but for its status and its message."""
    return {
        "id": run,
        "sha256": "5a",
        "config": CONFIG.to_dict(),
        "created_at": created_at,
        "desired": "paused",
        "learning_rate": 0.1,
        "iterations": 450,
        "iteration": trainer.iteration,
        "smooth_loss": trainer.smooth_loss,
        "seconds": 1.5,
        "heartbeat": 0.0,
        "characters_per_second": 7.0,
        "likeliest": "the the",
    }


def _history(run: str, trainer: Trainer) -> Contents:
    here = {"run": run, "iteration": trainer.iteration}
    state = safetensors.numpy.save(trainer.state())
    return {
        "metrics": [here | {"loss": 50.0, "smooth_loss": 60.0, "seconds": 1.5}],
        "evaluations": [here | {"held_out_loss": 2.0}],
        "samples": [here | {"text": "the cat"}],
        "rate_changes": [{"run": run, "iteration": 60, "learning_rate": 0.1}],
        "checkpoints": [here | {"seconds": 1.5, "state": state}],
    }

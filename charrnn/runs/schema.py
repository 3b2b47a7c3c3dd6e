"""The tables that runs live in."""

import time

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

corpora = Table(
    "corpora",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of the text in UTF-8
    Column("name", Text, nullable=False),
    Column("text", LargeBinary, nullable=False),  # UTF-8
    Column("opening", Text, nullable=False),  # its first characters, to look at
    Column("characters", Integer, nullable=False),
    Column("vocabulary", Text, nullable=False),  # the distinct characters, in order of their ids
    Column("landmarks", JSON, nullable=False),
    # When somebody last brought it, in seconds since 1970. NULL: before version 3.
    Column("added_at", Float, default=time.time),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("sha256", ForeignKey("corpora.sha256"), nullable=False),
    Column("config", JSON, nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since 1970, as are all times here
    # Whose it is and where it comes from.
    Column("workspace", String(64), nullable=False, index=True),
    Column("number", Integer, nullable=False),  # 1, 2, 3 ... in its workspace
    Column("name", Text, nullable=False),  # "" unless somebody gave it one
    Column("parent", String(32)),  # the run it is a twin or a branch of; that may be gone
    Column("branched_at", Integer),  # the iteration at which it left its parent; NULL for a twin
    Column("view_key", String(32), nullable=False, unique=True),  # lets others look, no more
    Column("looked_at", Float, nullable=False),  # when a page last showed it
    Column("deleted_at", Float),  # NULL unless its owner has thrown it away
    # What its owner wants. Only pages write these.
    Column("desired", String(16), nullable=False),
    Column("learning_rate", Float, nullable=False),
    Column("iterations", Integer, nullable=False),  # the run finishes here
    Column("pause_at", Integer),  # the run pauses here, then this is NULL again
    # What is. Only the worker that holds the lease writes these.
    Column("status", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("iteration", Integer, nullable=False),
    Column("smooth_loss", Float, nullable=False),
    Column("seconds", Float, nullable=False),  # spent training
    Column("characters_per_second", Float, nullable=False),
    Column("likeliest", Text, nullable=False),
    # Who holds the lease, and when it was last renewed.
    Column("worker", String(255)),
    Column("heartbeat", Float, nullable=False),
)


def _of_a_run(name: str, *columns: Column) -> Table:
    """A table with one row for an iteration of a run: doing it twice leaves it there once."""
    return Table(
        name,
        metadata,
        Column("run", ForeignKey("runs.id"), primary_key=True),
        Column("iteration", Integer, primary_key=True),
        *columns,
    )


metrics = _of_a_run(
    "metrics",
    Column("loss", Float, nullable=False),  # nats, summed over the window
    Column("smooth_loss", Float, nullable=False),
    Column("seconds", Float, nullable=False),
)

evaluations = _of_a_run(
    "evaluations",
    Column("held_out_loss", Float, nullable=False),  # nats for each character
)

samples = _of_a_run("samples", Column("text", Text, nullable=False))

rate_changes = _of_a_run("rate_changes", Column("learning_rate", Float, nullable=False))

# For looking back and for branching. seconds is NULL where only the weights were kept, as version
# 1 did.
snapshots = _of_a_run(
    "snapshots",
    Column("state", LargeBinary, nullable=False),  # Trainer.state() as safetensors
    Column("seconds", Float),
)

LEFT_BEHIND = (metrics, evaluations, samples, rate_changes, snapshots)

# The newest state, to go on from.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("iteration", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("state", LargeBinary, nullable=False),  # safetensors
)

# Which migration the tables have seen: Alembic's own table, made here together with the others.
version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

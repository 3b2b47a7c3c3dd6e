"""The tables of the store. Losses are in nats, times in seconds since 1970: see clock.py."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)
from sqlalchemy.schema import SchemaItem

from charrnn.engine.gauges import Gauges
from charrnn.runs.store.clock import Now

metadata = MetaData()

corpora = Table(
    "corpora",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of the text in UTF-8, hexadecimal
    Column("text", LargeBinary, nullable=False),  # UTF-8
    Column("opening", Text, nullable=False),  # the first characters, to show on a page
    Column("characters", Integer, nullable=False),  # length of the text
    Column("vocabulary", Text, nullable=False),  # the distinct characters, in order of their ids
    # A list of the fields of Baselines, for the share that is held out by default.
    Column("baselines", JSON, nullable=False),
    # When the text was last added or added again. NULL: not recorded before version 3.
    Column("added_at", Float, default=Now()),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("sha256", ForeignKey("corpora.sha256"), nullable=False),
    Column("config", JSON, nullable=False),  # RunConfig.to_dict(): as the run began
    Column("created_at", Float, nullable=False),
    # Who owns it, and where it comes from.
    Column("workspace", String(64), nullable=False, index=True),
    Column("address", String(64)),  # of who started it: see Workspace. NULL if not known
    Column("number", Integer, nullable=False),  # 1, 2, 3 ... within its workspace
    Column("name", Text, nullable=False),  # "" until the owner names the run
    Column("parent", String(32)),  # the run it was copied or branched from, which may be deleted
    Column("branched_at", Integer),  # the iteration at which it branched off; NULL for a copy
    # The fields of Experiment by name, if the page Learn started it as one; else NULL.
    Column("experiment", JSON(none_as_null=True)),
    # What its owner calls its text. Others have other names for the same text.
    Column("text_name", Text, nullable=False, server_default=""),
    # What others can see of it. The view key is part of the read-only link, and is replaced when
    # the owner withdraws that link; from then on the id does not open the run for others, either.
    Column("view_key", String(32), nullable=False, unique=True),
    Column("opens_by_id", Boolean, nullable=False, server_default=true()),
    Column("shares_text", Boolean, nullable=False, server_default=false()),  # not only the run
    Column("viewed_at", Float, nullable=False),  # when a page last showed it
    Column("deleted_at", Float),  # NULL unless the owner has deleted it
    # The desired state. Pages write it; a worker only pauses its own run.
    Column("desired", String(16), nullable=False),  # "running" or "paused"
    Column("learning_rate", Float, nullable=False),
    Column("iterations", Integer, nullable=False),  # the run finishes here
    Column("pause_at", Integer),  # the run pauses at this iteration, which then becomes NULL
    # The actual state. Only the worker that holds the lease writes it.
    Column("status", String(16), nullable=False),  # waiting, running, paused, finished or failed
    Column("failure", String(16), nullable=False, server_default=""),  # "diverged", or ""
    Column("message", Text, nullable=False),  # why it paused or failed, or ""
    Column("iteration", Integer, nullable=False),  # updates so far
    Column("smooth_loss", Float, nullable=False),  # nats, summed over the window
    Column("best_smooth_loss", Float, nullable=False, server_default="0"),  # the lowest so far
    # The mean loss of the last windows (see losses.py), in nats, summed over the window.
    Column("recent_loss", Float, nullable=False, server_default="0"),
    # As in corpora, for the part of the text that this run holds out. NULL until its worker starts.
    Column("baselines", JSON(none_as_null=True)),
    Column("seconds", Float, nullable=False),  # spent training
    Column("characters_per_second", Float, nullable=False),
    Column("greedy_sample", Text, nullable=False),
    # Where it trains: the place in the queue, or the server that has its worker (see servers).
    # NULL: it is not queued, or has no slot.
    Column("queue_position", Integer),
    Column("server", String(255)),
    # The lease: which worker holds it, and when it was last renewed.
    Column("worker", String(255)),
    Column("heartbeat", Float, nullable=False),
)


# Which texts a workspace uploaded or pasted, under the name it gave them. The hash of a text is no
# key to it: files without their text contain it, too.
uploads = Table(
    "uploads",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("sha256", ForeignKey("corpora.sha256"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", String(64)),  # as in runs
)


def _history_table(name: str, *items: SchemaItem) -> Table:
    """A table with at most one row for each iteration of a run.

    Training a stretch again after a restart therefore replaces its rows.
    """
    return Table(
        name,
        metadata,
        Column("run", ForeignKey("runs.id"), primary_key=True),
        Column("iteration", Integer, primary_key=True),
        *items,
    )


metrics = _history_table(
    "metrics",
    Column("loss", Float, nullable=False),  # nats, summed over the window
    Column("smooth_loss", Float, nullable=False),  # the same, smoothed
    Column("seconds", Float, nullable=False),  # spent training
)

evaluations = _history_table(
    "evaluations",
    Column("held_out_loss", Float, nullable=False),  # nats per character
)

samples = _history_table("samples", Column("text", Text, nullable=False))

# One column for each number of engine/gauges.py, of the step that led to this iteration.
gauges = _history_table("gauges", *(Column(name, Float, nullable=False) for name in Gauges._fields))

rate_changes = _history_table("rate_changes", Column("learning_rate", Float, nullable=False))

# Saved states for showing and branching. seconds is NULL if only the weights were saved, as in
# version 1.
snapshots = _history_table(
    "snapshots",
    Column("state", LargeBinary, nullable=False),  # Trainer.state() as safetensors
    Column("seconds", Float),  # spent training
    # A row is read from its beginning: without this index, finding the complete snapshots of a
    # large network would read them all.
    Index("ix_snapshots_seconds", "run", "iteration", "seconds"),
)

HISTORY_TABLES = (metrics, gauges, evaluations, samples, rate_changes, snapshots)

# The newest state of each run, from which it resumes.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("iteration", Integer, nullable=False),
    Column("seconds", Float, nullable=False),  # spent training
    Column("state", LargeBinary, nullable=False),  # Trainer.state() as safetensors
)

# A room: a presenter, and the people who have joined with its code.
rooms = Table(
    "rooms",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(8), nullable=False, unique=True),
    # The key of the presenter's workspace: whoever has it presents the room.
    Column("presenter", String(64), nullable=False, index=True),
    Column("opened_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),  # when a page last showed the room to its presenter
    Column("closed_at", Float),
    Column("names_hidden", Boolean, nullable=False, server_default=false()),
    Column("start", JSON, nullable=False),  # Start.to_dict(): what everybody starts with
    Column("begins_at", Float),  # when everybody is started, during the countdown
    Column("lead", JSON(none_as_null=True)),  # Place.to_dict(): what the presenter looks at
    Column("question", JSON(none_as_null=True)),  # Question.to_dict(): what everybody guesses
    Column("challenge", JSON(none_as_null=True)),  # RoomChallenge.to_dict()
)


def _room_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to a room and are deleted with it."""
    return Table(name, metadata, Column("room", ForeignKey("rooms.id"), primary_key=True), *items)


room_members = _room_table(
    "room_members",
    Column("workspace", String(64), primary_key=True),
    Column("key", String(32), nullable=False, unique=True),  # names the member on pages of others
    Column("number", Integer, nullable=False),  # 1, 2, 3 ... within the room
    Column("nickname", Text, nullable=False),
    Column("address", String(64)),  # as in runs
    Column("joined_at", Float, nullable=False),
    Column("start", Integer, nullable=False),  # the number of the start that the page has taken
    Column("chosen", JSON(none_as_null=True)),  # Start.to_dict(): what the page would train
    Column("run", String(32)),  # the one that was started with everybody's
    Index("ix_room_members_workspace", "workspace"),
)

room_guesses = _room_table(
    "room_guesses",
    Column("question", Integer, primary_key=True),  # its number in the room
    Column("workspace", String(64), primary_key=True),
    Column("guess", Float, nullable=False),
)

# Moments of the wall that the presenter has kept, with copies of all they show.
room_moments = _room_table(
    "room_moments",
    Column("number", Integer, primary_key=True),
    Column("position", Integer, nullable=False),  # in the presenter's order
    Column("nickname", Text, nullable=False),
    Column("caption", Text, nullable=False),
    Column("sample", Text, nullable=False),
    Column("curve", JSON, nullable=False),  # a list of [iteration, bits per character]
    Column("member", Integer),  # the member's number; NULL if they had left before version 16
)

ROOM_TABLES = (room_members, room_guesses, room_moments)

# The servers that use this store. The first of them decides which runs train, and where.
servers = Table(
    "servers",
    metadata,
    Column("number", Integer, primary_key=True),  # 1, 2, 3 ... as they came
    Column("name", String(255), nullable=False, unique=True),
    Column("slots", Integer, nullable=False),  # how many runs it trains at the same time
    Column("seen_at", Float, nullable=False),  # when it last renewed its heartbeat
)

# The last start of a worker for a run that has not ended well since.
attempts = Table(
    "attempts",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("checkpoint", Integer),  # the iteration it continued from; NULL if from scratch
    Column("number", Integer, nullable=False),  # of starts from there in a row, from 1
    Column("ended_at", Float),  # NULL: it runs, or its server was killed
    Column("reason", String(16), nullable=False),  # why it ended: see attempts.py. "" if not known
)

# Beat the network: each visitor's newest game against the network of a run.
games = Table(
    "games",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("played_at", Float, nullable=False, default=Now()),
    Column("score", JSON, nullable=False),  # a list of the fields of Score, see games.py
)

# The version of the tables: Alembic's own table, created here together with the others.
version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

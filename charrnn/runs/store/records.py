"""What the store takes and returns: texts, runs, and the history of a run.

Times are in seconds since 1970, losses in nats; schema.py describes every column.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.gauges import Gauges
from charrnn.runs.config import RunConfig

DIVERGED = "diverged"  # the value of Run.failure when training diverged


@dataclass(frozen=True)
class Corpus:
    """The description of a text, without the text itself."""

    sha256: str  # of the text in UTF-8, hexadecimal
    name: str  # what the visitor calls it, which is not stored with the text; "" if unknown
    opening: str  # the first characters
    characters: int  # length of the text
    vocabulary: str  # the distinct characters, in order of their ids
    baselines: Baselines  # for the share that is held out by default


@dataclass(frozen=True)
class Experiment:
    """What a run is an experiment for, on the page Learn. An experiment may have several runs."""

    question: str  # the key of the question that it answers
    group: str  # the same for all runs that were started together
    label: str  # what sets it apart from the others of its group, "cleared"; "" if it is alone
    guess: str  # what the visitor expected


@dataclass(frozen=True)
class Candidate:
    """What servers have to know of a run in every round: whether it should train, and does.

    A part of its row, because a whole one takes long to read.
    """

    id: str
    workspace: str
    address: str | None  # a keyed hash of it
    experiment: Experiment | None
    viewed_at: float
    deleted_at: float | None
    desired: str
    status: str
    iteration: int
    iterations: int
    queue_position: int | None
    server: str | None
    worker: str | None
    heartbeat: float

    @property
    def active(self) -> bool:
        """Whether it should be training: it trains, or waits for a worker."""
        runnable = self.desired == "running" and self.status != "failed" and self.deleted_at is None
        return runnable and self.iteration < self.iterations

    @property
    def leased(self) -> bool:
        """Whether a worker holds its lease."""
        return self.worker is not None


@dataclass(frozen=True)
class Run(Candidate):
    """One row of the table of runs: its settings, desired state and actual state."""

    sha256: str  # of the text
    config: RunConfig  # as the run began; learning_rate and iterations may have changed
    created_at: float
    number: int
    name: str
    parent: str | None
    branched_at: int | None
    text_name: str  # what its owner calls its text
    view_key: str
    opens_by_id: bool  # whether its id opens it for others, to look at, as its view key does
    shares_text: bool  # whether those who may look at it may read its text, too
    learning_rate: float
    pause_at: int | None
    failure: str
    message: str
    smooth_loss: float  # nats, summed over the window
    best_smooth_loss: float  # the lowest so far
    recent_loss: float  # the mean of the last windows, nats, summed over the window
    baselines: Baselines | None  # for the part of the text it holds out; None before it starts
    seconds: float  # spent training
    characters_per_second: float
    greedy_sample: str
    # How long ago its worker last wrote, when this was read; the only field that is not stored.
    silent_seconds: float = field(compare=False)

    @property
    def title(self) -> str:
        """The name that its owner gave it, or else its number."""
        return self.name or f"Run {self.number}"

    @property
    def bits(self) -> float:
        """The mean loss of the last windows, in bits per character."""
        return bits_per_character(self.recent_loss, self.config.seq_length)

    def limit_from(self, iteration: int) -> int:
        """How far training goes from an iteration: at the limit, for as many iterations again."""
        if iteration < self.iterations:
            return self.iterations
        return int(min(iteration + self.config.iterations, RunConfig.limits("iterations")[1]))

    @property
    def moving(self) -> bool:
        """Whether it is active, or was paused and its worker has not stopped yet."""
        return self.active or (self.status == "running" and self.leased)


@dataclass(frozen=True)
class Server:
    """A row of the table of servers."""

    name: str
    slots: int
    seen_at: float


@dataclass
class Progress:
    """What a worker has recorded since it last wrote to the store.

    Each row maps the columns of the table of the same name to values, without `run`.
    """

    metrics: list[dict[str, Any]] = field(default_factory=list)
    gauges: list[dict[str, Any]] = field(default_factory=list)
    evaluations: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    rate_changes: list[dict[str, Any]] = field(default_factory=list)
    snapshots: list[dict[str, Any]] = field(default_factory=list)
    checkpoint: dict[str, Any] | None = None
    superseded_snapshot: int | None = None  # the iteration of a snapshot to delete


@dataclass(frozen=True)
class History:
    """The history of a run, thinned for a chart. Rows are in order of iteration."""

    metrics: list[tuple[int, float, float, float]]  # iteration, loss, smooth_loss, seconds
    evaluations: list[tuple[int, float]]  # iteration, held_out_loss
    rate_changes: list[tuple[int, float]]  # iteration, learning_rate
    sample_iterations: list[int]
    newest_sample: tuple[int, str] | None  # iteration, text


# The history tables that FullHistory holds, and their columns after `iteration`.
HISTORY_COLUMNS = {
    "metrics": ("loss", "smooth_loss", "seconds"),
    "gauges": Gauges._fields,
    "evaluations": ("held_out_loss",),
    "rate_changes": ("learning_rate",),
    "samples": ("text",),
}


@dataclass(frozen=True)
class FullHistory:
    """Every row of a run's history up to an iteration, in order of iteration."""

    metrics: Sequence[tuple[int, float, float, float]] = field(default_factory=list)
    gauges: Sequence[tuple[float, ...]] = field(default_factory=list)  # iteration, *Gauges
    evaluations: Sequence[tuple[int, float]] = field(default_factory=list)
    rate_changes: Sequence[tuple[int, float]] = field(default_factory=list)
    samples: Sequence[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class CheckpointedRun:
    """A run with its newest checkpoint, and its history up to there."""

    run: Run
    seconds: float  # spent training
    state: bytes  # Trainer.state() as safetensors
    history: FullHistory

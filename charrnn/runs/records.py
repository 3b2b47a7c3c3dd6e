"""What the store gives and takes: texts, runs, and what a run has left behind."""

import time
from dataclasses import dataclass, field
from typing import Any

from charrnn.engine.landmarks import Landmarks
from charrnn.runs.config import RunConfig

LEASE_SECONDS = 10.0


class StoreError(Exception):
    """The store cannot be used just now; the message says what, why and what to do, for people."""


@dataclass(frozen=True)
class Corpus:
    """A text, without the text itself."""

    sha256: str
    name: str
    opening: str
    characters: int
    vocabulary: str
    landmarks: Landmarks


@dataclass(frozen=True)
class Run:
    """One row of `runs`: what is wanted, and what is."""

    id: str
    sha256: str
    config: RunConfig
    created_at: float
    workspace: str
    number: int
    name: str
    parent: str | None
    branched_at: int | None
    view_key: str
    looked_at: float
    deleted_at: float | None
    desired: str
    learning_rate: float
    iterations: int
    pause_at: int | None
    status: str
    message: str
    iteration: int
    smooth_loss: float
    seconds: float
    characters_per_second: float
    likeliest: str
    worker: str | None
    heartbeat: float

    @property
    def title(self) -> str:
        """What it is called: by its owner, or else by its number."""
        return self.name or f"Run {self.number}"

    @property
    def active(self) -> bool:
        """It trains, or is about to."""
        wanted = self.desired == "running" and self.status != "failed" and self.deleted_at is None
        return wanted and self.iteration < self.iterations

    @property
    def moving(self) -> bool:
        """It trains, is about to, or has not come to rest yet after a pause."""
        return self.active or (self.status == "running" and self.owned)

    @property
    def owned(self) -> bool:
        """A worker holds a lease that has not run out."""
        return self.worker is not None and time.time() - self.heartbeat < LEASE_SECONDS


@dataclass
class Progress:
    """What a worker has to say since it last wrote. Losses as in schema.py."""

    metrics: list[dict[str, Any]] = field(default_factory=list)
    evaluations: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    rate_changes: list[dict[str, Any]] = field(default_factory=list)
    snapshots: list[dict[str, Any]] = field(default_factory=list)
    checkpoint: dict[str, Any] | None = None


@dataclass(frozen=True)
class History:
    """What a run has left behind; rows are tuples in order of iteration."""

    metrics: list[tuple[int, float, float, float]]  # iteration, loss, smooth_loss, seconds
    evaluations: list[tuple[int, float]]  # iteration, held_out_loss
    rate_changes: list[tuple[int, float]]  # iteration, learning_rate
    sample_iterations: list[int]
    newest_sample: tuple[int, str] | None  # iteration, text


@dataclass(frozen=True)
class Summary:
    """What a table says of a run beside its settings. None before there is any."""

    best_smooth_loss: float | None  # nats, summed over the window
    held_out_loss: float | None  # nats for each character, the newest

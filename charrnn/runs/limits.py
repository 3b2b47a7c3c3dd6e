"""What one server allows, so that no visitor uses up what the others need.

Each limit is an environment variable. Workers inherit the environment of their server.
"""

import math
import os
from dataclasses import dataclass, field, fields
from typing import Any

from charrnn.engine.parameters import Parameters
from charrnn.runs import memory
from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError

MEGABYTE = 2**20  # bytes
LARGEST = 1e12  # that a limit may be; in bytes, it still fits into 64 bits
STATE_BYTES = 8  # of a number in float64
HISTORY_MEGABYTES = 15  # of losses and samples in a file of a run, at most
MAX_RUN_FILE_MEGABYTES = 512


class TooLarge(ValueError):
    """A network or a text exceeds a limit of this server. The message is meant for people."""


class BadLimit(StoreError, ValueError):
    """An environment variable does not hold a valid limit. The message is meant for people."""


def _limit(default: float, variable: str, meaning: str, *, whole: bool = False) -> Any:
    metadata = {"variable": variable, "meaning": meaning, "whole": whole}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a server. The table in README.md lists them with their variables."""

    text_megabytes: float = _limit(
        25, "CHARRNN_TEXT_MEGABYTES", "largest size of a text, in megabytes"
    )
    weights: float = _limit(
        10_000_000,
        "CHARRNN_WEIGHTS",
        "largest number of weights in a network, about 2 × hidden size × vocabulary size + "
        "hidden size²",
    )
    step_products: float = _limit(
        2_000_000_000,
        "CHARRNN_STEP_PRODUCTS",
        "largest number of multiplications in one update, so that a run responds within seconds",
    )
    worker_megabytes: float = _limit(
        900,
        "CHARRNN_WORKER_MEGABYTES",
        "largest memory of a run in megabytes, beside its text and the 46 MB of any worker",
    )
    upload_megabytes: float = _limit(
        600,
        "CHARRNN_UPLOAD_MEGABYTES",
        "how much uploaded files may take in the memory of the server, in megabytes",
    )
    visitor_runs: float = _limit(
        8,
        "CHARRNN_VISITOR_RUNS",
        "how many runs of one visitor train at the same time; the others wait in the queue",
        whole=True,
    )
    server_runs: float = _limit(
        32,
        "CHARRNN_SERVER_RUNS",
        "how many runs train at the same time on the server; the others wait in the queue",
        whole=True,
    )
    room_people: float = _limit(
        100, "CHARRNN_ROOM_PEOPLE", "how many people a room takes", whole=True
    )
    free_megabytes: float = _limit(
        200,
        "CHARRNN_FREE_MEGABYTES",
        "all runs pause when the disk has less free space than this, in megabytes",
    )
    visitor_megabytes: float = _limit(
        2000,
        "CHARRNN_VISITOR_MEGABYTES",
        "how much the texts and runs of one visitor may take on the disk, in megabytes",
    )
    unseen_minutes: float = _limit(
        60,
        "CHARRNN_UNSEEN_MINUTES",
        "a run pauses after no page has shown it for this many minutes",
    )
    keep_days: float = _limit(
        90, "CHARRNN_KEEP_DAYS", "`prune` deletes runs that no page has shown for this many days"
    )

    @classmethod
    def from_environment(cls) -> "Limits":
        """The limits set by environment variables. Raises BadLimit."""
        values = {}
        for f in fields(cls):
            variable, whole = f.metadata["variable"], f.metadata["whole"]
            if text := os.environ.get(variable, "").strip():
                try:
                    value = float(text)
                except ValueError:
                    value = math.nan
                # With half a run allowed, say, every run would wait in the queue forever.
                if not 0 < value < math.inf or (whole and not value.is_integer()):
                    kind = "a whole number" if whole else "a number"
                    raise BadLimit(f"{variable} is {text[:40]!r}; it must be {kind} above 0.")
                if value > LARGEST:
                    shown = text[:40]
                    raise BadLimit(f"{variable} is {shown!r}; it must be at most {LARGEST:,.0f}.")
                values[f.name] = value
        return cls(**values)

    @classmethod
    def variables(cls) -> dict[str, str]:
        """The environment variables that set limits here, for workers on other machines."""
        names = [f.metadata["variable"] for f in fields(cls)]
        return {name: os.environ[name] for name in names if name in os.environ}

    @property
    def text_bytes(self) -> int:
        """The largest size of an uploaded file, and of a text in UTF-8, in bytes."""
        return int(self.text_megabytes * MEGABYTE)

    @property
    def run_file_megabytes(self) -> int:
        """The largest file of a run that these limits allow: its text, weights and history."""
        state = 3 * STATE_BYTES * self.weights / MEGABYTE  # weights, and Adam's two accumulators
        return min(
            MAX_RUN_FILE_MEGABYTES, math.ceil(self.text_megabytes + state + HISTORY_MEGABYTES)
        )

    def check(self, config: RunConfig, vocab_size: int) -> None:
        """Raises TooLarge if a network exceeds the limits."""
        V, H = vocab_size, config.hidden_size
        weights = Parameters.size(V, H)
        if weights > self.weights:
            raise TooLarge(
                f"This network would have {weights:,} weights, and at most {self.weights:,.0f} are "
                "allowed here: choose a smaller hidden_size or a text with fewer distinct "
                "characters."
            )
        products = config.characters_per_iteration * H * (H + 2 * V)
        if products > self.step_products:
            raise TooLarge(
                f"One update of this network would take {products:,} multiplications, and at most "
                f"{self.step_products:,.0f} are allowed here: choose a smaller hidden_size or "
                "seq_length, or fewer streams."
            )
        megabytes = memory.training_bytes(config, V) / MEGABYTE
        if megabytes > self.worker_megabytes:
            wide = memory.window_bytes(config, V) > memory.weight_bytes(config, V)
            lower = "seq_length or fewer streams" if wide else "hidden_size"
            raise TooLarge(
                f"Training this network would take {megabytes:,.0f} MB of memory, and at most "
                f"{self.worker_megabytes:,g} MB are allowed here: choose a smaller {lower}, or a "
                "text with fewer distinct characters."
            )

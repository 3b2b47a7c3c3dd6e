"""How much is allowed, so that nobody takes what others need: an environment variable each.

Every process reads its own environment, and workers inherit that of their server.
"""

import math
import os
from dataclasses import dataclass, field, fields
from typing import Any

from charrnn.engine.parameters import Parameters
from charrnn.runs.config import RunConfig
from charrnn.runs.records import StoreError


class TooLarge(ValueError):
    """More than is allowed here; the message is a sentence for people."""


class BadLimit(StoreError, ValueError):
    """A variable that does not say a limit."""


def _limit(default: float, variable: str, meaning: str) -> Any:
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is allowed on this server."""

    text_megabytes: float = _limit(25, "CHARRNN_TEXT_MEGABYTES", "how large a text may be")
    weights: float = _limit(
        10_000_000,
        "CHARRNN_WEIGHTS",
        "how many numbers a network may learn: hidden size × vocabulary, twice, and hidden size "
        "squared",
    )
    step_products: float = _limit(
        2_000_000_000,
        "CHARRNN_STEP_PRODUCTS",
        "how many multiplications one step may take, so that a run answers within seconds",
    )
    visitor_runs: float = _limit(
        8, "CHARRNN_VISITOR_RUNS", "how many runs of one visitor train at once; more wait in line"
    )
    server_runs: float = _limit(
        32, "CHARRNN_SERVER_RUNS", "how many runs train at once on the server; more wait in line"
    )
    free_megabytes: float = _limit(
        200, "CHARRNN_FREE_MEGABYTES", "with less room than this on the disk all runs pause"
    )
    unseen_minutes: float = _limit(
        60, "CHARRNN_UNSEEN_MINUTES", "a run that no page has shown for so long pauses"
    )
    keep_days: float = _limit(
        90, "CHARRNN_KEEP_DAYS", "`tidy` removes runs that no page has shown for so long"
    )

    @classmethod
    def here(cls) -> "Limits":
        """As the environment says. Raises BadLimit."""
        values = {}
        for f in fields(cls):
            variable = f.metadata["variable"]
            if text := os.environ.get(variable, "").strip():
                try:
                    values[f.name] = float(text)
                except ValueError:
                    values[f.name] = -1.0
                if not 0 < values[f.name] < math.inf:
                    raise BadLimit(f"{variable} is {text[:40]!r}; it must be a number above 0.")
        return cls(**values)

    @property
    def text_bytes(self) -> int:
        """How many bytes of UTF-8, or of a file, a text may have."""
        return int(self.text_megabytes * 2**20)

    def check(self, config: RunConfig, vocab_size: int) -> None:
        """Raises TooLarge if a network is larger than is allowed here."""
        V, H = vocab_size, config.hidden_size
        weights = Parameters.size(V, H)
        if weights > self.weights:
            raise TooLarge(
                f"This network would have {weights:,} weights, and {self.weights:,.0f} are "
                "allowed here: choose a smaller hidden_size, or a text with fewer different "
                "characters."
            )
        products = config.seq_length * config.streams * H * (H + 2 * V)
        if products > self.step_products:
            raise TooLarge(
                f"One step of this network would take {products:,} multiplications, and "
                f"{self.step_products:,.0f} are allowed here: choose a smaller hidden_size or "
                "seq_length, or fewer streams."
            )

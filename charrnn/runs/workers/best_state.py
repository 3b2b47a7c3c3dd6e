"""The state with the lowest held-out loss so far, kept as a snapshot of the run."""

import math
from collections.abc import Callable
from typing import Any

from charrnn.runs.store.records import Progress
from charrnn.runs.workers.checkpointing import should_snapshot


class BestState:
    """Which state predicts held-out text best.

    A new best one is stored with the next checkpoint, and the one before it is then removed, unless
    it is a regular snapshot: a run has one more snapshot for it, however long it trains.
    """

    def __init__(self, stored: tuple[int, float] | None, first_snapshot: int) -> None:
        """stored: iteration and held-out loss of the best snapshot there is, see Snapshots.best().

        first_snapshot: see checkpointing.should_snapshot().
        """
        self.iteration: int | None = stored[0] if stored else None
        self.loss = stored[1] if stored else math.inf
        self._stored, self._first_snapshot = self.iteration, first_snapshot
        self._row: dict[str, Any] | None = None  # of schema.snapshots, still to be stored

    def note(self, iteration: int, loss: float, row: Callable[[], dict[str, Any]]) -> None:
        """Note a held-out loss. row: returns the snapshot of the present state."""
        if loss < self.loss:
            self.iteration, self.loss = iteration, loss
            self._row = None if self._is_regular(iteration) else row()

    def add_to(self, updates: Progress) -> None:
        """Let the updates, which have a checkpoint, store what is still to be stored."""
        if self._row:
            updates.snapshots.append(self._row)
            self._row = None
        if self._stored != self.iteration:
            if self._stored is not None and not self._is_regular(self._stored):
                updates.superseded_snapshot = self._stored
            self._stored = self.iteration

    def _is_regular(self, iteration: int) -> bool:
        return should_snapshot(iteration, self._first_snapshot)

"""The state with the lowest held-out loss so far, kept as a snapshot of the run."""

import math
from collections.abc import Callable
from typing import Any

from charrnn.runs.store.records import Progress
from charrnn.runs.workers.checkpointing import should_snapshot


class BestState:
    """Which state predicts held-out text best.

    A new best one is stored with the next checkpoint, and the one before it is then removed, unless
    it is a regular snapshot: a run has one more snapshot for it, however long it trains. If
    training diverges, and returns to a state from before the best one, the one before it is stored
    again.
    """

    def __init__(self, stored: tuple[int, float] | None, first_snapshot: int) -> None:
        """stored: iteration and held-out loss of the best snapshot there is, see Snapshots.best().

        first_snapshot: see checkpointing.should_snapshot().
        """
        self.iteration: int | None = stored[0] if stored else None
        self.loss = stored[1] if stored else math.inf
        self._stored, self._first_snapshot = self.iteration, first_snapshot
        # Rows of schema.snapshots; None for regular ones, and for those of earlier workers.
        self._row: dict[str, Any] | None = None  # of the best state
        self._good_row: dict[str, Any] | None = None  # of the last one that proved good
        self._is_stored = True

    def note(
        self, iteration: int, loss: float, row: Callable[[], dict[str, Any]], *, good: int
    ) -> None:
        """Note a held-out loss. row: returns the snapshot of the present state.

        good: the iteration to which training would return if it diverged now.
        """
        if loss < self.loss:
            if self.iteration is not None and self.iteration <= good:
                self._good_row = self._row
            self.iteration, self.loss = iteration, loss
            self._row = None if self._is_regular(iteration) else row()
            self._is_stored = False

    def add_to(self, updates: Progress, *, returns_to: int | None = None) -> None:
        """Let the updates, which have a checkpoint, store what is still to be stored.

        returns_to: the iteration of that checkpoint if training has diverged.
        """
        if returns_to is not None and self.iteration is not None and self.iteration > returns_to:
            if self._good_row:
                updates.snapshots.append(self._good_row)
            return
        if self._row and not self._is_stored:
            updates.snapshots.append(self._row)
        self._is_stored = True
        if self._stored != self.iteration:
            if self._stored is not None and not self._is_regular(self._stored):
                updates.superseded_snapshot = self._stored
            self._stored = self.iteration

    def _is_regular(self, iteration: int) -> bool:
        return should_snapshot(iteration, self._first_snapshot)

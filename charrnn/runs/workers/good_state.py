"""The last state from which training continued well, kept in case it diverges."""

import math
from typing import Any

from charrnn.engine.training import Trainer

INTERVAL = 100  # iterations


class GoodState:
    """The last good state of a trainer: `good`, a Trainer.state().

    When training diverges, the steps just before have already ruined the network. So a state counts
    as good once the next INTERVAL windows were predicted no worse than by guessing. Until there is
    such a state, it is the one at the beginning.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self.good: dict[str, Any] = trainer.state()
        self._candidate = self.good
        self._loss = 0.0  # of the windows since the candidate, summed

    @property
    def iteration(self) -> int:
        return int(self.good["iteration"])

    def note(self, loss: float) -> None:
        """Note the loss of the step that the trainer has just made."""
        trainer = self._trainer
        self._loss += loss
        if trainer.iteration % INTERVAL:
            return
        n = trainer.iteration - int(self._candidate["iteration"])
        if self._loss <= n * trainer.seq_length * math.log(max(2, trainer.weights.vocab_size)):
            self.good = self._candidate
        self._candidate, self._loss = trainer.state(), 0.0

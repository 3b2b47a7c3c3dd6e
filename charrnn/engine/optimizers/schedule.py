"""The learning rate at each iteration: it may warm up at the start and decay towards an end.

With s = (i - warm_up) / (decay_iterations - warm_up), from 0 to 1 and 1 from then on, the share of
the learning rate that is used at iteration i is

    warm-up:    (i + 1) / (warm_up + 1)                       while i < warm_up
    constant:   1
    linear:     decay_to + (1 - decay_to) (1 - s)
    cosine:     decay_to + (1 - decay_to) (1 + cos(pi s)) / 2

It depends on the iteration alone, never on the clock, so the same settings give the same run on
any machine. After decay_iterations it stays at decay_to. What is left then goes on teaching a short
text by heart, the further the longer a run goes on, so the less is left, the better.

Cosine decay: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR
2017. Warm-up: Goyal et al., "Accurate, Large Minibatch SGD", 2017. While Adam has seen few
gradients, its step sizes are guesses, and a warm-up keeps them small.
"""

import math
from dataclasses import dataclass

DECAY_TO = 0.002  # unless another is chosen
SCHEDULES = ("constant", "linear", "cosine")


@dataclass(frozen=True)
class Schedule:
    """kind: one of SCHEDULES. warm_up, decay_iterations: in iterations, from the start.
    decay_to: the share of the learning rate that a decay ends at, 0 to 1.

    Before a decay, the warm-up takes a tenth of decay_iterations at most.
    """

    kind: str = "constant"
    warm_up: int = 0
    decay_iterations: int = 100_000
    decay_to: float = DECAY_TO

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown kind."""
        if self.kind not in SCHEDULES:
            raise ValueError(f"schedule is {self.kind!r}; allowed: {', '.join(SCHEDULES)}")
        if self.kind != "constant":
            shorter = min(self.warm_up, self.decay_iterations // 10)
            object.__setattr__(self, "warm_up", shorter)

    def share(self, iteration: int) -> float:
        """The share of the learning rate for the update after `iteration` updates: 0 to 1."""
        if iteration < self.warm_up:
            return (iteration + 1) / (self.warm_up + 1)
        if self.kind == "constant":
            return 1.0
        s = min(1.0, (iteration - self.warm_up) / max(1, self.decay_iterations - self.warm_up))
        left = 1 - s if self.kind == "linear" else (1 + math.cos(math.pi * s)) / 2
        return self.decay_to + (1 - self.decay_to) * left

"""Adam: RMSProp with momentum, and both averages corrected for their start at zero.

    m <- beta1 · m + (1 - beta1) g         the average gradient: momentum
    v <- beta2 · v + (1 - beta2) g²        the average squared gradient
    m' = m / (1 - beta1^i)                 after i updates from zero
    v' = v / (1 - beta2^i)
    w <- w - learning_rate · m' / (sqrt(v') + 1e-8)

Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015 (arXiv 2014). The code
computes the last line with fewer passes, as the paper suggests: with c = sqrt(1 - beta2^i), the
step is learning_rate · c / (1 - beta1^i) · m / (sqrt(v) + 1e-8 c).
"""

import math
from typing import ClassVar

import numpy as np

from charrnn.engine.parameters import Parameters

BETA1, BETA2 = 0.9, 0.999
EPSILON = 1e-8


class Adam:
    """Updates `weights` in place and averages the recent gradients and their squares."""

    accumulator_names: ClassVar[tuple[str, ...]] = ("momentum", "memory")

    def __init__(self, weights: Parameters) -> None:
        self.weights = weights
        self.momentum, self.mean_square = weights.zeros_like(), weights.zeros_like()
        self.accumulators = {"momentum": self.momentum, "memory": self.mean_square}
        self._scratch = weights.zeros_like().flat

    def update(self, gradients: Parameters, learning_rate: float, iteration: int) -> None:
        """One update. iteration: its number, from 1. Uses up `gradients`."""
        g, m, v, scratch = gradients.flat, self.momentum.flat, self.mean_square.flat, self._scratch
        np.multiply(g, g, scratch)
        scratch *= 1 - BETA2
        v *= BETA2
        v += scratch
        g *= 1 - BETA1
        m *= BETA1
        m += g
        c = math.sqrt(1 - BETA2**iteration)
        np.sqrt(v, scratch)
        scratch += EPSILON * c
        np.divide(m, scratch, scratch)
        scratch *= learning_rate * c / (1 - BETA1**iteration)
        self.weights.flat -= scratch

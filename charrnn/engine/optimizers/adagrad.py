"""Adagrad: the larger the gradients of a weight have been, the smaller its steps become.

    m <- m + g²      w <- w - learning_rate · g / sqrt(m + 1e-8)

m is the accumulator, one number per weight. Duchi, Hazan and Singer, "Adaptive Subgradient
Methods for Online Learning and Stochastic Optimization", JMLR 12 (2011).
"""

from typing import ClassVar

import numpy as np

from charrnn.engine.parameters import Parameters

EPSILON = 1e-8


class Adagrad:
    """Updates `weights` in place and accumulates the squares of all gradients."""

    accumulator_names: ClassVar[tuple[str, ...]] = ("memory",)

    def __init__(self, weights: Parameters) -> None:
        self.weights = weights
        self.accumulator = weights.zeros_like()
        self.accumulator.flat[:] = EPSILON  # here once, instead of in every update
        self.accumulators = {"memory": self.accumulator}
        self._scratch = weights.zeros_like().flat

    def update(self, gradients: Parameters, learning_rate: float, iteration: int) -> None:
        """One update. iteration: its number, from 1; it makes no difference here."""
        g, m, scratch = gradients.flat, self.accumulator.flat, self._scratch
        np.multiply(g, g, scratch)
        m += scratch
        np.sqrt(m, scratch)
        np.divide(g, scratch, scratch)
        scratch *= learning_rate
        self.weights.flat -= scratch

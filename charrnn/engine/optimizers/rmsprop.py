"""RMSProp: like Adagrad, but old gradients are forgotten, so the steps do not become ever smaller.

    v <- decay · v + (1 - decay) g²      w <- w - learning_rate · g / (sqrt(v) + 1e-8)

v is a moving average of the squared gradients, one number per weight. Tieleman and Hinton,
"Lecture 6.5 - rmsprop", COURSERA: Neural Networks for Machine Learning (2012).
"""

from typing import ClassVar

import numpy as np

from charrnn.engine.parameters import Parameters

DECAY = 0.99
EPSILON = 1e-8


class RMSProp:
    """Updates `weights` in place and averages the squares of recent gradients."""

    accumulator_names: ClassVar[tuple[str, ...]] = ("memory",)

    def __init__(self, weights: Parameters) -> None:
        self.weights = weights
        self.mean_square = weights.zeros_like()
        self.accumulators = {"memory": self.mean_square}
        self._scratch = weights.zeros_like().flat

    def update(self, gradients: Parameters, learning_rate: float, iteration: int) -> None:
        """One update. iteration: its number, from 1; it makes no difference here."""
        g, v, scratch = gradients.flat, self.mean_square.flat, self._scratch
        np.multiply(g, g, scratch)
        scratch *= 1 - DECAY
        v *= DECAY
        v += scratch
        np.sqrt(v, scratch)
        scratch += EPSILON
        np.divide(g, scratch, scratch)
        scratch *= learning_rate
        self.weights.flat -= scratch

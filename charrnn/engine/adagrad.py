"""Gradient clipping and Adagrad: the more a weight has moved, the smaller its steps become.

    g <- clip(g, -5, 5)      m <- m + g²      w <- w - learning_rate · g / sqrt(m + 1e-8)

m is the accumulator, one number per weight. Duchi, Hazan and Singer, "Adaptive Subgradient
Methods for Online Learning and Stochastic Optimization", JMLR 12 (2011).
"""

import numpy as np

from charrnn.engine.parameters import Parameters

CLIP = 5.0
EPSILON = 1e-8


class Adagrad:
    """Updates `weights` in place and accumulates the squares of all gradients."""

    def __init__(self, weights: Parameters) -> None:
        self.weights = weights
        self.accumulator = weights.like()
        self.accumulator.flat[:] = EPSILON  # here once, instead of in every update
        self._scratch = weights.like().flat

    def update(self, gradients: Parameters, learning_rate: float) -> None:
        """One update; clips `gradients` in place.

        Raises FloatingPointError, before anything has changed, if a gradient is not a number.
        """
        g, m, scratch = gradients.flat, self.accumulator.flat, self._scratch
        np.multiply(g, g, scratch)
        # Usually nothing needs clipping, and finding the largest square is cheaper than a pass.
        # (argmax is faster than max; and it finds nan, if there is one, so the test is "not <=".)
        if not scratch.item(scratch.argmax()) <= CLIP * CLIP:
            g.clip(-CLIP, CLIP, out=g)
            np.multiply(g, g, scratch)
            if np.isnan(scratch.max()):
                raise FloatingPointError("a gradient is not a number")
        m += scratch
        np.sqrt(m, scratch)
        np.divide(g, scratch, scratch)
        scratch *= learning_rate
        self.weights.flat -= scratch

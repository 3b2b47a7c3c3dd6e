"""Adagrad, after clipping: every weight moves at its own, ever more careful pace.

    g <- clip(g, -5, 5)      m <- m + g²      w <- w - rate · g / sqrt(m + 1e-8)

Duchi, Hazan and Singer, "Adaptive Subgradient Methods", JMLR 12 (2011).
"""

import numpy as np

from charrnn.engine.parameters import Parameters

CLIP = 5.0
EPSILON = 1e-8


class Adagrad:
    """Updates `weights` in place and remembers the squares of all gradients so far."""

    def __init__(self, weights: Parameters):
        self.weights = weights
        self.memory = weights.like()
        # The memory starts at ε, so that ε need not be added again at every step.
        self.memory.flat[:] = EPSILON
        self._work = weights.like().flat

    def update(self, gradients: Parameters, learning_rate: float) -> None:
        """One update; clips `gradients` in place.

        Raises FloatingPointError, before anything has moved, if a gradient is not a number.
        """
        g, m, work = gradients.flat, self.memory.flat, self._work
        np.multiply(g, g, work)
        # Mostly nothing is clipped, and a look at the largest is cheaper than a pass.
        # (argmax is quicker than max, and what is not a number counts as the largest.)
        if not work.item(work.argmax()) <= CLIP * CLIP:
            g.clip(-CLIP, CLIP, out=g)
            np.multiply(g, g, work)
            if np.isnan(work.max()):
                raise FloatingPointError("a gradient is not a number")
        m += work
        np.sqrt(m, work)
        np.divide(g, work, work)
        work *= learning_rate
        self.weights.flat -= work

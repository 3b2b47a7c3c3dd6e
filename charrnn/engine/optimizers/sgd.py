"""Stochastic gradient descent: one step down the slope, the same step size for every weight.

    w <- w - learning_rate · g

Robbins and Monro, "A Stochastic Approximation Method", Annals of Mathematical Statistics 22 (1951).
"""

from typing import ClassVar

from charrnn.engine.parameters import Parameters


class SGD:
    """Updates `weights` in place and remembers nothing."""

    accumulator_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, weights: Parameters) -> None:
        self.weights = weights
        self.accumulators: dict[str, Parameters] = {}
        self._scratch = weights.zeros_like().flat

    def update(self, gradients: Parameters, learning_rate: float, iteration: int) -> None:
        """One update. iteration: its number, from 1; it makes no difference here."""
        scratch = self._scratch
        scratch[:] = gradients.flat
        scratch *= learning_rate
        self.weights.flat -= scratch

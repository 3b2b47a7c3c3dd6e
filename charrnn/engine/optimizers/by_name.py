"""Which name in the settings of a run means which optimizer."""

from typing import ClassVar, Protocol

from charrnn.engine.optimizers.adagrad import Adagrad
from charrnn.engine.optimizers.adam import Adam
from charrnn.engine.optimizers.rmsprop import RMSProp
from charrnn.engine.optimizers.sgd import SGD
from charrnn.engine.parameters import Parameters


class Optimizer(Protocol):
    """What all of them have in common.

    accumulators: what the optimizer remembers, under the names that saved files use. Restored, it
    continues bit for bit.
    """

    accumulator_names: ClassVar[tuple[str, ...]]
    accumulators: dict[str, Parameters]

    def __init__(self, weights: Parameters) -> None: ...

    def update(self, gradients: Parameters, learning_rate: float, iteration: int) -> None:
        """Change the weights in place. iteration: the number of this update, from 1."""


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "adagrad": Adagrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "sgd": SGD,
}

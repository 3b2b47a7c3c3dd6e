"""A word before training starts, if the learning rate is too large for the network.

What one update can change in the input of a hidden unit grows with the learning rate and with the
number of hidden units, so their product decides. Measured with three_stone.txt and windows of 10 to
100 characters, over 500 to 2,000 iterations. Saturated: most hidden states are near -1 or 1.

With Adagrad, 16 to 512 hidden units, learning rates of 0.05 to 1:

    product      what happened                                bits per character
    0.8 to 20    all 84 learned                               2.7 to 4.7
    25 to 38     saturated; 1 of 28 diverged                  4.2 to 6.4
    50 to 64     saturated; 9 of 20 diverged                  4.8 to 5.8
    75 to 512    all 36 diverged, within 170 iterations

With Adam, 16 to 512 hidden units, 1 and 8 streams, and with RMSProp, 16 to 192 hidden units, 8
streams, started as the recipe Quick starts, learning rates of 0.001 to 0.3:

    product      what happened                                bits per character
    0.02 to 1.3  all 47 learned, best from 0.2 to 0.6         1.8 to 4.1
    1.5 to 10    31 of 35 saturated; 3 diverged               2.3 to 9.0
    15 to 154    16 of 17 diverged, within 850 iterations     6.5

The length of the windows and the number of streams made little difference. At a learning rate of 1
small networks saturate with Adagrad, too. The text was not learned at all at 5.9 bits per
character.
"""

import math
from typing import NamedTuple

from charrnn.runs.config import RunConfig
from charrnn.ui.shared import wording
from charrnn.ui.shared.settings import CHOICES

# Where the schedule has left less than this share of the learning rate, a network hardly changes.
DECAYED = 0.05


class _Limits(NamedTuple):
    """Of hidden units times learning rate, and of the learning rate itself."""

    good: float
    saturates: float
    diverges: float
    good_rate: float
    large_rate: float


_ADAGRAD = _Limits(good=13.0, saturates=25.0, diverges=75.0, good_rate=0.1, large_rate=1.0)
_ADAM = _Limits(good=0.65, saturates=1.6, diverges=15.0, good_rate=0.02, large_rate=0.3)
_LIMITS = {"adagrad": _ADAGRAD, "adam": _ADAM, "rmsprop": _ADAM}


def hint(config: RunConfig) -> str:
    """What will happen and what to do, in one sentence.

    "" if all is well, or if it was not measured with this optimizer.
    """
    limits = _LIMITS.get(config.optimizer)
    hidden_size, learning_rate = config.hidden_size, config.learning_rate
    product = hidden_size * learning_rate
    if not limits or (product < limits.saturates and learning_rate < limits.large_rate):
        return ""
    units = f"{hidden_size:,} hidden unit{'s' * (hidden_size > 1)}"
    outcome = "diverge" if product >= limits.diverges else "saturate and learn little, or diverge"
    good = wording.value("learning_rate", good_rate(config))
    return (
        f"With {units} and a learning rate of {wording.value('learning_rate', learning_rate)}, "
        f"training will probably {outcome}: try {good}."
    )


def good_pair(config: RunConfig) -> str:
    """Which learning rate goes well with a number of hidden units, in one sentence.

    "" if it was not measured with this optimizer.
    """
    if config.optimizer not in _LIMITS:
        return ""
    good = wording.value("learning_rate", good_rate(config))
    units = f"{config.hidden_size:,} hidden unit{'s' * (config.hidden_size > 1)}"
    return f"With {units}, a learning rate of {good} or less works well."


def good_rate(config: RunConfig) -> float:
    """The largest learning rate of the slider that suits a network of this size.

    Infinite if it was not measured with this optimizer.
    """
    limits = _LIMITS.get(config.optimizer)
    if not limits:
        return math.inf
    rates = [rate for rate in CHOICES["learning_rate"] if rate <= limits.good_rate]
    good = [rate for rate in rates if rate * config.hidden_size <= limits.good]
    return max(good, default=rates[0])

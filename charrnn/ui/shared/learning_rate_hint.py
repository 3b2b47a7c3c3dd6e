"""A word before training starts, if the learning rate is too large for the network.

What one update can change in the input of a hidden unit grows with the learning rate and with the
number of hidden units, so their product decides. Measured with three_stone.txt at 16 to 512 hidden
units, learning rates of 0.05 to 1 and windows of 10 to 100 characters, over 500 to 1,500
iterations, each with Adagrad as it is here:

    product   what happened                                         bits per character
    0.8 to 20 all 84 learned                                        2.7 to 4.7
    25 to 38  saturated, every unit at -1 or 1; 1 of 28 diverged    4.2 to 6.4
    50 to 64  saturated; 9 of 20 diverged                           4.8 to 5.8
    75 to 512 all 36 diverged, within 170 iterations

The length of the windows and the number of streams made little difference. At a learning rate of 1
small networks saturate, too. The text was not learned at all at 5.9 bits per character.
"""

from charrnn.runs.config import RunConfig
from charrnn.ui.shared import lineage
from charrnn.ui.shared.settings import CHOICES

DIVERGES_AT = 75.0  # hidden units times learning rate
SATURATES_AT = 25.0
LARGE_RATE = 1.0
GOOD_PRODUCT = 13.0  # the default settings have 10


def hint(hidden_size: int, learning_rate: float) -> str:
    """What will happen and what to do, in one sentence; "" if all is well."""
    product = hidden_size * learning_rate
    if product < SATURATES_AT and learning_rate < LARGE_RATE:
        return ""
    units = f"{hidden_size:,} hidden unit{'s' * (hidden_size > 1)}"
    outcome = "diverge" if product >= DIVERGES_AT else "saturate and learn little, or diverge"
    good = lineage.value("learning_rate", good_rate(hidden_size))
    return (
        f"With {units} and a learning rate of {lineage.value('learning_rate', learning_rate)}, "
        f"training will probably {outcome}: try {good}."
    )


def good_pair(config: RunConfig) -> str:
    """Which learning rate goes well with a number of hidden units, in one sentence.

    "" unless it was measured: with Adagrad.
    """
    if config.optimizer != "adagrad":
        return ""
    good = lineage.value("learning_rate", good_rate(config.hidden_size))
    units = f"{config.hidden_size:,} hidden unit{'s' * (config.hidden_size > 1)}"
    return f"With {units}, {good} goes well, or less."


def good_rate(hidden_size: int) -> float:
    """The largest learning rate of the slider, up to the default, that suits a network."""
    rates = [rate for rate in CHOICES["learning_rate"] if rate <= 0.1]
    return max((rate for rate in rates if rate * hidden_size <= GOOD_PRODUCT), default=rates[0])

"""Where the gauges of training should be: what the advice and the page Inside go by.

Measured with three_stone.txt at 32, 100 and 256 hidden units, Adagrad and learning rates of 0.3 to
0.01, up to iteration 6,000, and with the recipes Quick (to 2,000) and Patient (to 500), one random
seed each:

    clipped      at most 2 % of a matrix; with windows of 200 characters at most 11 %
    saturated    0.00 to 0.62 where a run had learned well; 0.76 to 0.78 at 32 / 0.3 and with the
                 defaults;
                 0.96 to 1.00 at 256 / 0.1, 100 / 0.3 and Quick at 0.03, which learned little
    update       0.02 to 0.04 of a matrix at iteration 200, 0.0005 to 0.006 at 6,000
"""

from statistics import fmean

from charrnn.engine.gauges import Gauges

RECENT = 8  # measured steps; a single one says little
CLIPPED = 0.25  # of the entries of a matrix, if clipping is by value
SATURATED = 0.9  # of the hidden states


def mean(measured: list[tuple[int, Gauges]]) -> Gauges:
    """The mean of each gauge. measured: (iteration, gauges), at least one."""
    return Gauges(*(fmean(column) for column in zip(*(g for _, g in measured), strict=True)))

"""Counting against the network: how well n-grams predict, and when the network overtakes them.

Both are scored on the same held-out text, in bits per character.
"""

import numpy as np

from charrnn.engine.arrays import IntArray
from charrnn.engine.ngram_writer import MAX_COUNTED, MAX_ORDER
from charrnn.engine.ngrams import ngram_bits


def counting_bits(ids: IntArray, vocab_size: int, n_train: int) -> list[float]:
    """The bits per character of n-grams of 1 to MAX_ORDER characters on held-out text.

    ids: the text, (n,). They are counted on its first n_train characters (of a long text on the
    last MAX_COUNTED of these, like NgramWriter) and scored on the rest. [] if that is empty.
    """
    if n_train >= len(ids):
        return []
    first = max(0, n_train - MAX_COUNTED)
    bits = ngram_bits(ids[first:], vocab_size, n_train - first, MAX_ORDER)
    return [float(np.mean(each)) for each in bits]


def overtaken_at(evaluations: list[tuple[int, float]], bits: float) -> int | None:
    """The iteration of the first evaluation where the network beats `bits`; None if there is none.

    evaluations: (iteration, held-out loss in bits per character), in order of iteration.
    """
    return next((iteration for iteration, held_out in evaluations if held_out < bits), None)

"""What a loss can be compared with: how well simple counting predicts the same text."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import IntArray

MAX_TABLE = 2**24  # possible n-grams that are counted in a table, 8 bytes each
CHUNK = 2**20  # characters


class Baselines(NamedTuple):
    """Bits per character of four simple predictors; what a network has to beat.

    uniform: guess among all characters, log2 V. unigram: know how often each occurs. bigram and
    trigram: also know the one or two characters before. They are counted on the text itself, so
    they know a short text by heart, and their figures are near 0.
    """

    uniform: float
    unigram: float
    bigram: float
    trigram: float


def baselines(ids: IntArray, vocab_size: int) -> Baselines:
    """The baselines of a text. ids: (n,), n >= 1."""
    V, before = vocab_size, ids[:-1]
    # H(next | before) = H(before, next) - H(before), counted at the same positions of the text.
    bigram = entropy(ngram_counts(ids, V, 2)) - entropy(ngram_counts(before, V, 1))
    trigram = entropy(ngram_counts(ids, V, 3)) - entropy(ngram_counts(before, V, 2))
    return Baselines(
        uniform=float(np.log2(V)),
        unigram=entropy(ngram_counts(ids, V, 1)),
        bigram=max(0.0, bigram),
        trigram=max(0.0, trigram),
    )


def ngram_counts(ids: IntArray, vocab_size: int, n: int) -> NDArray[np.int64]:
    """How often each n-gram of a text occurs in it, in no particular order: (distinct,)."""
    n_codes = vocab_size**n
    if n_codes > MAX_TABLE:
        return np.unique(_codes(ids, vocab_size, n), return_counts=True)[1]
    # Count in chunks, so that the codes of a long text are never all in memory.
    counts = np.zeros(n_codes, np.int64)
    chunk = max(CHUNK, n_codes)
    for start in range(0, len(ids) - n + 1, chunk):
        codes = _codes(ids[start : start + chunk + n - 1], vocab_size, n)
        counts += np.bincount(codes, minlength=n_codes)
    return counts[counts > 0]


def entropy(counts: IntArray) -> float:
    """The entropy of the distribution with these counts, in bits: -sum p log2 p."""
    p = counts / counts.sum()
    return float((p * -np.log2(p)).sum())


def _codes(ids: IntArray, vocab_size: int, n: int) -> NDArray[np.int64]:
    """The n-gram at each position as one number, its ids being the digits in base V."""
    length = max(0, len(ids) - n + 1)
    codes = np.zeros(length, np.int64)
    for i in range(n):
        codes = codes * vocab_size + ids[i : i + length]
    return codes

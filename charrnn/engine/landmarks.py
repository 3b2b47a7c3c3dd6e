"""What a loss means: how well simple counting predicts this very text."""

from typing import NamedTuple

import numpy as np

MAX_TABLE = 2**24  # runs of characters that are counted in a table, 8 bytes each
PIECE = 2**20  # characters


class Landmarks(NamedTuple):
    """Bits per character of four ways to predict a text; what a network has to beat.

    uniform: guessing among all characters, log2 V. unigram: knowing how often each occurs.
    bigram, trigram: knowing also the one, the two characters before (tables counted on the text
    itself, so on a short text they know it by heart and lie near 0).
    """

    uniform: float
    unigram: float
    bigram: float
    trigram: float


def landmarks(ids: np.ndarray, vocab_size: int) -> Landmarks:
    """Landmarks of a text. ids: (n,), n >= 1."""
    V, before = vocab_size, ids[:-1]
    # H(next | before) = H(before, next) - H(before), over the same places of the text.
    pairs = entropy(ngram_counts(ids, V, 2)) - entropy(ngram_counts(before, V, 1))
    triples = entropy(ngram_counts(ids, V, 3)) - entropy(ngram_counts(before, V, 2))
    return Landmarks(
        uniform=float(np.log2(V)),
        unigram=entropy(ngram_counts(ids, V, 1)),
        bigram=max(0.0, pairs),
        trigram=max(0.0, triples),
    )


def ngram_counts(ids: np.ndarray, vocab_size: int, n: int) -> np.ndarray:
    """How often each run of n characters occurs in a text, for those that do: (distinct,)."""
    n_codes = vocab_size**n
    if n_codes > MAX_TABLE:
        return np.unique(_codes(ids, vocab_size, n), return_counts=True)[1]
    # Counted into a table piece by piece, so that a long text needs little memory.
    counts = np.zeros(n_codes, np.int64)
    piece = max(PIECE, n_codes)
    for start in range(0, len(ids) - n + 1, piece):
        codes = _codes(ids[start : start + piece + n - 1], vocab_size, n)
        counts += np.bincount(codes, minlength=n_codes)
    return counts[counts > 0]


def entropy(counts: np.ndarray) -> float:
    """Bits per draw where things come as often as counted: -sum p log2 p."""
    p = counts / counts.sum()
    return float((p * -np.log2(p)).sum())


def _codes(ids: np.ndarray, vocab_size: int, n: int) -> np.ndarray:
    """One number below V^n for every run of n characters."""
    length = max(0, len(ids) - n + 1)
    codes = np.zeros(length, np.int64)
    for i in range(n):
        codes = codes * vocab_size + ids[i : i + length]
    return codes

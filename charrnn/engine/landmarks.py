"""What a loss means: how well simple counting predicts this very text."""

from typing import NamedTuple

import numpy as np


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
    V = vocab_size
    ids = ids.astype(np.int64)
    pairs = ids[:-1] * V + ids[1:]
    triples = pairs[:-1] * V + ids[2:]
    single, pair, triple = entropy(ids, V), entropy(pairs, V**2), entropy(triples, V**3)
    # H(next | before) = H(before, next) - H(before), over the same places of the text.
    return Landmarks(
        uniform=float(np.log2(V)),
        unigram=single,
        bigram=max(0.0, pair - entropy(ids[:-1], V)),
        trigram=max(0.0, triple - entropy(pairs[:-1], V**2)),
    )


def entropy(codes: np.ndarray, n_codes: int) -> float:
    """Bits per draw of the distribution of `codes`, numbers below n_codes: -sum p log2 p."""
    if len(codes) == 0:
        return 0.0
    if n_codes <= 1_000_000:
        counts = np.bincount(codes)
        counts = counts[counts > 0]
    else:
        counts = np.unique(codes, return_counts=True)[1]
    p = counts / len(codes)
    return float((p * -np.log2(p)).sum())

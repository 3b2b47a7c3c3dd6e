"""What a loss can be compared with: how well simple counting predicts text it has not counted."""

from typing import NamedTuple

import numpy as np

from charrnn.engine.arrays import IntArray
from charrnn.engine.corpus import MIN_HELD_OUT, training_length
from charrnn.engine.ngrams import ngram_bits

HELD_OUT = 0.1  # the share that is scored if nothing, or too little, is held out
PARTS = 10  # of a text too short to be counted once and scored once


class Baselines(NamedTuple):
    """Bits per character of four simple predictors; what a network has to beat.

    uniform: guess among all characters, log2 V. unigram: know how often each occurs. bigram and
    trigram: also know the one or two characters before. As for the network, the text they are
    counted on is not the text they are scored on. They are smoothed (see ngrams.py), and never
    worse than uniform: a predictor that would be guesses instead.
    """

    uniform: float
    unigram: float
    bigram: float
    trigram: float


# What charts call them.
BASELINE_LABELS = {
    "uniform": "guessing",
    "unigram": "unigrams",
    "bigram": "bigrams",
    "trigram": "trigrams",
}


def baselines(ids: IntArray, vocab_size: int, n_train: int) -> Baselines:
    """The baselines of a text, counted on its first n_train characters, scored on the rest.

    ids: (n,), n >= 1. If fewer than MIN_HELD_OUT characters are left to score, the last tenth is
    scored instead, and counting ends where it begins, even though training goes on. A text too
    short for that (a tenth of it is below MIN_HELD_OUT) is cut into ten parts. Each of the last
    nine is scored after counting all before it, and the first is guessed.
    """
    n, uniform = len(ids), float(np.log2(vocab_size))
    if n - n_train < MIN_HELD_OUT:
        n_train = training_length(n, HELD_OUT)
    if n_train < n:
        bits = [order.mean() for order in ngram_bits(ids, vocab_size, n_train, 3)]
    else:
        ends = np.unique(np.linspace(0, n, PARTS + 1).round().astype(int))
        totals = np.full(3, ends[1] * uniform)
        for counted, end in zip(ends[1:-1].tolist(), ends[2:].tolist(), strict=True):
            totals += [order.sum() for order in ngram_bits(ids[:end], vocab_size, counted, 3)]
        bits = list(totals / n)
    return Baselines(uniform, *(min(float(b), uniform) for b in bits))

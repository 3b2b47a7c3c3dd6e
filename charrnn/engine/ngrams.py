"""Predicting the next character by counting: smoothed n-grams, to compare the network with.

An n-gram is a sequence of n characters, and its context is all but the last. An n-gram model
predicts the last character from how often it followed its context in the text that is counted:

    p_n(c | context) = (count(context c) + types · p_{n-1}(c | shorter context))
                       / (count(context) + types)

where `types` is the number of distinct characters that followed the context. The more often a
context was followed by something new, the more weight the model for the shorter context gets; a
context that was never seen leaves all of it to that model, and below the 1-gram every character
has the probability 1/V. This is interpolated Witten-Bell smoothing: Witten and Bell, "The
Zero-Frequency Problem", IEEE Transactions on Information Theory 37 (1991), method C, in the
interpolated form of Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language
Modeling" (1998).
"""

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import IntArray

MAX_TABLE = 2**22  # possible n-grams that are counted in a table, 8 bytes each
CHUNK = 2**20  # characters counted at a time
MAX_CODE = 2**63 - 1


def ngram_bits(
    ids: IntArray, vocab_size: int, n_train: int, order: int
) -> list[NDArray[np.float64]]:
    """How well n-grams of 1 ... order characters predict the end of a text.

    ids: the text, (n,). The n-grams are counted in its first n_train characters, and predict each
    of the others. Returns -log2 p of each character, (n - n_train,), for each n from 1 to order.
    """
    p = np.full(len(ids) - n_train, 1 / vocab_size)
    bits = []
    for n in range(1, order + 1):
        first = max(n_train, n - 1)  # the characters before have no context of this length
        _refine(p[first - n_train :], *_ngrams(ids, vocab_size, first, n_train, n), vocab_size)
        bits.append(-np.log2(p))
    return bits


def _refine(
    p: NDArray[np.float64],
    seen: NDArray[np.int64],
    counts: NDArray[np.int64],
    wanted: NDArray[np.int64],
    vocab_size: int,
) -> None:
    """Turn the probabilities by the shorter contexts into those by the longer ones, in place.

    p: (m,), of the n-grams `wanted`, (m,). seen: the distinct n-grams that were counted,
    ascending, (distinct,), and their counts.
    """
    if not len(seen) or not len(p):
        return
    starts = _starts(seen // vocab_size)  # the first n-gram of each context
    contexts = seen[starts] // vocab_size
    totals, types = np.add.reduceat(counts, starts), np.diff(starts, append=len(seen))
    at, context_seen = _look_up(contexts, wanted // vocab_size)
    total, n_types = totals[at], types[at]
    at, ngram_seen = _look_up(seen, wanted)
    longer = (counts[at] * ngram_seen + n_types * p) / (total + n_types)
    np.copyto(p, longer, where=context_seen)


def _ngrams(
    ids: IntArray, vocab_size: int, first: int, n_train: int, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct n-grams of the first n_train characters, ascending, and their counts; and the
    n-gram that ends at each character from `first` on, (len(ids) - first,)."""
    n_codes = vocab_size**n
    n_counted = max(0, n_train - n + 1)
    if n_codes > MAX_TABLE:
        codes = _codes(ids, vocab_size, n)
        counted = np.sort(codes[:n_counted])
        starts = _starts(counted)
        return counted[starts], np.diff(starts, append=n_counted), codes[first - n + 1 :]
    # Count in chunks, so that the codes of a long text are never all in memory.
    counts = np.zeros(n_codes, np.int64)
    for start in range(0, n_counted, CHUNK):
        end = min(start + CHUNK, n_counted)
        chunk = _codes(ids[start : end + n - 1], vocab_size, n)
        counts += np.bincount(chunk, minlength=n_codes)
    seen = np.flatnonzero(counts)
    return seen, counts[seen], _codes(ids[first - n + 1 :], vocab_size, n)


def _codes(ids: IntArray, vocab_size: int, n: int) -> NDArray[np.int64]:
    """The n-gram that starts at each character as one number: (len(ids) - n + 1,).

    Its ids are the digits in base V, so the context of a code is code // V. Where the numbers
    would get too large, contexts are numbered anew, 0, 1, 2 ... for those that occur.
    """
    codes, largest = ids.astype(np.int64), vocab_size
    for i in range(1, n):
        if largest * vocab_size > MAX_CODE:
            distinct, codes = np.unique(codes, return_inverse=True)
            largest = len(distinct)
        codes = codes[:-1] * vocab_size
        codes += ids[i:]
        largest *= vocab_size
    return codes


def _starts(ascending: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where each distinct value begins."""
    return np.flatnonzero(np.diff(ascending, prepend=-1))


def _look_up(
    table: NDArray[np.int64], values: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each value is in an ascending table, and whether it is there at all."""
    at = np.minimum(np.searchsorted(table, values), len(table) - 1)
    return at, table[at] == values

"""Writing by counting: n-grams that write as the network does, one character after another.

The probabilities are those of ngrams.py, interpolated Witten-Bell. Here they are wanted for all
characters after one context, so the text is sorted by what comes before each character: then
everything that followed a context stands side by side.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import IntArray

MAX_ORDER = 5
CONTEXT = MAX_ORDER - 1  # characters
MAX_COUNTED = 2**22  # characters, those before the held-out part; 24 bytes each while sorting


class NgramWriter:
    """All n-grams of a text, n from 1 to MAX_ORDER."""

    def __init__(self, ids: IntArray, vocab_size: int) -> None:
        """ids: the text that is counted, (n,), n >= 1. Of a long one, only its end is."""
        ids = ids[-MAX_COUNTED:]
        self._vocab_size = vocab_size
        # A context as a number: the nearest character is the first digit. Before the text begins
        # there is a character of its own, which no context has.
        self._base = vocab_size + 1
        self._length = CONTEXT if self._base**CONTEXT < 2**63 else CONTEXT - 1
        codes = np.zeros(len(ids), np.int64)
        for k in range(1, self._length + 1):
            codes *= self._base
            codes[k:] += ids[:-k]
            codes[:k] += vocab_size
        order = np.argsort(codes, kind="stable")
        self._codes, self._followers = codes[order], ids[order]
        self._counts: dict[tuple[int, ...], NDArray[np.int64]] = {}  # of contexts that come often

    def probabilities(self, context: Sequence[int], order: int) -> NDArray[np.float64]:
        """How likely each character is after `context`: (V,).

        order: how long the n-grams are, 1 to MAX_ORDER; they see the last order - 1 characters.
        """
        p = np.full(self._vocab_size, 1 / self._vocab_size)
        for k in range(min(order - 1, self._length, len(context)) + 1):
            counts = self._count(tuple(context[len(context) - k :]))
            total, types = counts.sum(), np.count_nonzero(counts)
            if total == 0:
                break  # no longer context was seen either
            p = (counts + types * p) / (total + types)
        return p

    def write(
        self,
        rng: np.random.Generator,
        *,
        order: int,
        context: Sequence[int] = (),
        length: int = 200,
    ) -> NDArray[np.intp]:
        """Ids of `length` characters that continue `context`: (length,).

        Drawn as in sampling.sample(): every character uses up one random number.
        """
        uniforms = rng.random(length)
        written = list(context)
        for u in uniforms:
            cumulative = np.cumsum(self.probabilities(written, order))
            written.append(int(np.searchsorted(cumulative, u * cumulative[-1], side="right")))
        return np.array(written[len(context) :], np.intp)

    def _count(self, context: tuple[int, ...]) -> NDArray[np.int64]:
        """How often each character followed a context, (V,)."""
        if context in self._counts:
            return self._counts[context]
        prefix = 0
        for character in reversed(context):
            prefix = prefix * self._base + character
        width = self._base ** (self._length - len(context))
        first, end = np.searchsorted(self._codes, [prefix * width, (prefix + 1) * width])
        counts = np.bincount(self._followers[first:end], minlength=self._vocab_size)
        if len(context) < 2:
            self._counts[context] = counts
        return counts

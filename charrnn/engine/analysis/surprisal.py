"""Which characters a network predicts well, and which badly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.parameters import Parameters
from charrnn.engine.stretches import WARM_UP, Stretches, evenly_spaced

# Of a long text, evenly spaced stretches are read: up to MAX_CHARACTERS if a small network makes
# that cheap (MAX_PRODUCTS multiplications in all, a few tenths of a second), and otherwise at least
# MIN_CHARACTERS, unless a vocabulary of thousands makes their probabilities too many.
MIN_CHARACTERS, MAX_CHARACTERS = 10_000, 200_000
MAX_PRODUCTS = 2_000_000_000
MAX_PROBABILITIES = 8_000_000


class Surprisal(NamedTuple):
    """Per character of the vocabulary: -log p where it came next, and how often it did."""

    nats: NDArray[np.float64]  # summed, (V,)
    counts: NDArray[np.int64]  # (V,); a mean over few is mostly chance


def surprisal(weights: Parameters, ids: IntArray, hidden: FloatArray) -> Surprisal:
    """Read a text, or as much of it as is cheap, and measure how likely each character was.

    ids: the text, (n,), n >= 2. hidden: a hidden state of the network to begin with, (H,), because
    many networks never learn to begin from zeros. Every stretch that is read has a warm-up (see
    stretches.py), so the first characters of the text do not count.
    """
    V = weights.vocab_size
    start = min(WARM_UP, len(ids) // 2)
    begins, ends = evenly_spaced(start, len(ids), _max_characters(V, weights.hidden_size))
    nats, counts = np.zeros(V), np.zeros(V, dtype=np.int64)
    for targets, losses in Stretches(ids, begins, ends, weights).losses(0, hidden):
        nats += np.bincount(targets, losses, minlength=V)
        counts += np.bincount(targets, minlength=V)
    return Surprisal(nats, counts)


def _max_characters(vocab_size: int, hidden_size: int) -> int:
    cheap = MAX_PRODUCTS // (hidden_size * (hidden_size + vocab_size))
    characters = min(max(cheap, MIN_CHARACTERS), MAX_CHARACTERS)
    return max(1, min(characters, MAX_PROBABILITIES // vocab_size))

"""Which characters a network predicts well, and which badly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.corpus import fit_windows, into_streams
from charrnn.engine.model import forward
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window

# The text is sampled evenly: enough for a figure for each character that is not rare.
MAX_CHARACTERS = 10_000
# Computed for them, at most: a vocabulary of 5,000 allows fewer characters to be read.
MAX_PROBABILITIES = 8_000_000
MAX_STREAMS = 32
MAX_SEQ_LENGTH = 32


class Surprisal(NamedTuple):
    """Per character of the vocabulary: -log p where it came next, and how often it did."""

    nats: NDArray[np.float64]  # summed, (V,)
    counts: NDArray[np.int64]  # (V,)


def surprisal(
    weights: Parameters,
    ids: IntArray,
    hidden: FloatArray,
    *,
    max_characters: int = MAX_CHARACTERS,
) -> Surprisal:
    """Read a text, at most max_characters of it, and measure how likely each character was.

    ids: the text, (n,), n >= 2. hidden: the hidden state to read on from, (H,); zeros would
    mislead (see evaluation.py). The first window only brings the hidden state in step with the
    text and does not count, unless it is the only one.
    """
    V = weights.vocab_size
    limit = max(2, min(max_characters, MAX_PROBABILITIES // V))
    streams = min(MAX_STREAMS, max(1, min(len(ids), limit) // (4 * MAX_SEQ_LENGTH)))
    T, streams = fit_windows(min(len(ids), limit), MAX_SEQ_LENGTH, streams)
    text = into_streams(ids, streams)[: limit // streams + 1]
    window = Window(weights, T, streams)
    window.carried = hidden
    nats, counts = np.zeros(V), np.zeros(V, dtype=np.int64)
    starts = range(0, len(text) - T, T)
    for start in starts:
        window.load(text[start : start + T + 1])
        forward(weights, window)
        window.carry()
        if start == 0 and len(starts) > 1:
            continue
        p = window.at_targets(window.probabilities)
        # A probability too small for its type is 0, and its logarithm would be infinite.
        p = np.maximum(p, np.finfo(weights.dtype).tiny).astype(np.float64)
        targets = text[start + 1 : start + T + 1].ravel()
        nats += np.bincount(targets, -np.log(p), minlength=V)
        counts += np.bincount(targets, minlength=V)
    return Surprisal(nats, counts)

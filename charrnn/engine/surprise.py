"""Which characters a network foresees, and which still take it by surprise."""

from typing import NamedTuple

import numpy as np

from charrnn.engine.corpus import fit_windows, in_streams
from charrnn.engine.model import Forward
from charrnn.engine.parameters import Parameters

# An even choice of the text, enough for a figure for each character that is not rare.
MAX_CHARACTERS = 10_000
# Probabilities computed for it, at most: with 5,000 characters fewer places can be looked at.
MAX_PROBABILITIES = 8_000_000
MAX_STREAMS = 32
MAX_SEQ_LENGTH = 32


class Surprise(NamedTuple):
    """For each character: nats, summed over the places where it came next, and their number."""

    nats: np.ndarray  # (V,)
    places: np.ndarray  # (V,)


def surprise(
    weights: Parameters,
    ids: np.ndarray,
    hidden: np.ndarray,
    *,
    max_characters: int = MAX_CHARACTERS,
) -> Surprise:
    """Read a text, at most max_characters of it, and see how likely each next one was.

    ids: the text, (n,), n >= 2. hidden: the memory to read on from, (H,); an empty one misleads
    (see evaluation.py). The first window only brings the memory into step with the text and
    does not count, unless there is no other.
    """
    V = weights.vocab_size
    limit = max(2, min(max_characters, MAX_PROBABILITIES // V))
    streams = min(MAX_STREAMS, max(1, min(len(ids), limit) // (4 * MAX_SEQ_LENGTH)))
    T, streams = fit_windows(min(len(ids), limit), MAX_SEQ_LENGTH, streams)
    text = in_streams(ids, streams)[: limit // streams + 1].astype(np.intp)
    forward = Forward(weights, T, streams)
    forward.carried[:] = hidden
    nats, places = np.zeros(V), np.zeros(V, dtype=np.int64)
    starts = range(0, len(text) - T, T)
    for p in starts:
        targets = text[p + 1 : p + T + 1].ravel()
        forward(text[p : p + T], targets)
        forward.carry()
        if p == 0 and len(starts) > 1:
            continue
        likely = forward.probabilities[np.arange(len(targets)), targets].astype(np.float64)
        # A probability too small for its type is 0: its logarithm would be no number to draw.
        lost = -np.log(np.maximum(likely, np.finfo(weights.dtype).tiny))
        nats += np.bincount(targets, lost, minlength=V)
        places += np.bincount(targets, minlength=V)
    return Surprise(nats, places)

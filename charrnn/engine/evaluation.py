"""How well a network predicts text it does not learn from."""

import math

import numpy as np

from charrnn.engine.corpus import fit_windows, in_streams
from charrnn.engine.model import Forward
from charrnn.engine.parameters import Parameters

# Enough for a steady figure, little enough to cost training about a hundredth of its time.
MAX_CHARACTERS = 8192
MAX_STREAMS = 32
MAX_SEQ_LENGTH = 32


def bits_per_character(nats: float, characters: float) -> float:
    """A loss summed over `characters`, in nats, as bits for each of them."""
    return nats / characters / math.log(2)


class HeldOut:
    """A part of the text that is set aside, read in parallel streams."""

    def __init__(self, ids: np.ndarray, weights: Parameters):
        """ids: the held-out text, at least 2 characters; of a long one an even choice is read."""
        streams = min(MAX_STREAMS, max(1, len(ids) // (2 * MAX_SEQ_LENGTH)))
        seq_length, streams = fit_windows(len(ids), MAX_SEQ_LENGTH, streams)
        self._text = in_streams(ids, streams)[: MAX_CHARACTERS // streams + 1].astype(np.intp)
        self._forward = Forward(weights, seq_length, streams)
        self._seq_length = seq_length

    def loss(self, hidden: np.ndarray) -> float:
        """The mean loss in nats for each character.

        hidden: the memory to read on from, (H,). An empty one would not do: until the text wraps
        for the first time the network has never learned to begin from nothing, and may never
        find back from there.
        """
        T, forward, text = self._seq_length, self._forward, self._text
        forward.carried[:] = hidden
        total, windows = 0.0, 0
        for p in range(0, len(text) - T, T):
            total += forward(text[p : p + T], text[p + 1 : p + T + 1])
            forward.carry()
            windows += 1
        return total / (windows * T)

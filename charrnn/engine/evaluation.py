"""How well a network predicts text that it is not trained on."""

import math

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.corpus import fit_windows, into_streams
from charrnn.engine.model import forward
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window

# Enough for a stable figure, few enough to cost training about a hundredth of its time.
MAX_CHARACTERS = 8192
MAX_STREAMS = 32
MAX_SEQ_LENGTH = 32


def bits_per_character(nats: float, characters: float) -> float:
    """A loss in nats, summed over `characters`, as bits per character."""
    return nats / characters / math.log(2)


class HeldOut:
    """The held-out part of a text, read in parallel streams."""

    def __init__(self, ids: IntArray, weights: Parameters) -> None:
        """ids: the held-out text, at least 2 characters; a long one is sampled evenly."""
        streams = min(MAX_STREAMS, max(1, len(ids) // (2 * MAX_SEQ_LENGTH)))
        seq_length, streams = fit_windows(len(ids), MAX_SEQ_LENGTH, streams)
        self._text = into_streams(ids, streams)[: MAX_CHARACTERS // streams + 1]
        self._weights = weights
        self._window = Window(weights, seq_length, streams)

    def loss(self, hidden: FloatArray) -> float:
        """The mean loss in nats per character.

        hidden: the hidden state to read on from, (H,). Zeros would mislead: until the text wraps
        for the first time, the network has never been trained to start from them, and it may not
        recover from there.
        """
        T, window, text = self._window.seq_length, self._window, self._text
        window.carried = hidden
        starts = range(0, len(text) - T, T)
        total = 0.0
        for start in starts:
            window.load(text[start : start + T + 1])
            total += forward(self._weights, window)
            window.carry()
        return total / (len(starts) * T)

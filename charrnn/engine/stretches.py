"""Reading parts of a text as the network would find them if it had read everything before them.

A network predicts well only from a hidden state that fits the text. So each stretch that is
measured has a warm-up, which is not: the characters before it. From zeros, no warm-up is long
enough. Training starts there once per epoch at most, and from zeros in the middle of the text some
networks stay in a state that training never sees. Others have learned a text that repeats itself
by heart; out of step with it, they stay out of step.

So the network first reads the opening of the text, from zeros, as training does. A warm-up starts
from the hidden state that the network had in the opening after the passage most like the one
before the warm-up. All of this depends on the text and the weights alone.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.model import forward, read
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window

# How much of the text before is read as its opening: all of it, if that is short.
OPENING, SHORT = 512, 2048  # characters
WARM_UP = 128  # characters
CONTEXT = 32  # characters that are compared to find the most similar passage
STRETCH = 256  # characters: most of what is read counts, and a long text fills many streams
WINDOW = 2048  # characters of all streams together


class Stretches:
    """Stretches of a text, read in parallel, one stream each."""

    def __init__(
        self,
        ids: IntArray,
        begins: NDArray[np.intp],
        ends: NDArray[np.intp],
        weights: Parameters,
    ) -> None:
        """ids: the text, (n,). begins, ends: of the stretches, (B,), 1 <= begin < end <= n."""
        B, n = len(begins), len(ids)
        self._weights = weights
        warm_up = min(WARM_UP, int(begins.min()) - 1)
        starts = begins - 1 - warm_up  # the last character before a stretch predicts its first
        self.characters = int((ends - begins).sum())  # that are predicted and counted

        steps = warm_up + int((ends - begins).max())
        n_windows = -(-steps // max(1, min(steps, WINDOW // B)))
        T = -(-steps // n_windows)
        self._window = Window(weights, T, B)
        positions = starts + np.arange(n_windows * T + 1)[:, None]  # (steps + 1, B)
        self._text = ids[np.minimum(positions, n - 1)]
        counted = (positions >= begins) & (positions < ends)
        self._counted = [counted[t + 1 : t + T + 1].ravel() for t in range(0, n_windows * T, T)]

        before = int(starts.max())
        opening = max(1, before if before <= SHORT else OPENING)
        self._opening = Window(weights, opening, 1)
        self._opening.load(ids[: opening + 1, None])
        self._like_start = _most_similar(ids, starts, opening)
        self.characters_read = opening + B * n_windows * T

    def losses(self) -> Iterator[tuple[IntArray, FloatArray]]:
        """The characters that are predicted, and the loss at each in nats, window by window."""
        weights, window, T = self._weights, self._window, self._window.seq_length
        read(weights, self._opening)
        window.carried = self._opening.states[self._like_start, 0]
        for i, counted in enumerate(self._counted):
            text = self._text[i * T : i * T + T + 1]
            window.load(text)
            if counted.any():
                forward(weights, window)
                yield text[1:].ravel()[counted], window.losses[counted]
            else:
                read(weights, window)
            window.carry()


def evenly_spaced(
    start: int, end: int, max_characters: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Begins and ends of stretches of about STRETCH characters, from `start` to `end`.

    They cover everything, or, if that is too much, max_characters at most.
    """
    n = end - start
    if n <= max_characters:
        edges = np.linspace(start, end, max(1, n // STRETCH) + 1).astype(np.intp)
        return edges[:-1], edges[1:]
    streams = max(1, max_characters // STRETCH)
    begins = start + np.arange(streams) * n // streams
    return begins, begins + min(STRETCH, max_characters)


def _most_similar(ids: IntArray, starts: NDArray[np.intp], opening: int) -> NDArray[np.intp]:
    """How many characters of the opening lead up to the passage most like the one before a start.

    For each start, the k for which ids[:k] and ids[:start] have the longest end in common, up to
    CONTEXT characters; the largest such k, so that a start in the opening gets its own.
    """
    k = np.arange(opening, -1, -1)
    alive = k <= starts[:, None]
    common = alive.astype(np.int8)
    for i in range(1, min(CONTEXT, opening) + 1):
        alive &= (ids[k - i] == ids[starts - i][:, None]) & (k >= i)
        common += alive
    most_similar: NDArray[np.intp] = k[common.argmax(axis=1)]
    return most_similar

"""Reading parts of a text as the network would find them if it had read everything before them.

A network predicts well only from a hidden state that fits the text. So each stretch that is
measured has a warm-up, which is not: the characters before it. From zeros, no warm-up is long
enough:

- Training starts from zeros once per epoch at most. In a long text, that is seldom; then some
  networks, started from zeros, stay in a state that training never sees.
- Others have learned a text that repeats itself by heart; out of step with it, they stay out of
  step.
- Most saturated networks are periodic. Their hidden state goes round in a cycle of 2 to 8
  characters, whatever the text; started a character later, they stay a character behind, and
  predict a short text better or worse by some hundredths of a bit.

So the network first reads an opening: it goes on reading where training is, or begins with the
text, from zeros, as training does. A warm-up starts from a hidden state that the network had in the
opening: where the same characters came before, if the text repeats itself, or else a multiple of
PERIODS away, at the same place in the cycle.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.model import forward, read
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window

# How much of the text is read as the opening: all before the warm-ups, if that is short.
OPENING, SHORT = 512, 2048  # characters
WARM_UP = 64  # characters
CONTEXT = 32  # characters; where so many are the same, the text repeats itself
PERIODS = 120  # characters; a multiple of the length of all cycles that were seen
STRETCH = 256  # characters: most of what is read counts, and a long text fills many streams
WINDOW = 2048  # characters of all streams together
HASH_BASE = np.uint64(0x9E3779B97F4A7C15)


class Stretches:
    """Stretches of a text, read in parallel, one stream each.

    characters: how many are predicted. steps: how many steps it takes to read everything, by the
    number of streams that are read in a step.
    """

    def __init__(
        self,
        ids: IntArray,
        begins: NDArray[np.intp],
        ends: NDArray[np.intp],
        weights: Parameters,
    ) -> None:
        """ids: the text, (n,). begins, ends: of the stretches, (B,), 1 <= begin < end <= n."""
        B, n = len(begins), len(ids)
        self._ids, self._weights = ids, weights
        warm_up = min(WARM_UP, int(begins.min()) - 1)
        self._starts = starts = begins - 1 - warm_up  # the last character before predicts the first
        self.characters = int((ends - begins).sum())

        steps = warm_up + int((ends - begins).max())
        n_windows = -(-steps // max(1, min(steps, WINDOW // B)))
        T = -(-steps // n_windows)
        self._window = Window(weights, T, B)
        positions = starts + np.arange(n_windows * T + 1)[:, None]  # (steps + 1, B)
        self._text = ids[np.minimum(positions, n - 1)]
        counted = (positions >= begins) & (positions < ends)
        self._counted = [counted[t + 1 : t + T + 1].ravel() for t in range(0, n_windows * T, T)]

        before = int(starts.max())
        self._is_short = before <= SHORT
        opening = max(1, before if self._is_short else OPENING)
        self._opening = Window(weights, opening, 1)
        self._contexts = _hashes_before(ids, starts)
        self.steps = {1: opening, B: n_windows * T} if B > 1 else {1: opening + n_windows * T}

    def losses(
        self, position: int = 0, hidden: FloatArray | float = 0.0
    ) -> Iterator[tuple[IntArray, FloatArray]]:
        """The characters that are predicted, and the loss at each in nats, window by window.

        position, hidden: where training is, and the hidden state, (H,), that it has there. If the
        text before the stretches is short, or ends before an opening does, training will soon
        begin with the text again, and so does the opening.
        """
        weights, window, T = self._weights, self._window, self._window.seq_length
        opening = self._opening
        if self._is_short or position + opening.seq_length > self._starts.min():
            position, hidden = 0, 0.0
        opening.load(self._ids[position : position + opening.seq_length + 1, None])
        opening.carried = hidden
        read(weights, opening)
        window.carried = opening.states[self._most_similar(position), 0]
        for i, counted in enumerate(self._counted):
            text = self._text[i * T : i * T + T + 1]
            window.load(text)
            if counted.any():
                forward(weights, window)
                yield text[1:].ravel()[counted], window.losses[counted]
            else:
                read(weights, window)
            window.carry()

    def _most_similar(self, position: int) -> NDArray[np.intp]:
        """How many characters of the opening leave the network as those before each start do, (B,).

        position: of the opening. A place in the opening with the same CONTEXT characters before it
        comes first, then one in step; but none after a start that is in the opening itself, which
        so gets its own. Among equals it is the last.
        """
        starts = self._starts[:, None]
        places = np.arange(position + self._opening.seq_length, position - 1, -1)
        allowed = (places <= starts) | (starts < position)
        in_step = (starts - places) % PERIODS == 0
        repeats = _hashes_before(self._ids, places) == self._contexts[:, None]
        rank = allowed * (1 + in_step + 2 * repeats)
        most_similar: NDArray[np.intp] = places[rank.argmax(axis=1)] - position
        return most_similar


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


def _hashes_before(ids: IntArray, places: NDArray[np.intp]) -> NDArray[np.uint64]:
    """A hash of the CONTEXT characters before each place, the same for the same characters.

    Where there are fewer, it is a hash of the place.
    """
    hashes = places.astype(np.uint64)
    enough = places >= CONTEXT
    context = places[enough, None] + np.arange(-CONTEXT, 0)
    powers = HASH_BASE ** np.arange(1, CONTEXT + 1, dtype=np.uint64)
    hashes[enough] = (ids[context].astype(np.uint64) + np.uint64(1)) @ powers
    return hashes

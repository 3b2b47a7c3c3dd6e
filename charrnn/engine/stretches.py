"""Reading stretches of a text as if the network had read everything before them.

A network predicts well only from a hidden state that fits the text. So each stretch that is
measured follows a warm-up that is not measured: the characters before it. If the warm-up starts
from a hidden state of zeros, it is never long enough:

- Training starts from zeros once per epoch at most, which is rare in a long text. Some networks,
  started from zeros, then stay in a state that training never sees.
- Others have memorized a text that repeats itself. Once they are out of step with it, they stay
  out of step.
- Most saturated networks are periodic: their hidden state runs through a cycle of 2 to 8
  characters, whatever the text. Started one character later, they stay one character behind, and
  predict a short text better or worse by some hundredths of a bit.

So the network first reads an opening: it continues from the current training position, or begins
at the start of the text, from zeros, as training does. Each warm-up then starts from a hidden state
that the network had in the opening: where the same characters came before, if the text repeats
itself, or else a multiple of PERIODS away, at the same place in the cycle.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.model import forward, read
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window

# All lengths are in characters.
OPENING = 512
SHORT = 2048  # if there are no more before the warm-ups, the opening is all of them
WARM_UP = 64
CONTEXT = 32  # where this many are the same, the text repeats itself
PERIODS = 120  # a multiple of the length of every cycle that was seen
STRETCH = 256  # long enough that most of what is read counts, short enough to fill many streams
WINDOW = 2048  # in all streams together
HASH_BASE = np.uint64(0x9E3779B97F4A7C15)  # of a polynomial hash; odd, with well-mixed bits


class Stretches:
    """Stretches of a text, read in parallel, one stream each.

    characters: how many are predicted. steps: number of streams -> how many steps in time read
    that many streams at once.
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

        position, hidden: the current training position, and the hidden state there, (H,), or what
        to read the text from its start with. If the text before the stretches is short, or has no
        room for an opening after that position, training will soon be back at the start of the
        text, so the opening begins there, with zeros.
        """
        weights, window, T = self._weights, self._window, self._window.seq_length
        opening = self._opening
        no_room = self._is_short or position + opening.seq_length > self._starts.min()
        if position and no_room:
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
        """How many characters of the opening stand in best for all those before each start, (B,).

        position: where the opening begins. The best is a place with the same CONTEXT characters
        before it; the next best, one in step with the start. Among equals, the last one is taken.
        A place after the start is ruled out if the opening contains the start, which is then its
        own best place.
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

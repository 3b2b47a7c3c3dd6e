"""What a network does while it reads a passage: activations, probabilities and surprisal."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.model import forward, read
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window

WARM_UP = 128  # characters that are read before a passage, so that the hidden state fits the text


class Reading(NamedTuple):
    """One row for each character that was read; T characters."""

    hidden: FloatArray  # the activations after each character, (T, H)
    probabilities: FloatArray  # of the character after each, (T, V)
    nats: FloatArray  # -log p of the character that came next, (T - 1,)

    @property
    def bits(self) -> NDArray[np.float64]:
        """The surprisal of each character but the first, in bits: (T - 1,)."""
        bits: NDArray[np.float64] = self.nats.astype(np.float64) / np.log(2)
        return bits


def read_passage(weights: Parameters, ids: IntArray, hidden: FloatArray) -> Reading:
    """Read the passage `ids`, (T,), from the hidden state before it, (H,). T >= 1."""
    window = _loaded(weights, ids, hidden)
    forward(weights, window)
    return Reading(window.states[1:, 0].copy(), window.probabilities, window.losses[:-1])


def activations(weights: Parameters, ids: IntArray, hidden: FloatArray) -> FloatArray:
    """Reading.hidden without the rest, which takes longer: (T, H)."""
    window = _loaded(weights, ids, hidden)
    read(weights, window)
    states: FloatArray = window.states[1:, 0]
    return states


def hidden_before(
    weights: Parameters, ids: IntArray, position: int, hidden: FloatArray
) -> FloatArray:
    """The hidden state before ids[position], after a warm-up on the characters before it: (H,).

    ids: the text, (n,). hidden: where the warm-up starts from, (H,). At the start of the text that
    is what remains: training begins there with zeros, but so seldom that some networks, started
    from zeros, stay in a state that training never sees.
    """
    if position == 0:
        return hidden.copy()
    warm_up = ids[max(0, position - WARM_UP) : position]
    before: FloatArray = activations(weights, warm_up, hidden)[-1].copy()
    return before


def _loaded(weights: Parameters, ids: IntArray, hidden: FloatArray) -> Window:
    """A window with the passage. Nothing follows the last character: its target is arbitrary."""
    window = Window(weights, len(ids))
    window.load(np.append(ids, ids[-1])[:, None])
    window.carried = hidden
    return window

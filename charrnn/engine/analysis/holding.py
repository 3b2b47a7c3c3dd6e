"""Holding hidden units at a value (clamping them) while the network reads or writes.

A unit that goes along with something in the text may or may not be needed for it. Silencing it,
holding it at 0 (an ablation), shows which: only what changes then depends on the unit.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import sample

MAX_PRODUCTS = 2_000_000_000  # multiplications: a few tenths of a second
MIN_CHARACTERS, MAX_CHARACTERS = 24, 512


class Costs(NamedTuple):
    """What silencing each unit alone does to the loss."""

    bits: NDArray[np.float64]  # bits per character more than the baseline, (H,); may be negative
    baseline: float  # bits per character with no unit silenced
    characters: int  # that were predicted


def held(weights: Parameters, values: Mapping[int, float]) -> Parameters:
    """Weights with which the units in `values` always have that activation, -1 to 1.

    tanh never reaches 1, and a unit's own activation comes from its incoming weights. So it is the
    outgoing weights that change: with the unit's columns of Whh and Why moved into the biases,
    the other units and the output find it at its value, whatever it computes.
    """
    changed = weights.copy()
    for unit, value in values.items():
        changed.bh[:] += value * changed.Whh[:, unit]
        changed.by[:] += value * changed.Why[:, unit]
        changed.Whh[:, unit] = 0
        changed.Why[:, unit] = 0
    return changed


def held_sample(
    weights: Parameters,
    rng: np.random.Generator,
    *,
    values: Mapping[int, float],
    hidden: FloatArray,
    first: int,
    length: int,
) -> NDArray[np.intp]:
    """Ids of `length` characters that the network writes while units are held: (length,).

    values: unit -> its activation. The rest as in sampling.sample().
    """
    return sample(held(weights, values), rng, hidden=hidden, first=first, length=length)


def affordable_characters(weights: Parameters) -> int:
    """How many characters silencing_costs() can read in a few tenths of a second."""
    H, V = weights.hidden_size, weights.vocab_size
    return int(np.clip(MAX_PRODUCTS // (H * H * (H + V)), MIN_CHARACTERS, MAX_CHARACTERS))


def silencing_costs(weights: Parameters, ids: IntArray, hidden: FloatArray) -> Costs:
    """Silence every unit in turn, and measure how much worse the text is predicted.

    ids: the text, (T + 1,), read from the hidden state before it, (H,).

    All units at once: each is silenced in a copy of the network of its own, and the copies read
    the text side by side, with one more that is left as it is.
    """
    H, w = weights.hidden_size, weights
    h = np.tile(hidden, (H + 1, 1))
    silenced = np.arange(H), np.arange(H)
    Whh_T, Why_T = np.ascontiguousarray(w.Whh.T), np.ascontiguousarray(w.Why.T)
    nats = np.zeros(H + 1)
    h[silenced] = 0
    for character, target in zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True):
        h = np.tanh(w.Wxh[:, character] + h @ Whh_T + w.bh)
        h[silenced] = 0
        y = h @ Why_T + w.by
        y -= y.max(axis=1, keepdims=True)
        nats += np.log(np.exp(y).sum(axis=1)) - y[:, target]
    bits = nats / (len(ids) - 1) / np.log(2)
    return Costs(bits[:-1] - bits[-1], float(bits[-1]), len(ids) - 1)

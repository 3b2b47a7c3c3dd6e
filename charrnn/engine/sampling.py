"""How the network writes: one character at a time, each fed back in as the next input."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray
from charrnn.engine.parameters import Parameters

# The weight matrices use spawn keys that begin with 0 to 2: see initial_weights.py.
_SAMPLES_SPAWN_KEY = 3


def sample_rng(seed: int, iteration: int) -> np.random.Generator:
    """The random numbers for the sample at one iteration.

    They depend on seed and iteration alone. So an additional sample changes nothing else, and two
    runs with the same seed use the same random numbers at the same iteration.
    """
    key = (_SAMPLES_SPAWN_KEY, iteration)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def next_hidden(weights: Parameters, hidden: FloatArray, character: int) -> FloatArray:
    """The hidden state after one more character: h = tanh(Wxh x + Whh h + bh), (H,)."""
    a: FloatArray = weights.Wxh[:, character] + weights.recurrent @ weights.extend(hidden)
    return np.tanh(a)


def next_distribution(
    weights: Parameters, hidden: FloatArray, temperature: float = 1.0
) -> NDArray[np.float64]:
    """The probability of every next character, softmax(y / temperature): (V,), float64.

    Temperatures below 1 favor the most likely characters, and at 0 the most likely one is
    certain. Above 1 the probabilities move closer together.
    """
    y = _scores(weights, hidden).astype(np.float64)
    if temperature == 0:
        return np.eye(1, len(y), int(np.argmax(y))).ravel()
    y = (y - y.max()) / temperature
    p: NDArray[np.float64] = np.exp(y)
    p /= p.sum()
    return p


def prime(weights: Parameters, hidden: FloatArray, ids: Sequence[int]) -> tuple[FloatArray, int]:
    """Read a prompt of at least one character, up to its last one: where sample() begins.

    Returns (the hidden state before the last character, (H,); the last character).
    """
    *before, first = ids
    for character in before:
        hidden = next_hidden(weights, hidden, character)
    return hidden, int(first)


def sample(
    weights: Parameters,
    rng: np.random.Generator,
    *,
    hidden: FloatArray,
    first: int,
    length: int = 200,
    temperature: float = 1.0,
    picked: Mapping[int, int] | None = None,
) -> NDArray[np.intp]:
    """Ids of `length` characters that the network writes after reading `first`: (length,).

    hidden: the hidden state before `first`, (H,); it is not changed.
    picked: characters that a person has chosen, position -> id; the network goes on as if it had
    drawn them.

    Every character uses up one random number, picked or not and at any temperature.
    """
    uniforms = rng.random(length)
    ids = np.empty(length, dtype=np.intp)
    h, character = hidden, first
    for i in range(length):
        h = next_hidden(weights, h, character)
        if picked and i in picked:
            character = picked[i]
        else:
            cumulative = np.cumsum(next_distribution(weights, h, temperature))
            # Inverse transform sampling: the first character whose cumulative probability exceeds
            # the random number. Rounding may leave the total just below 1, so scale by the total.
            character = int(np.searchsorted(cumulative, uniforms[i] * cumulative[-1], side="right"))
        ids[i] = character
    return ids


def greedy_sample(
    weights: Parameters, *, hidden: FloatArray, first: int, length: int
) -> NDArray[np.intp]:
    """Ids of `length` characters, always the most likely one; nothing is random: (length,)."""
    ids = np.empty(length, dtype=np.intp)
    h, character = hidden, first
    for i in range(length):
        h = next_hidden(weights, h, character)
        character = int(np.argmax(_scores(weights, h)))
        ids[i] = character
    return ids


class TopProbabilities(NamedTuple):
    """The most likely next characters, in order of probability."""

    ids: NDArray[np.intp]  # (n,)
    raw: NDArray[np.float64]  # their probabilities at temperature 1, (n,)
    tempered: NDArray[np.float64]  # and at the requested temperature, (n,)


def top_probabilities(
    weights: Parameters,
    *,
    hidden: FloatArray,
    ids: Sequence[int],
    temperature: float = 1.0,
    n: int = 10,
) -> TopProbabilities:
    """What may come after `ids`, at least one, read from the hidden state `hidden`, (H,)."""
    for character in ids:
        hidden = next_hidden(weights, hidden, character)
    raw = next_distribution(weights, hidden)
    tempered = next_distribution(weights, hidden, temperature)
    order = np.argsort(-raw, kind="stable")[:n]
    return TopProbabilities(order, raw[order], tempered[order])


def _scores(weights: Parameters, hidden: FloatArray) -> FloatArray:
    """y = Why h + by, (V,)."""
    return weights.output @ weights.extend(hidden)

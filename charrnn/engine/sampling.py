"""Letting a network write: one character at a time, each fed back in as the next input."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from charrnn.engine.parameters import Parameters

# The weight matrices use the spawn keys (0,) to (2,): see parameters.py.
_SAMPLES_SPAWN_KEY = 3


def sample_rng(seed: int, iteration: int) -> np.random.Generator:
    """The dice for the sample at one iteration, which nothing else throws.

    They depend on seed and iteration alone, so that a sample more or less changes nothing else,
    and two runs of one seed throw the same dice at the same iteration.
    """
    key = (_SAMPLES_SPAWN_KEY, iteration)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def read(weights: Parameters, hidden: np.ndarray, character: int) -> np.ndarray:
    """The hidden state after one more character: h = tanh(Wxh x + Whh h + bh), (H,)."""
    return np.tanh(weights.Wxh[:, character] + weights.recurrent @ weights.row(hidden))


def next_distribution(
    weights: Parameters, hidden: np.ndarray, temperature: float = 1.0
) -> np.ndarray:
    """The probability of every next character, softmax(y / temperature): (V,), float64.

    Below 1 the likely becomes likelier; at 0 the likeliest is certain. Above 1 the odds even out.
    """
    y = (weights.output @ weights.row(hidden)).astype(np.float64)
    if temperature == 0:
        return np.eye(1, len(y), int(np.argmax(y)))[0]
    y = (y - y.max()) / temperature
    p = np.exp(y)
    return p / p.sum()


def primed(weights: Parameters, hidden: np.ndarray, ids: Sequence[int]) -> tuple[np.ndarray, int]:
    """(the hidden state, (H,), before the last of `ids`; that last one): where sample() begins."""
    *before, first = ids
    for character in before:
        hidden = read(weights, hidden, character)
    return hidden, int(first)


def sample(
    weights: Parameters,
    rng: np.random.Generator,
    *,
    hidden: np.ndarray,
    first: int,
    length: int = 200,
    temperature: float = 1.0,
    picked: Mapping[int, int] | None = None,
) -> np.ndarray:
    """Ids of `length` characters that the network writes after reading `first`: (length,).

    hidden: the state before `first`, (H,); it is not changed. Every character takes one random
    number, so the same dice at another temperature stay in step. picked: characters that somebody
    chose in place of the dice, place -> id; what follows is written as if the network had.
    """
    dice = rng.random(length)
    ids = np.empty(length, dtype=np.intp)
    h, character = hidden, first
    for i in range(length):
        h = read(weights, h, character)
        if picked and i in picked:
            character = picked[i]
        else:
            cumulative = np.cumsum(next_distribution(weights, h, temperature))
            # The die falls into the first interval whose upper end is above it. Rounding may
            # leave the last end a hair below 1, so the die is scaled to it.
            character = int(np.searchsorted(cumulative, dice[i] * cumulative[-1], side="right"))
        ids[i] = character
    return ids


class Odds(NamedTuple):
    """The likeliest next characters, the likeliest first."""

    ids: np.ndarray  # (n,)
    plain: np.ndarray  # their probabilities at temperature 1, (n,)
    bent: np.ndarray  # and at the temperature asked for, (n,)


def odds(
    weights: Parameters,
    *,
    hidden: np.ndarray,
    ids: Sequence[int],
    temperature: float = 1.0,
    n: int = 10,
) -> Odds:
    """What may follow after reading `ids`, at least one, from the state `hidden`, (H,)."""
    for character in ids:
        hidden = read(weights, hidden, character)
    plain = next_distribution(weights, hidden)
    bent = next_distribution(weights, hidden, temperature)
    order = np.argsort(-plain, kind="stable")[:n]
    return Odds(order, plain[order], bent[order])


def likeliest(weights: Parameters, *, hidden: np.ndarray, first: int, length: int) -> np.ndarray:
    """Ids of `length` characters, always the likeliest one: no dice, (length,)."""
    ids = np.empty(length, dtype=np.intp)
    h, character = hidden, first
    for i in range(length):
        h = read(weights, h, character)
        character = int(np.argmax(weights.output @ weights.row(h)))
        ids[i] = character
    return ids

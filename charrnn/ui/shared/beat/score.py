"""Scoring the guesses of a game."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from charrnn.engine.analysis.guessing_game import estimate, guesses_needed
from charrnn.runs.store.games import Score
from charrnn.ui.shared.beat.passage import LENGTH, Passage

MAX_TRIES = 4  # for one character, then it is shown


def score(tried: Any, passage: Passage, counts: np.ndarray) -> Score:
    """Score a game. Raises ValueError for anything but a list of guesses for each character.

    tried: from the browser: ids, in order, the answer last if it was found. counts: how often each
    character occurs, (V,).
    """
    guesses = _checked(tried, len(counts))
    by_frequency = np.argsort(-counts, kind="stable").tolist()
    needed = [
        guesses_needed(each, int(answer), by_frequency)
        for each, answer in zip(guesses, passage.answers, strict=True)
    ]
    ranks, V = passage.ranks, len(counts)
    return Score(
        person=estimate(needed, V),
        at_once=needed.count(1),
        network=estimate(ranks, V),
        network_at_once=ranks.count(1),
        network_bits=passage.bits,
    )


def _checked(tried: Any, vocab_size: int) -> list[Sequence[int]]:
    if not isinstance(tried, list) or len(tried) != LENGTH:
        raise ValueError(f"a game has {LENGTH} characters")
    for each in tried:
        whole = isinstance(each, list) and all(type(i) is int for i in each)
        if not whole or len(set(each)) != len(each) or len(each) > MAX_TRIES:
            raise ValueError("these are no guesses")
        if not all(0 <= i < vocab_size for i in each):
            raise ValueError("there is no such character")
    return tried

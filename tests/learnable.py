"""Texts with something to learn, as ids."""

import numpy as np

V = 12


def a_text(n, *, seed=0):
    """Ids with something to learn: every character has a favourite to follow it."""
    rng = np.random.default_rng(seed)
    favourite, ids = rng.permutation(V), np.zeros(n, dtype=np.uint8)
    for i in range(1, n):
        ids[i] = favourite[ids[i - 1]] if rng.random() < 0.7 else rng.integers(V)
    return ids


LONG_TEXT = a_text(5000)
WRAPPING_TEXT = a_text(230)

"""Texts with a pattern to learn, as ids."""

import numpy as np

V = 12


def a_text(n, *, seed=0):
    """n ids; each character is followed by the same one in 70 % of cases, else by a random one."""
    rng = np.random.default_rng(seed)
    most_likely, ids = rng.permutation(V), np.zeros(n, dtype=np.uint8)
    for i in range(1, n):
        ids[i] = most_likely[ids[i - 1]] if rng.random() < 0.7 else rng.integers(V)
    return ids


LONG_TEXT = a_text(5000)
WRAPPING_TEXT = a_text(230)

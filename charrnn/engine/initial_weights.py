"""The numbers that the weight matrices start with, before the first update. Biases start at 0.

    normal       every weight from N(0, scale²); the textbook's, with scale 0.01
    scaled       from N(0, 1/n), if n inputs are added up, so that the sum is as large as they are:
                 n = H for Whh and Why, and n = 1 for Wxh, since a one-hot vector has a single 1
    orthogonal   like "scaled", but Whh is a random orthogonal matrix: Whh h is as long as h
    identity     like "scaled", but Whh = I: Whh h = h (meant for rectified linear units; tanh still
                 shrinks h a little at each step)

H is the number of hidden units. Orthogonal: Saxe, McClelland and Ganguli, "Exact solutions to the
nonlinear dynamics of learning in deep linear neural networks", 2013. Identity: Le, Jaitly and
Hinton, "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units", 2015.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray

INITIAL_WEIGHTS = ("normal", "scaled", "orthogonal", "identity")
TEXTBOOK_SCALE = 0.01
UNITS_AT_A_TIME = 32  # drawn as one block, which fits in the cache

# Each hidden unit draws its weights in each matrix from a random stream of its own. So a smaller
# network starts as the corner of a larger one with the same seed, and runs that differ in
# hidden_size differ in nothing else. (An orthogonal Whh is no corner of a larger one.)
_SPAWN_KEYS = {"Wxh": 0, "Whh": 1, "Why": 2}


def draw_weights(
    per_unit: dict[str, FloatArray], *, seed: int, kind: str = "normal", scale: float
) -> None:
    """Overwrite the matrices Wxh, Whh and Why with numbers that depend on the seed alone.

    per_unit: one row per hidden unit in each, so Wxh (H, V), Whh (H, H) and Whyᵀ (H, V). scale:
    only used if kind is "normal". Raises ValueError for an unknown kind.
    """
    if kind not in INITIAL_WEIGHTS:
        raise ValueError(f"initial_weights is {kind!r}; allowed: {', '.join(INITIAL_WEIGHTS)}")
    H = len(per_unit["Whh"])
    inputs = {"Wxh": 1, "Whh": H, "Why": H}
    for name, rows in per_unit.items():
        deviation = scale if kind == "normal" else 1 / math.sqrt(inputs[name])
        for start, numbers in _standard_normal(name, rows.shape, seed):
            block = rows[start : start + len(numbers)]
            np.multiply(numbers, deviation, out=block, casting="same_kind")
    if kind == "orthogonal":
        per_unit["Whh"][...] = _random_orthogonal(H, seed)
    elif kind == "identity":
        per_unit["Whh"][...] = np.eye(H)


def _standard_normal(
    name: str, shape: tuple[int, ...], seed: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The numbers of a matrix: (the first unit of a block, its rows)."""
    H, n = shape
    for start in range(0, H, UNITS_AT_A_TIME):
        numbers = np.empty((min(UNITS_AT_A_TIME, H - start), n))
        for unit, row in enumerate(numbers, start):
            key = (_SPAWN_KEYS[name], unit)
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
            rng.standard_normal(out=row)
        yield start, numbers


def _random_orthogonal(H: int, seed: int) -> NDArray[np.float64]:
    """A random orthogonal matrix, all of them equally likely: (H, H).

    The Q of a QR decomposition is one if the diagonal of R is made positive: Mezzadri, "How to
    generate random matrices from the classical compact groups", 2007.
    """
    normal = np.concatenate([numbers for _, numbers in _standard_normal("Whh", (H, H), seed)])
    Q, R = np.linalg.qr(normal)
    orthogonal: NDArray[np.float64] = Q * np.sign(np.diag(R))
    return orthogonal

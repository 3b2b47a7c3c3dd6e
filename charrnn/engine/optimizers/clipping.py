"""Gradient clipping: one bad window must not throw the weights far away.

    by value:   g <- min(max(g, -limit), limit)              each gradient by itself
    by norm:    g <- g · limit / |g|      if |g| > limit     all together, so the direction stays

|g| is the Euclidean norm of all gradients. The textbook clips by value, at 5. Clipping by norm:
Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.

All functions work in place, and raise FloatingPointError if a gradient is not a number; by_norm()
and none() also if one is infinite, since that leaves no direction.
"""

import math

import numpy as np

from charrnn.engine.arrays import FloatArray

TEXTBOOK_LIMIT = 5.0


def by_value(g: FloatArray, limit: float) -> None:
    """Clip each gradient to -limit ... limit. g: (n,)."""
    # Usually nothing needs clipping, and finding the largest and the smallest is cheaper than
    # clipping. (argmax is faster than max; and it finds nan, if there is one, so the test is
    # "not <=".)
    if not g.item(g.argmax()) <= limit or not g.item(g.argmin()) >= -limit:
        g.clip(-limit, limit, out=g)
        if np.isnan(g.max()):
            raise FloatingPointError("a gradient is not a number")


def by_norm(g: FloatArray, limit: float) -> None:
    """Scale the whole vector down so that its norm is at most `limit`. g: (n,)."""
    norm = math.sqrt(g.dot(g))
    if norm <= limit:
        return
    if not math.isfinite(norm):  # the squares are too large, or the gradients themselves
        largest = _largest(g)
        g /= largest
        norm = math.sqrt(g.dot(g))
    g *= limit / norm


def none(g: FloatArray, limit: float) -> None:
    """Leave the gradients as they are. g: (n,). limit: not used."""
    if not math.isfinite(g.dot(g)):
        _largest(g)


CLIPPING = {"value": by_value, "norm": by_norm, "off": none}


def _largest(g: FloatArray) -> float:
    """The largest absolute value. Raises FloatingPointError if it is not finite."""
    largest = float(np.abs(g).max())
    if not math.isfinite(largest):
        kind = "not a number" if math.isnan(largest) else "infinite"
        raise FloatingPointError(f"a gradient is {kind}")
    return largest

"""How far back a network remembers: how fast a gradient fades on its way into the past.

The loss at a position depends on every hidden state before it. One step further back multiplies
the gradient by the derivative of tanh and by Whhᵀ:

    dL_t/dh_{k-1} = Whhᵀ (1 - h_k²) dL_t/dh_k

Bengio, Simard and Frasconi, "Learning Long-Term Dependencies with Gradient Descent Is Difficult",
IEEE Transactions on Neural Networks 5 (1994).
"""

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.analysis.reading import read_passage
from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.parameters import Parameters


def gradient_sizes(
    weights: Parameters,
    ids: IntArray,
    hidden: FloatArray,
    *,
    positions: NDArray[np.intp],
    distance: int,
) -> NDArray[np.float64]:
    """The size (Euclidean norm) of dL_t/dh_{t-k} for k = 0 ... distance: (P, distance + 1).

    ids: a passage, (T + 1,), read from the hidden state before it, (H,). L_t is the loss at
    positions[i] alone: that of predicting ids[t + 1]. positions: (P,), each at least `distance`
    and below T.
    """
    if positions.min() < distance or positions.max() >= len(ids) - 1:
        raise ValueError("every position needs `distance` characters before it and one after it")
    exact = Parameters(weights.vocab_size, weights.hidden_size, np.float64)  # for what is tiny
    exact.flat[:] = weights.flat
    reading = read_passage(exact, ids, hidden)
    h, dy = reading.hidden, reading.probabilities[positions]
    dy[np.arange(len(positions)), ids[positions + 1]] -= 1
    dh = dy @ exact.Why
    sizes = np.empty((len(positions), distance + 1))
    sizes[:, 0] = np.linalg.norm(dh, axis=1)
    for k in range(1, distance + 1):
        dh = (dh * (1 - h[positions - k + 1] ** 2)) @ exact.Whh
        sizes[:, k] = np.linalg.norm(dh, axis=1)
    return sizes


def relative_sizes(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of a gradient over distance, as a share of its size at distance 0.

    sizes: gradient_sizes(), (P, K). The geometric mean over the positions, (K,): a few large
    gradients do not hide the others. Positions without any gradient do not count; if there are no
    others, nothing is left.
    """
    counted = sizes[sizes[:, 0] > 0]
    if not len(counted):
        return np.zeros(sizes.shape[1])
    shares = np.maximum(counted / counted[:, :1], np.finfo(np.float64).tiny)
    left: NDArray[np.float64] = np.exp(np.log(shares).mean(axis=0))
    return left


def share_cut(sizes: NDArray[np.float64], seq_length: int) -> float:
    """The share of the gradient that windows of seq_length characters throw away, from 0 to 1.

    sizes: gradient_sizes(). The character at place i of a window is traced i steps back, to the
    window's first hidden state. What is thrown away is all beyond it: summed over the distances,
    averaged over the places.
    """
    mean = sizes.mean(axis=0)
    total = mean.sum()
    if total == 0:
        return 0.0
    kept = np.cumsum(mean)[np.minimum(np.arange(seq_length), len(mean) - 1)] / total
    return float(1 - kept.mean())

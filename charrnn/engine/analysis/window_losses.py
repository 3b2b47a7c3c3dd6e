"""What characters cost by their place in the window, read in windows as training reads them."""

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import IntArray
from charrnn.engine.model import forward
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window


def losses_by_place(
    weights: Parameters, ids: IntArray, seq_length: int, *, carry: bool
) -> NDArray[np.float64]:
    """The mean loss in nats at each place in the windows of a text, (seq_length,).

    ids: the text, (n,), at least seq_length + 1. carry: whether the hidden state is carried over
    from window to window, beginning with zeros; if not, every window begins with zeros.
    """
    n = (len(ids) - 1) // seq_length  # windows
    T, streams = (n * seq_length, 1) if carry else (seq_length, n)
    positions = np.arange(T + 1)[:, None] + T * np.arange(streams)
    window = Window(weights, T, streams)
    window.load(ids[positions])
    forward(weights, window)
    # (T·B,) in the order of time, and of streams within each step
    losses = window.losses.reshape(n, seq_length) if carry else window.losses.reshape(T, n).T
    means: NDArray[np.float64] = losses.mean(axis=0, dtype=np.float64)
    return means

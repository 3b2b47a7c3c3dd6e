"""What characters cost by their place in the window, read in windows as training reads them."""

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.model import forward
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window


def losses_by_place(
    weights: Parameters, ids: IntArray, seq_length: int, *, carried: FloatArray | None
) -> NDArray[np.float64]:
    """The mean loss in nats at each place in the windows of a text, (seq_length,).

    ids: the text, (n,), at least seq_length + 1. carried: the hidden state before it, (H,), which
    is then carried over from window to window; None if every window begins with zeros.
    """
    n = (len(ids) - 1) // seq_length  # windows
    T, streams = (seq_length, n) if carried is None else (n * seq_length, 1)
    positions = np.arange(T + 1)[:, None] + T * np.arange(streams)
    window = Window(weights, T, streams)
    window.load(ids[positions])
    window.carried = 0.0 if carried is None else carried
    forward(weights, window)
    # (T·B,) in the order of time, and of streams within each step
    losses = window.losses
    by_window = losses.reshape(T, n).T if carried is None else losses.reshape(n, seq_length)
    means: NDArray[np.float64] = by_window.mean(axis=0, dtype=np.float64)
    return means

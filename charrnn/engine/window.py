"""The buffers of one window of text, allocated once and reused for every window.

Sizes: T steps (the characters of a window), B parallel streams through the text, H hidden units,
V characters in the vocabulary. Arrays are time-major, (T, B, ...), and seen in two ways: as rows,
(T·B, ...), for operations over the whole window at once, and as steps, for the loops over time.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray, IntArray, aligned_zeros, as_rows, as_steps
from charrnn.engine.parameters import Parameters


class Window:
    """The text, activations and gradients of one window, and the hidden state carried into it.

    For each window: load() its text, run model.forward() and, to learn from it, model.backward();
    then carry() its last hidden state over to the next window.
    """

    def __init__(self, weights: Parameters, seq_length: int, streams: int = 1) -> None:
        """weights: of the network that will read the window; only their sizes and type matter."""
        T, B, H, V = seq_length, streams, weights.hidden_size, weights.vocab_size
        W = weights.width

        def zeros(*shape: int) -> NDArray[Any]:
            return aligned_zeros(shape, weights.dtype)

        self.seq_length, self.streams = T, B
        # Whether `states` and `probabilities` are those of a forward pass that backward() may use.
        self.is_fresh = False

        # The text: ids, one per row.
        self.inputs = np.zeros(T * B, np.intp)
        # Positions in an array (T·B, V) that is flattened to one long row (one position is faster
        # to look up than a pair of row and column): of each row's start, and of its target.
        self.row_starts = np.arange(T * B) * V
        self.target_positions = self.row_starts.copy()
        self._one_hot, self._ones_at = zeros(T * B, V), self.row_starts

        # Forward. The hidden states h_{-1} ... h_{T-1}, each as [h 1 0] for the bias trick.
        extended = zeros(T + 1, B, W)
        extended[..., H] = 1
        self.states: FloatArray = extended[..., :H]  # (T + 1, B, H)
        self.h_before, self.h = as_rows(extended[:-1]), as_rows(extended[1:])  # (T·B, W)
        Wxh_x = zeros(T, B, H)
        self.Wxh_x = as_rows(Wxh_x)
        self.a = as_steps(zeros(1, B, H))[0]  # Wxh x_t + Whh h_{t-1} + bh, at one step
        self.probabilities: FloatArray = zeros(T * B, V)
        self.losses: FloatArray = zeros(T * B)  # -log p_t[target_t]
        self.ones = np.ones(V, weights.dtype)
        self.one = np.ones((), weights.dtype)  # a Python 1 would be converted at every use
        self._transposed = zeros(W, H)

        # Backward. dA is dL/dA, the gradient of the loss.
        from_y, slope, da = zeros(T, B, W), zeros(T, B, W), zeros(T, B, H)
        self.from_y = as_rows(from_y)  # Whyᵀ dy_t: the part of dh_t that comes from y_t
        self.slope = as_rows(slope)  # the derivative of tanh, 1 - h_t²
        self.da = as_rows(da)
        self.dh = as_steps(zeros(1, B, W))[0]  # at one step, and as wide as [h 1 0]:
        self.dh_units = self.dh[..., :H]  # nothing depends on the gradients of the 1 and the 0s

        # The loops over time are where the time goes. Their views are cut once, here; and a bound
        # method, h.dot(M), spares NumPy the dispatch that np.dot(h, M) costs at every call.
        h_before_dots = [h_before.dot for h_before in as_steps(extended)[:-1]]
        self.forward_steps = list(
            zip(h_before_dots, as_steps(Wxh_x), as_steps(self.states)[1:], strict=True)
        )
        from_y, slope, da = (as_steps(array)[::-1] for array in (from_y, slope[..., :H], da))
        self.last_step = from_y[0, ..., :H], slope[0], da[0]
        da_next_dots = [da_next.dot for da_next in da[:-1]]
        self.backward_steps = list(zip(da_next_dots, from_y[1:], slope[1:], da[1:], strict=True))

    def load(self, characters: IntArray) -> None:
        """Set the text of the window: ids, (T + 1, B). The target of each row is the next row."""
        self.inputs[:] = characters[:-1].ravel()
        np.add(self.row_starts, characters[1:].ravel(), self.target_positions)
        self.is_fresh = False

    @property
    def carried(self) -> FloatArray:
        """The hidden state before the window: (B, H), read-only. Assign to replace it."""
        carried: FloatArray = self.states[0]
        carried.flags.writeable = False
        return carried

    @carried.setter
    def carried(self, hidden: FloatArray | float) -> None:
        self.states[0] = hidden
        self.is_fresh = False

    def carry(self) -> None:
        """Carry the hidden state after this window over to the next one."""
        self.carried = self.states[-1]

    def at_targets(self, rows: FloatArray) -> FloatArray:
        """The entry for the target in each row of an array (T·B, V): (T·B,)."""
        return rows.ravel().take(self.target_positions)

    def one_hot_inputs(self) -> FloatArray:
        """The inputs x_t as rows, 1 at the input and 0 elsewhere: (T·B, V)."""
        flat = self._one_hot.ravel()
        flat[self._ones_at] = 0  # of the previous window
        self._ones_at = self.row_starts + self.inputs
        flat[self._ones_at] = 1
        return self._one_hot

    def transposed(self, recurrent: FloatArray) -> FloatArray:
        """`recurrent` transposed: a view for one stream, a copy for several.

        BLAS is slow at several rows times a transposed matrix: one copy saves T slow products.
        """
        if self.streams == 1:
            return recurrent.T
        np.copyto(self._transposed, recurrent.T)
        return self._transposed

"""A vanilla RNN over one window of text: the forward pass, the loss, and the gradients.

    h_t = tanh(Wxh x_t + Whh h_{t-1} + bh)      the memory after reading character t
    y_t = Why h_t + by                          a score for every character that may follow
    p_t = exp(y_t) / sum(exp(y_t))              the scores as probabilities
    L   = - sum_t log p_t[target_t]             the surprise, in nats, summed over the window

Arrays are time-major: T steps, B parallel streams, H hidden units, V characters. Only the two
recurrences walk through time one step after the other. Everything else is one matrix product
over the T·B rows of the window, into memory that is allocated once.

With several streams the loss is their mean, and the gradients are the gradients of that mean.
"""

import numpy as np

from charrnn.engine.arrays import aligned_zeros, as_rows, as_steps
from charrnn.engine.parameters import Parameters


class Forward:
    """Reads windows: carries the hidden state, and measures the surprise."""

    def __init__(self, weights: Parameters, seq_length: int, streams: int = 1):
        T, B, H, V = seq_length, streams, weights.hidden_size, weights.vocab_size
        dtype = weights.dtype
        self.weights, self.shape = weights, (T, B, H)
        # h_{-1}, h_0, ..., h_{T-1}, each of them as [h 1 0]: see Parameters.
        states = aligned_zeros((T + 1, B, weights.width), dtype)
        states[..., H] = 1
        self.states = states[..., :H]
        self.h_before, self.h = as_rows(states[:-1]), as_rows(states[1:])
        self.probabilities = aligned_zeros((T * B, V), dtype)
        self.cells = self.probabilities.ravel()  # the same as one long row, and in it
        self.row_starts = np.arange(T * B) * V
        self.inputs = self.hits = self.row_starts  # of the window just read: ids, targets' cells
        lookups = aligned_zeros((T, B, H), dtype)  # Wxh x_t
        self._lookups = as_rows(lookups)
        self._recurrent = as_steps(aligned_zeros((1, B, H), dtype))[0]  # Whh h_{t-1} + bh
        self._transposed = aligned_zeros((weights.width, H), dtype)
        self._ones = np.ones(V, dtype)
        # The loop through time is where the time goes. It walks over views cut once, and over
        # their bound methods: h.dot(Whh) in place of np.dot(h, Whh) saves a fifth of a product.
        h_dots = [h.dot for h in as_steps(states)[:-1]]
        self._walk = list(zip(h_dots, as_steps(lookups), as_steps(self.states)[1:], strict=True))

    @property
    def carried(self) -> np.ndarray:
        """The hidden state that the next window starts from: (B, H), a view."""
        return self.states[0]

    def carry(self) -> None:
        """Hand the memory after this window to the next one."""
        self.states[0] = self.states[-1]

    def __call__(self, inputs: np.ndarray, targets: np.ndarray) -> float:
        """Read one window from the carried state.

        inputs, targets: ids, (T, B). Returns the loss in nats, summed over the window and
        averaged over the streams.
        """
        weights = self.weights
        self.inputs, self.hits = inputs.ravel(), self.row_starts + targets.ravel()

        # h_t. A one-hot vector times Wxh is a column of Wxh: no product, a look-up.
        # (mode="clip" writes straight into `out`; ids come from Vocabulary and are in range.)
        weights.Wxh.T.take(self.inputs, axis=0, out=self._lookups, mode="clip")
        a, recurrent = self._recurrent, self._transposed_recurrent()
        add, tanh = np.add, np.tanh
        for h_before_dot, lookup, h in self._walk:
            h_before_dot(recurrent, a)
            add(a, lookup, a)
            tanh(a, h)

        # y_t and p_t. Scores are shifted to a maximum of 0, which changes no probability and
        # keeps exp from overflowing. (From one row's start to the next: quicker than along rows.)
        y = self.probabilities
        self.h.dot(weights.output.T, y)
        y -= np.maximum.reduceat(self.cells, self.row_starts)[:, None]
        target_scores = self.cells.take(self.hits)
        np.exp(y, y)
        sums = y.dot(self._ones)
        y /= sums[:, None]

        # -log p[target] = log(sum(exp(y))) - y[target]
        return float(np.add.reduce(np.log(sums) - target_scores)) / self.shape[1]

    def _transposed_recurrent(self) -> np.ndarray:
        if self.shape[1] == 1:
            return self.weights.recurrent.T
        # Several rows times a transposed matrix is slow in BLAS: one copy saves T slow products.
        np.copyto(self._transposed, self.weights.recurrent.T)
        return self._transposed


class Backward:
    """Full backpropagation through time over the window that `forward` has just read."""

    def __init__(self, forward: Forward):
        T, B, H = forward.shape
        weights = forward.weights
        self.forward = forward
        self.gradients = weights.like()
        dh = aligned_zeros((T, B, weights.width), weights.dtype)  # dL/dh_t from y_t alone
        slope = aligned_zeros((T, B, weights.width), weights.dtype)  # tanh'(a) = 1 - h²
        da = aligned_zeros((T, B, H), weights.dtype)  # dL/da_t, where h_t = tanh(a_t)
        self._dh, self._slope, self._da = as_rows(dh), as_rows(slope), as_rows(da)
        self._wide = as_steps(aligned_zeros((1, B, weights.width), weights.dtype))[0]
        self._from_later = self._wide[..., :H]
        self._one_hot = aligned_zeros(forward.probabilities.shape, weights.dtype)
        self._one_hot_cells = self._one_hot.ravel()
        self._one = np.ones((), weights.dtype)  # a number would be turned into it each time
        # From the last step to the first. What belongs to the 1 and the zeros of [h 1 0] comes
        # out of the products as well, and is left aside: nothing before h_t depends on it.
        dh, slope, da = (as_steps(array)[::-1] for array in (dh, slope[..., :H], da))
        self._last = (dh[0, ..., :H], slope[0], da[0])
        da_dots = [da_later.dot for da_later in da[:-1]]
        self._walk = list(zip(da_dots, dh[1:], slope[1:], da[1:], strict=True))

    def __call__(self) -> Parameters:
        """Gradients of the loss of the window just read; the same object at every call.

        Uses up `forward.probabilities`.
        """
        forward, gradients, slope, da = self.forward, self.gradients, self._slope, self._da
        weights, h, (_, B, _) = forward.weights, forward.h, forward.shape

        # dL/dy = p - onehot(target): the one place where the target enters.
        dy = forward.probabilities
        forward.cells[forward.hits] -= 1
        if B > 1:
            dy /= B
        dy.T.dot(h, gradients.output)
        dy.dot(weights.output, self._dh)

        # Back through time: h_t was used by y_t and by h_{t+1}, so its gradient has two parts.
        np.multiply(h, h, slope)
        np.subtract(self._one, slope, slope)
        np.multiply(*self._last)
        wide, from_later, recurrent = self._wide, self._from_later, weights.recurrent
        add, multiply = np.add, np.multiply
        for da_later_dot, dh_t, slope_t, da_t in self._walk:
            da_later_dot(recurrent, wide)
            add(wide, dh_t, wide)
            multiply(from_later, slope_t, da_t)

        # Every weight is used at every step: its gradient is a sum over the window's rows.
        da.T.dot(forward.h_before, gradients.recurrent)
        lit = forward.row_starts + forward.inputs
        self._one_hot_cells[lit] = 1
        self._one_hot.T.dot(da, gradients.Wxh.T)
        self._one_hot_cells[lit] = 0
        return gradients

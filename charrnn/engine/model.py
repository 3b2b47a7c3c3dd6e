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

from charrnn.engine.arrays import aligned_zeros
from charrnn.engine.parameters import Parameters


class Forward:
    """Reads windows: carries the hidden state, and measures the surprise."""

    def __init__(self, weights: Parameters, seq_length: int, streams: int = 1):
        T, B, H, V = seq_length, streams, weights.hidden_size, weights.vocab_size
        self.weights = weights
        self.states = aligned_zeros((T + 1, B, H), weights.dtype)  # h_{-1}, h_0, ..., h_{T-1}
        self.probabilities = aligned_zeros((T * B, V), weights.dtype)
        self.lookups = aligned_zeros((T, B, H), weights.dtype)  # Wxh x_t + bh
        self._recurrent = aligned_zeros((B, H), weights.dtype)  # Whh h_{t-1}
        self._WhhT = aligned_zeros((H, H), weights.dtype)
        self._ones = np.ones(V, weights.dtype)
        self.row_starts = np.arange(T * B) * V
        # The loop through time is where the time goes. It walks over views cut once, and over
        # their bound methods: h.dot(Whh) in place of np.dot(h, Whh) saves a fifth of a product.
        states = steps(self.states)
        h_dots = [h.dot for h in states[:-1]]
        self._walk = list(zip(h_dots, steps(self.lookups), states[1:], strict=True))

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
        T, B, H = self.lookups.shape
        weights, ids = self.weights, inputs.ravel()

        # h_t. A one-hot vector times Wxh is a column of Wxh: no product, a look-up.
        # (mode="clip" writes straight into `out`; ids come from Vocabulary and are in range.)
        looked_up = self.lookups.reshape(T * B, H)
        weights.Wxh.T.take(ids, axis=0, out=looked_up, mode="clip")
        looked_up += weights.bh
        recurrent = steps(self._recurrent[None])[0]
        WhhT, tanh = self._transposed_Whh(), np.tanh
        for h_before_dot, from_input, h in self._walk:
            h_before_dot(WhhT, recurrent)
            recurrent += from_input
            tanh(recurrent, h)

        # y_t and p_t. Scores are shifted to a maximum of 0, which changes no probability and
        # keeps exp from overflowing.
        y = self.probabilities
        self.states[1:].reshape(T * B, H).dot(weights.Why.T, y)
        y += weights.by
        y -= np.maximum.reduce(y, axis=1, keepdims=True)
        target_scores = y.ravel().take(self.row_starts + targets.ravel())
        np.exp(y, y)
        sums = y.dot(self._ones)
        y /= sums[:, None]

        # -log p[target] = log(sum(exp(y))) - y[target]
        return float(np.add.reduce(np.log(sums) - target_scores)) / B

    def _transposed_Whh(self) -> np.ndarray:
        if self._recurrent.shape[0] == 1:
            return self.weights.Whh.T
        # Several rows times a transposed matrix is slow in BLAS: one copy saves T slow products.
        np.copyto(self._WhhT, self.weights.Whh.T)
        return self._WhhT


class Backward:
    """Full backpropagation through time over the window that `forward` has just read."""

    def __init__(self, forward: Forward):
        T, B, H = forward.lookups.shape
        dtype = forward.weights.dtype
        self.forward = forward
        self.gradients = forward.weights.like()
        self._dh = aligned_zeros((T, B, H), dtype)  # dL/dh_t from the output layer alone
        self._slope = aligned_zeros((T, B, H), dtype)  # tanh'(a) = 1 - h²
        self._da = aligned_zeros((T, B, H), dtype)  # dL/da_t, where h_t = tanh(a_t)
        self._from_later = aligned_zeros((B, H), dtype)
        self._one_hot = aligned_zeros(forward.probabilities.shape, dtype)
        self._ones = np.ones(T * B, dtype)
        dh, slope, da = steps(self._dh), steps(self._slope), steps(self._da)
        self._last = (dh[-1], slope[-1], da[-1])
        da_dots = [da_later.dot for da_later in da[:0:-1]]
        self._walk = list(zip(da_dots, dh[-2::-1], slope[-2::-1], da[-2::-1], strict=True))

    def __call__(self, inputs: np.ndarray, targets: np.ndarray) -> Parameters:
        """Gradients of the loss of the window just read; the same object at every call.

        inputs, targets: the ids given to `forward`, (T, B). Uses up `forward.probabilities`.
        """
        T, B, H = self._dh.shape
        weights, gradients = self.forward.weights, self.gradients
        row_starts, ones = self.forward.row_starts, self._ones
        states = self.forward.states
        h = states[1:].reshape(T * B, H)
        h_before = states[:-1].reshape(T * B, H)

        # dL/dy = p - onehot(target): the one place where the target enters.
        dy = self.forward.probabilities
        dy.ravel()[row_starts + targets.ravel()] -= 1
        if B > 1:
            dy /= B
        dy.T.dot(h, gradients.Why)
        ones.dot(dy, gradients.by)
        dy.dot(weights.Why, self._dh.reshape(T * B, H))

        # Back through time: h_t was used by y_t and by h_{t+1}, so its gradient has two parts.
        np.multiply(h, h, self._slope.reshape(T * B, H))
        np.subtract(1, self._slope, self._slope)
        np.multiply(*self._last)
        from_later = steps(self._from_later[None])[0]
        Whh, multiply = weights.Whh, np.multiply
        for da_later_dot, dh, slope, da in self._walk:
            da_later_dot(Whh, from_later)
            from_later += dh
            multiply(from_later, slope, da)

        # Every weight is used at every step: its gradient is a sum over the window's rows.
        da = self._da.reshape(T * B, H)
        da.T.dot(h_before, gradients.Whh)
        ones.dot(da, gradients.bh)
        lit = row_starts + inputs.ravel()
        one_hot = self._one_hot.ravel()
        one_hot[lit] = 1
        self._one_hot.T.dot(da, gradients.Wxh.T)
        one_hot[lit] = 0
        return gradients


def steps(array: np.ndarray) -> np.ndarray:
    """(T, B, H) for walking through time: with one stream (T, H), since vectors are faster."""
    T, B, H = array.shape
    return array.reshape(T, H) if B == 1 else array

"""A character-level RNN as it is usually taught: one character at a time, every product explicit.

At each step t the network reads a character x_t, updates its hidden state h_t, and assigns a
probability p_t to every character that may come next. It is penalized by -log of the probability
it gave to the character that did come, the target.

Every vector is a column: x_t, y_t and p_t are (V, 1), h_t is (H, 1), with V characters in the
vocabulary and H hidden units. In the code, dA stands for dL/dA, the gradient of the loss with
respect to A; it has the shape of A.

The other modules of the engine compute the same numbers, arranged for speed. They are tested
against this one, and their speed is measured against it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ids = Sequence[int] | NDArray[np.integer]


class Weights(NamedTuple):
    """What the network learns. Gradients and Adagrad's accumulator are Weights, too."""

    Wxh: Array  # (H, V), from the input to the hidden state
    Whh: Array  # (H, H), from the hidden state to the next one
    Why: Array  # (V, H), from the hidden state to the output
    bh: Array  # (H, 1), bias of the hidden state
    by: Array  # (V, 1), bias of the output

    def zeros_like(self) -> "Weights":
        return Weights(*(np.zeros_like(w) for w in self))


class Activations(NamedTuple):
    """What the forward pass computed at each step t, and the backward pass needs."""

    x: dict[int, Array]  # inputs, one-hot, (V, 1)
    h: dict[int, Array]  # hidden states, (H, 1); h[-1] is the one before the window
    p: dict[int, Array]  # probabilities of the next character, (V, 1)


def forward(
    weights: Weights, inputs: Ids, targets: Ids, h_before: Array
) -> tuple[float, Activations]:
    """Read a window of T characters; return its loss in nats, summed over the window.

    inputs, targets: ids, T each; targets[t] is the character that follows inputs[t].
    h_before: the hidden state before the window, (H, 1).
    """
    Wxh, Whh, Why, bh, by = weights
    V = len(by)
    x: dict[int, Array] = {}
    h: dict[int, Array] = {-1: h_before}
    p: dict[int, Array] = {}
    loss = 0.0
    for t in range(len(inputs)):
        x[t] = np.zeros((V, 1))
        x[t][inputs[t]] = 1

        # h_t = tanh(Wxh x_t + Whh h_{t-1} + bh)
        h[t] = np.tanh(np.dot(Wxh, x[t]) + np.dot(Whh, h[t - 1]) + bh)

        # y_t = Why h_t + by
        y = np.dot(Why, h[t]) + by

        # p_t = exp(y_t) / sum(exp(y_t))
        # Subtracting the largest score first leaves p_t the same and keeps exp from overflowing.
        exp_y = np.exp(y - np.max(y))
        p[t] = exp_y / np.sum(exp_y)

        # L = - sum_t log p_t[target_t]
        loss -= np.log(p[t][targets[t], 0])
    return loss, Activations(x, h, p)


def backward(weights: Weights, targets: Ids, activations: Activations) -> Weights:
    """Backpropagation through time: the gradients of the loss that forward() returned.

    Each line is the chain rule applied to one line of forward(), from the last to the first.
    """
    _, Whh, Why, _, _ = weights
    x, h, p = activations
    dWxh, dWhh, dWhy, dbh, dby = gradients = weights.zeros_like()
    dh_from_next = np.zeros_like(h[-1])  # nothing follows the last step
    for t in reversed(range(len(targets))):
        # L = -log p_t[target]: through logarithm and softmax, dL/dy_t = p_t - onehot(target)
        dy = np.copy(p[t])
        dy[targets[t]] -= 1

        # y_t = Why h_t + by
        dWhy += np.dot(dy, h[t].T)
        dby += dy

        # h_t was used twice: for y_t and for h_{t+1}. Its gradient is the sum of both.
        dh = np.dot(Why.T, dy) + dh_from_next

        # h_t = tanh(a_t), and the derivative of tanh is 1 - tanh²
        da = (1 - h[t] * h[t]) * dh

        # a_t = Wxh x_t + Whh h_{t-1} + bh
        dWxh += np.dot(da, x[t].T)
        dWhh += np.dot(da, h[t - 1].T)
        dbh += da
        dh_from_next = np.dot(Whh.T, da)
    return gradients


class TextbookTrainer:
    """The training loop: read a window, compute the gradients, clip them, update with Adagrad."""

    def __init__(
        self,
        ids: Ids,
        *,
        weights: Mapping[str, NDArray[np.floating]],
        seq_length: int,
        learning_rate: float,
    ) -> None:
        """ids: the text. weights: initial values by name; they are copied, biases may be (n,)."""
        self.ids, self.T, self.learning_rate = ids, seq_length, learning_rate
        self.weights = textbook_weights(weights)
        self.accumulator = self.weights.zeros_like()
        self.position = 0
        self.h = np.zeros_like(self.weights.bh)

    def step(self) -> float:
        """One window and one update; returns the loss in nats, summed over the window."""
        # Back to the start of the text. With >=, as in the notebook, the last window is skipped.
        if self.position + self.T + 1 >= len(self.ids):
            self.position = 0
            self.h = np.zeros_like(self.h)
        start, end = self.position, self.position + self.T
        inputs, targets = self.ids[start:end], self.ids[start + 1 : end + 1]

        loss, activations = forward(self.weights, inputs, targets, self.h)
        gradients = backward(self.weights, targets, activations)
        for w, g, m in zip(self.weights, gradients, self.accumulator, strict=True):
            np.clip(g, -5, 5, out=g)
            m += g * g
            w -= self.learning_rate * g / np.sqrt(m + 1e-8)

        self.h = activations.h[self.T - 1]
        self.position = end
        return loss


def textbook_weights(arrays: Mapping[str, NDArray[np.floating]]) -> Weights:
    """Copies in float64 of Wxh, Whh, Why, bh and by, with the biases as columns."""
    copies = {name: np.array(array, np.float64, order="C") for name, array in arrays.items()}
    return Weights(**{name: array.reshape(len(array), -1) for name, array in copies.items()})

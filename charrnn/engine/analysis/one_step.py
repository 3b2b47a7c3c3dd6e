"""One training iteration with everything that it computes on the way, in the textbook's order.

    a_t = Wxh x_t + Whh h_{t-1} + bh      h_t = tanh(a_t)      y_t = Why h_t + by
    p_t = softmax(y_t)                    L = - sum_t log p_t[target_t]
    dy_t = p_t - onehot(target_t)         dh_t = Whyᵀ dy_t + Whhᵀ da_{t+1}
    da_t = (1 - h_t²) dh_t                g <- clip(g, -5, 5)
    m <- m + g²                           w <- w - learning_rate · g / sqrt(m + 1e-8)

model.py and adagrad.py compute the same for speed, and keep none of it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.parameters import Parameters

CLIP = 5.0
EPSILON = 1e-8
ARRAYS = ("Wxh", "Whh", "Why", "bh", "by")


class Start(NamedTuple):
    """What an iteration begins with."""

    weights: Parameters
    accumulator: Parameters  # Adagrad's, which may already contain EPSILON
    hidden: FloatArray  # carried from the window before, (H,)
    ids: IntArray  # the window and the target of its last character, (T + 1,)
    learning_rate: float


@dataclass(frozen=True)
class Step:
    """All that one iteration computes: T steps of time, H units, V characters."""

    inputs: IntArray  # (T,)
    targets: IntArray  # (T,)
    hidden_before: FloatArray  # h_{-1}, (H,)
    Wxh_x: FloatArray  # (T, H): a column of Wxh for each character
    Whh_h: FloatArray  # (T, H): what comes from the hidden state before
    hidden: FloatArray  # h_t, (T, H)
    scores: FloatArray  # y_t, (T, V)
    probabilities: FloatArray  # p_t, (T, V)
    losses: FloatArray  # nats, (T,)
    dy: FloatArray  # (T, V)
    dh_from_output: FloatArray  # Whyᵀ dy_t, (T, H)
    dh_from_future: FloatArray  # Whhᵀ da_{t+1}, (T, H); 0 at the last step
    da: FloatArray  # (T, H)
    gradients: Parameters  # before clipping
    clipped: Parameters
    accumulator: Parameters  # after g² was added
    updates: Parameters  # what is subtracted from the weights
    weights: Parameters  # after the update

    @property
    def dh(self) -> FloatArray:
        """The sum of both parts, (T, H)."""
        return self.dh_from_output + self.dh_from_future

    @property
    def loss(self) -> float:
        """Nats, summed over the window."""
        return float(self.losses.sum(dtype=np.float64))


def one_step(start: Start, *, clear_hidden: bool = False, clip: bool = True) -> Step:
    """Compute one iteration; nothing in `start` is changed.

    clear_hidden: begin with a hidden state of zeros, not with the one carried over.
    clip: without, the gradients are used as they are, however large.
    """
    w, inputs, targets = start.weights, start.ids[:-1], start.ids[1:]
    T, H = len(inputs), w.hidden_size
    before = np.zeros_like(start.hidden) if clear_hidden else start.hidden

    Wxh_x = w.Wxh.T[inputs]
    Whh_h, h = np.zeros((T, H), w.dtype), np.zeros((T, H), w.dtype)
    for t in range(T):
        Whh_h[t] = w.Whh @ (h[t - 1] if t else before)
        h[t] = np.tanh(Wxh_x[t] + Whh_h[t] + w.bh)
    scores = h @ w.Why.T + w.by
    exp_y = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = exp_y / exp_y.sum(axis=1, keepdims=True)
    at_targets = np.arange(T), targets
    losses = -np.log(np.maximum(p[at_targets], np.finfo(w.dtype).tiny))

    dy = p.copy()
    dy[at_targets] -= 1
    from_output, from_future, da = dy @ w.Why, np.zeros_like(h), np.zeros_like(h)
    for t in reversed(range(T)):
        if t + 1 < T:
            from_future[t] = w.Whh.T @ da[t + 1]
        da[t] = (1 - h[t] ** 2) * (from_output[t] + from_future[t])

    gradients = w.like()
    np.add.at(gradients.Wxh.T, inputs, da)
    gradients.Whh[...] = da.T @ np.vstack([before[None], h[:-1]])
    gradients.Why[...] = dy.T @ h
    gradients.bh[...], gradients.by[...] = da.sum(axis=0), dy.sum(axis=0)

    clipped, m, updates, new = w.like(), w.like(), w.like(), w.like()
    clipped.flat[:] = np.clip(gradients.flat, -CLIP, CLIP) if clip else gradients.flat
    m.flat[:] = start.accumulator.flat + clipped.flat**2
    updates.flat[:] = start.learning_rate * clipped.flat / np.sqrt(np.maximum(m.flat, EPSILON))
    new.flat[:] = w.flat - updates.flat
    return Step(
        inputs=inputs,
        targets=targets,
        hidden_before=before,
        Wxh_x=Wxh_x,
        Whh_h=Whh_h,
        hidden=h,
        scores=scores,
        probabilities=p,
        losses=losses,
        dy=dy,
        dh_from_output=from_output,
        dh_from_future=from_future,
        da=da,
        gradients=gradients,
        clipped=clipped,
        accumulator=m,
        updates=updates,
        weights=new,
    )

"""One training iteration with everything that it computes on the way, in the textbook's order.

    a_t = Wxh x_t + Whh h_{t-1} + bh      h_t = tanh(a_t)      y_t = Why h_t + by
    p_t = softmax(y_t)                    L = - sum_t log p_t[target_t]
    dy_t = p_t - onehot(target_t)         dh_t = Whyᵀ dy_t + Whhᵀ da_{t+1}
    da_t = (1 - h_t²) dh_t                then clip, and update as in optimizers/

Training keeps none of it. With several streams, what is computed up to da_t is that of the first
stream; the loss that is learned from and the gradients are means over all streams.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.model import backward, forward
from charrnn.engine.optimizers import clipping
from charrnn.engine.optimizers.by_name import Optimizer
from charrnn.engine.parameters import Parameters
from charrnn.engine.training import Trainer
from charrnn.engine.window import Window


class Start(NamedTuple):
    """What an iteration begins with, and how the run learns. B streams."""

    weights: Parameters
    accumulators: dict[str, Parameters]  # the optimizer's, under its own names
    hidden: FloatArray  # carried from the window before, (B, H)
    ids: IntArray  # the window and the target of its last character, (T + 1, B)
    iteration: int  # the number of this update, from 1
    learning_rate: float  # the scheduled one
    optimizer: type[Optimizer]
    clip: Callable[[FloatArray, float], None]  # one of clipping.CLIPPING
    clip_limit: float
    through_time: bool  # whether gradients flow back through time, see model.backward()

    @classmethod
    def of_trainer(cls, trainer: Trainer) -> "Start":
        """What the next step of a trainer begins with. Nothing is shared with it."""
        position = trainer.position
        return cls(
            weights=trainer.weights.copy(),
            accumulators={n: a.copy() for n, a in trainer.optimizer.accumulators.items()},
            hidden=trainer.window.carried.copy(),
            ids=trainer.text[position : position + trainer.seq_length + 1].copy(),
            iteration=trainer.iteration + 1,
            learning_rate=trainer.scheduled_learning_rate(),
            optimizer=type(trainer.optimizer),
            clip=trainer.clip,
            clip_limit=trainer.clip_limit,
            through_time=trainer.through_time,
        )


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
    dh_from_next: FloatArray  # Whhᵀ da_{t+1}, (T, H); 0 at the last step, or not through time
    da: FloatArray  # (T, H)
    mean_loss: float  # nats, summed over the window, the mean over the streams
    gradients: Parameters  # of mean_loss, before clipping
    clipped: Parameters
    accumulators: dict[str, Parameters]  # after the update
    updates: Parameters  # what is subtracted from the weights
    weights: Parameters  # after the update

    @property
    def dh(self) -> FloatArray:
        """The sum of both parts, (T, H)."""
        return self.dh_from_output + self.dh_from_next

    @property
    def loss(self) -> float:
        """Nats, summed over the window of the first stream."""
        return float(self.losses.sum(dtype=np.float64))


def one_step(start: Start, *, clear_hidden: bool = False, clip: bool = True) -> Step:
    """Compute one iteration; nothing in `start` is changed.

    clear_hidden: begin with a hidden state of zeros, not with the one carried over.
    clip: without, the gradients are used as they are, however large.
    Raises FloatingPointError if the loss or a gradient is not a number: then training diverges.
    """
    w, inputs, targets = start.weights, start.ids[:-1, 0], start.ids[1:, 0]
    T, H = len(inputs), w.hidden_size
    before_all = np.zeros_like(start.hidden) if clear_hidden else start.hidden
    before = before_all[0]

    Wxh_x = w.Wxh.T[inputs]
    Whh_h, h = np.zeros((T, H), w.dtype), np.zeros((T, H), w.dtype)
    for t in range(T):
        Whh_h[t] = w.Whh @ (h[t - 1] if t else before)
        h[t] = np.tanh(Wxh_x[t] + Whh_h[t] + w.bh)
    scores = h @ w.Why.T + w.by
    shifted = scores - scores.max(axis=1, keepdims=True)
    exp_y = np.exp(shifted)
    sums = exp_y.sum(axis=1)
    p = exp_y / sums[:, None]
    at_targets = np.arange(T), targets
    losses = np.log(sums) - shifted[at_targets]  # -log p, also where p is too small to be written

    dy = p.copy()
    dy[at_targets] -= 1
    from_output, from_next, da = dy @ w.Why, np.zeros_like(h), np.zeros_like(h)
    for t in reversed(range(T)):
        if t + 1 < T and start.through_time:
            from_next[t] = w.Whh.T @ da[t + 1]
        da[t] = (1 - h[t] ** 2) * (from_output[t] + from_next[t])

    mean_loss, gradients = _gradients(start, before_all)
    clipped = gradients.copy()
    (start.clip if clip else clipping.none)(clipped.flat, start.clip_limit)
    accumulators, updates = _update(start, clipped)
    new = w.copy()
    new.flat[:] -= updates.flat
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
        dh_from_next=from_next,
        da=da,
        mean_loss=mean_loss,
        gradients=gradients,
        clipped=clipped,
        accumulators=accumulators,
        updates=updates,
        weights=new,
    )


def loss_with(start: Start, weights: Parameters, *, clear_hidden: bool = False) -> float:
    """The loss of the same window with other weights: in nats, the mean over the streams."""
    before = np.zeros_like(start.hidden) if clear_hidden else start.hidden
    return forward(weights, _window(start, before))


def _gradients(start: Start, before: FloatArray) -> tuple[float, Parameters]:
    """(The loss, its gradients), both as training computes them, over all streams."""
    window, gradients = _window(start, before), start.weights.zeros_like()
    loss = forward(start.weights, window)
    if not np.isfinite(loss):
        raise FloatingPointError("the loss is no longer a number")
    backward(start.weights, window, gradients, through_time=start.through_time)
    return loss, gradients


def _window(start: Start, before: FloatArray) -> Window:
    length, streams = start.ids.shape
    window = Window(start.weights, length - 1, streams)
    window.load(start.ids)
    window.carried = before
    return window


def _update(start: Start, clipped: Parameters) -> tuple[dict[str, Parameters], Parameters]:
    """(The accumulators after the update, what it subtracts from the weights)."""
    moved = start.weights.zeros_like()  # the optimizer updates zeros, so what is left is the update
    optimizer = start.optimizer(moved)
    for name, accumulator in optimizer.accumulators.items():
        accumulator.flat[:] = start.accumulators[name].flat
    optimizer.update(clipped.copy(), start.learning_rate, start.iteration)
    np.negative(moved.flat, moved.flat)
    return optimizer.accumulators, moved

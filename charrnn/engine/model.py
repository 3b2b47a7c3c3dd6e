"""The network of textbook.py, arranged for the processor: a whole window at a time.

    a_t = Wxh x_t + Whh h_{t-1} + bh
    h_t = tanh(a_t)                          the hidden state after reading character t
    y_t = Why h_t + by                       a score for every character that may come next
    p_t = exp(y_t) / sum(exp(y_t))           the scores as probabilities
    L   = - sum_t log p_t[target_t]          the loss, in nats, summed over the window

Only the recurrence has to go step by step. Everything else is one operation over the whole window,
whose buffers are in window.py. With several streams the loss is their mean, and the gradients are
those of the mean.

How to read the code: the textbook's column vectors are rows here, one below the other, so Why h_t
becomes h.dot(Why.T). Results go into the array that is passed last: np.add(a, b, c) is c = a + b.
"""

import numpy as np

from charrnn.engine.arrays import row_max, row_sum
from charrnn.engine.parameters import Parameters
from charrnn.engine.window import Window


def read(weights: Parameters, window: Window) -> None:
    """Read the window that is loaded, starting from the carried hidden state.

    Leaves the hidden states in `window.states`. It is the first half of forward(), and all that
    a warm-up needs.
    """
    a, Whh_bh = window.a, window.transposed(weights.recurrent)
    add, tanh = np.add, np.tanh

    # Wxh times a one-hot vector is a column of Wxh: no product, a lookup.
    # (mode="clip" lets NumPy write into `out` directly; ids are always in range.)
    weights.Wxh.T.take(window.inputs, axis=0, out=window.Wxh_x, mode="clip")
    for h_before_dot, Wxh_x, h in window.forward_steps:
        h_before_dot(Whh_bh, a)  # a_t = Whh h_{t-1} + bh
        add(a, Wxh_x, a)  # a_t += Wxh x_t
        tanh(a, h)  # h_t = tanh(a_t)
    window.is_fresh = False


def forward(weights: Parameters, window: Window) -> float:
    """Read the window that is loaded, and predict the next character at each step.

    Leaves the results in `window.states`, `window.probabilities` and `window.losses`. Returns the
    loss in nats, summed over the window and averaged over the streams.
    """
    read(weights, window)
    y = window.probabilities
    window.h.dot(weights.output.T, y)  # y_t = Why h_t + by
    y -= row_max(y, window.row_starts)[:, None]  # the same p_t, but exp cannot overflow
    y_target = window.at_targets(y)
    exp_y = np.exp(y, y)
    sums = row_sum(exp_y, window.ones)
    exp_y /= sums[:, None]  # p_t = exp(y_t) / sum(exp(y_t))
    window.is_fresh = True

    # -log p_t[target] = log(sum(exp(y_t))) - y_t[target]
    losses = np.subtract(np.log(sums), y_target, window.losses)
    return float(losses.sum()) / window.streams


def backward(
    weights: Parameters, window: Window, gradients: Parameters, *, through_time: bool = True
) -> None:
    """Backpropagation through time over the window that forward() has just read.

    Overwrites `gradients` with those of the loss. Without through_time, what a step passes on to
    the steps after it is left out, as if h_{t-1} were a constant: the gradients of Wxh, Whh and bh
    are then wrong, and the network does not learn what to remember.

    Uses up `window.probabilities`: raises RuntimeError unless forward() was called since the last
    backward(), load() or carry().
    """
    if not window.is_fresh:
        raise RuntimeError("backward() needs a forward() pass of its own: call forward() first")
    window.is_fresh = False
    h, slope, da, dh, dh_units = window.h, window.slope, window.da, window.dh, window.dh_units
    recurrent = weights.recurrent
    add, multiply = np.add, np.multiply

    dy = window.probabilities
    dy.ravel()[window.target_positions] -= 1  # dy_t = p_t - onehot(target_t)
    if window.streams > 1:
        dy /= window.streams  # the loss is the mean over the streams
    dy.T.dot(h, gradients.output)  # dWhy = sum_t dy_t h_tᵀ and dby = sum_t dy_t: the bias trick
    dy.dot(weights.output, window.from_y)  # Whyᵀ dy_t

    multiply(h, h, slope)
    np.subtract(window.one, slope, slope)  # tanh'(a_t) = 1 - h_t²
    if through_time:
        multiply(*window.last_step)  # da_{T-1} = Whyᵀ dy_{T-1} tanh'(a_{T-1})
        for da_next_dot, from_y, slope_t, da_t in window.backward_steps:
            da_next_dot(recurrent, dh)  # dh_t = Whhᵀ da_{t+1}
            add(dh, from_y, dh)  # dh_t += Whyᵀ dy_t
            multiply(dh_units, slope_t, da_t)  # da_t = dh_t tanh'(a_t)
    else:
        H = weights.hidden_size
        multiply(window.from_y[:, :H], slope[:, :H], da)  # da_t = Whyᵀ dy_t tanh'(a_t)

    da.T.dot(window.h_before, gradients.recurrent)  # dWhh = sum_t da_t h_{t-1}ᵀ, dbh = sum_t da_t
    window.one_hot_inputs().T.dot(da, gradients.Wxh.T)  # dWxh = sum_t da_t x_tᵀ

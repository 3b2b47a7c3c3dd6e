"""The textbook loop: a character RNN as it is taught, one character at a time, in float64.

The oracle that the engine is compared with, and the baseline that its speed is measured against.
Columns are vectors, a one-hot is a column of V numbers, and every product is written out.
"""

import numpy as np


class Textbook:
    def __init__(self, ids, vocab_size, *, weights, seq_length, learning_rate):
        """weights: dict of Wxh (H, V), Whh (H, H), Why (V, H), bh (H,), by (V,)."""
        self.ids, self.V, self.T, self.learning_rate = ids, vocab_size, seq_length, learning_rate
        self.w = {
            name: np.array(w, dtype=np.float64, order="C").reshape(len(w), -1)
            for name, w in weights.items()
        }
        self.memory = {name: np.zeros_like(w) for name, w in self.w.items()}
        self.position = 0
        self.h = np.zeros_like(self.w["bh"])

    def step(self):
        """One window and one update; returns the summed loss in nats."""
        if self.position + self.T + 1 >= len(self.ids):
            self.position = 0
            self.h = np.zeros_like(self.h)
        p = self.position
        loss, gradients, self.h = self.loss_and_gradients(
            self.ids[p : p + self.T], self.ids[p + 1 : p + self.T + 1], self.h
        )
        for name, g in gradients.items():
            np.clip(g, -5, 5, out=g)
            self.memory[name] += g * g
            self.w[name] -= self.learning_rate * g / np.sqrt(self.memory[name] + 1e-8)
        self.position += self.T
        return loss

    def loss_and_gradients(self, inputs, targets, h_before):
        """(loss, gradients before clipping, last hidden state) of one window."""
        Wxh, Whh, Why, bh, by = (self.w[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
        x, h, p = {}, {-1: h_before}, {}
        loss = 0.0
        for t in range(len(inputs)):
            x[t] = np.zeros((self.V, 1))
            x[t][inputs[t]] = 1
            h[t] = np.tanh(np.dot(Wxh, x[t]) + np.dot(Whh, h[t - 1]) + bh)
            y = np.dot(Why, h[t]) + by
            scores = np.exp(y - np.max(y))
            p[t] = scores / np.sum(scores)
            loss += -np.log(p[t][targets[t], 0])

        gradients = {name: np.zeros_like(w) for name, w in self.w.items()}
        dh_next = np.zeros_like(h_before)
        for t in reversed(range(len(inputs))):
            dy = np.copy(p[t])
            dy[targets[t]] -= 1
            gradients["Why"] += np.dot(dy, h[t].T)
            gradients["by"] += dy
            dh = np.dot(Why.T, dy) + dh_next
            da = (1 - h[t] * h[t]) * dh
            gradients["bh"] += da
            gradients["Wxh"] += np.dot(da, x[t].T)
            gradients["Whh"] += np.dot(da, h[t - 1].T)
            dh_next = np.dot(Whh.T, da)
        return loss, gradients, h[len(inputs) - 1]

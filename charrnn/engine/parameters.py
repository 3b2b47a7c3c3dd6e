"""The numbers a network learns: five arrays that share one flat vector."""

import numpy as np

from charrnn.engine.arrays import aligned_zeros

INITIAL_SCALE = 0.01

# Each matrix draws random numbers of its own, so that two networks whose shapes match in one
# matrix start with the same numbers in it, whatever the others look like.
_SPAWN_KEYS = {"Wxh": 0, "Whh": 1, "Why": 2}


class Parameters:
    """Wxh (H, V), Whh (H, H), Why (V, H), bh (H,), by (V,), as views of the vector `flat`.

    One vector, so that clipping and updating are a few passes over one array. Gradients and
    Adagrad's memory are Parameters too: `gradients.Whh` has the shape of `weights.Whh`.
    """

    def __init__(self, vocab_size: int, hidden_size: int, dtype: np.dtype = np.float32):
        V, H = vocab_size, hidden_size
        self.vocab_size, self.hidden_size = V, H
        self.flat = aligned_zeros(self.size(V, H), dtype)
        Wxh, Whh, Why, bh, by = np.split(self.flat, np.cumsum([V * H, H * H, V * H, H]))
        # A one-hot vector picks a column of Wxh. Stored column after column, a pick is one copy.
        self.Wxh = Wxh.reshape(V, H).T
        self.Whh = Whh.reshape(H, H)
        self.Why = Why.reshape(V, H)
        self.bh = bh
        self.by = by

    @staticmethod
    def size(vocab_size: int, hidden_size: int) -> int:
        """How many numbers a network of these sizes learns."""
        V, H = vocab_size, hidden_size
        return V * H + H * H + V * H + H + V

    @property
    def dtype(self) -> np.dtype:
        return self.flat.dtype

    def like(self) -> "Parameters":
        """Zeros of the same shapes."""
        return Parameters(self.vocab_size, self.hidden_size, self.dtype)

    @classmethod
    def initial(
        cls, vocab_size: int, hidden_size: int, *, seed: int, dtype: np.dtype = np.float32
    ) -> "Parameters":
        """Weights before the first update: 0.01 · N(0, 1) in the matrices, 0 in the biases."""
        parameters = cls(vocab_size, hidden_size, dtype)
        for name, key in _SPAWN_KEYS.items():
            matrix = getattr(parameters, name)
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key,)))
            matrix[:] = INITIAL_SCALE * rng.standard_normal(matrix.shape)
        return parameters

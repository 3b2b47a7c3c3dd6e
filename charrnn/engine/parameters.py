"""The numbers a network learns: five arrays that share one flat vector."""

import numpy as np

from charrnn.engine.arrays import aligned_zeros

INITIAL_SCALE = 0.01
ROW_MULTIPLE = 8  # numbers; BLAS is quickest with rows that begin at whole SIMD vectors

# Each matrix draws random numbers of its own, so that two networks whose shapes match in one
# matrix start with the same numbers in it, whatever the others look like.
_SPAWN_KEYS = {"Wxh": 0, "Whh": 1, "Why": 2}


class Parameters:
    """Wxh (H, V), Whh (H, H), Why (V, H), bh (H,), by (V,), as views of the vector `flat`.

    One vector, so that clipping and updating are a few passes over one array. Gradients and
    Adagrad's memory are Parameters too: `gradients.Whh` has the shape of `weights.Whh`.

    A bias is the weight of an input that is always 1. So it stands beside its matrix as one more
    column, and a product with [h 1 0] does what a product with h and a sum would do:

        recurrent = [Whh bh 0], (H, width)          recurrent [h 1 0] = Whh h + bh
        output    = [Why by 0], (V, width)          output    [h 1 0] = Why h + by

    The zeros fill the rows up to a multiple of ROW_MULTIPLE. They meet inputs of 0, so their
    gradients are 0, and they stay as they are.
    """

    def __init__(self, vocab_size: int, hidden_size: int, dtype: np.dtype = np.float32):
        V, H = vocab_size, hidden_size
        self.vocab_size, self.hidden_size = V, H
        self.width = W = self.row_width(H)
        self.flat = aligned_zeros(H * W + V * W + V * H, dtype)
        recurrent, output, Wxh = np.split(self.flat, np.cumsum([H * W, V * W]))
        self.recurrent, self.output = recurrent.reshape(H, W), output.reshape(V, W)
        self.Whh, self.bh = self.recurrent[:, :H], self.recurrent[:, H]
        self.Why, self.by = self.output[:, :H], self.output[:, H]
        # A one-hot vector picks a column of Wxh. Stored column after column, a pick is one copy.
        self.Wxh = Wxh.reshape(V, H).T

    @staticmethod
    def row_width(hidden_size: int) -> int:
        """The length of [h 1 0]."""
        return -(-(hidden_size + 1) // ROW_MULTIPLE) * ROW_MULTIPLE

    def row(self, hidden: np.ndarray) -> np.ndarray:
        """[h 1 0], (width,), for a hidden state (H,)."""
        row = np.zeros(self.width, self.dtype)
        row[: self.hidden_size] = hidden
        row[self.hidden_size] = 1
        return row

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

    def packed(self) -> np.ndarray:
        """The numbers that are learned, in the order they are saved in: (size,), a copy."""
        return np.concatenate([part.ravel() for part in self._saved()])

    def unpack(self, numbers: np.ndarray) -> None:
        """Take over what packed() gave. Raises ValueError if it is of another size."""
        parts = self._saved()
        *ends, size = np.cumsum([part.size for part in parts])
        if numbers.shape != (size,):
            raise ValueError(f"{size} numbers are needed, and these are {numbers.size}")
        for part, saved in zip(parts, np.split(numbers, ends), strict=True):
            part[...] = saved.reshape(part.shape)

    def _saved(self) -> tuple[np.ndarray, ...]:
        return self.Wxh.T, self.Whh, self.Why, self.bh, self.by

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

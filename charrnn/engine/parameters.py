"""The weights that a network learns: five arrays that share one flat vector."""

import numpy as np
from numpy.typing import DTypeLike

from charrnn.engine.arrays import FloatArray, aligned_zeros
from charrnn.engine.initial_weights import TEXTBOOK_SCALE, draw_weights

MATRICES = ("Wxh", "Whh", "Why")
ARRAYS = (*MATRICES, "bh", "by")
ROW_MULTIPLE = 8  # numbers; BLAS is fastest when every row is a whole number of SIMD vectors


class Parameters:
    """Wxh (H, V), Whh (H, H), Why (V, H), bh (H,), by (V,), as views of the vector `flat`.

    With a single vector, clipping and updating are a few passes over one array. Gradients and
    an optimizer's accumulators are Parameters, too: `gradients.Whh` has the shape of `weights.Whh`.

    The bias trick: a bias is the weight of an input that is always 1. So it is stored as one more
    column of its matrix, and the hidden state gets a 1 at its end. One product then does the work
    of a product and a sum:

        recurrent = [Whh bh 0]   (H, width)         recurrent [h 1 0] = Whh h + bh
        output    = [Why by 0]   (V, width)         output    [h 1 0] = Why h + by

    The zeros pad each row to a multiple of ROW_MULTIPLE. They are multiplied with inputs of 0, so
    their gradients are 0 and they stay 0.
    """

    def __init__(self, vocab_size: int, hidden_size: int, dtype: DTypeLike = np.float32) -> None:
        V, H = vocab_size, hidden_size
        self.vocab_size, self.hidden_size = V, H
        self.width = W = -(-(H + 1) // ROW_MULTIPLE) * ROW_MULTIPLE  # of [h 1 0]
        self.flat: FloatArray = aligned_zeros(H * W + V * W + V * H, dtype)
        recurrent, output, Wxh = np.split(self.flat, np.cumsum([H * W, V * W]))
        self.recurrent, self.output = recurrent.reshape(H, W), output.reshape(V, W)
        self.Whh, self.bh = self.recurrent[:, :H], self.recurrent[:, H]
        self.Why, self.by = self.output[:, :H], self.output[:, H]
        # Wxh times a one-hot vector is a column of Wxh. Stored column by column, it is one copy.
        self.Wxh = Wxh.reshape(V, H).T

    @classmethod
    def initial(
        cls,
        vocab_size: int,
        hidden_size: int,
        *,
        seed: int,
        dtype: DTypeLike = np.float32,
        kind: str = "normal",
        scale: float = TEXTBOOK_SCALE,
    ) -> "Parameters":
        """Weights before the first update, as in the textbook unless told otherwise: 0.01 · N(0, 1)
        in the matrices, 0 in the biases. kind, scale: see initial_weights.py.

        With the same seed, Wxh, Whh[:H, :H] and Why[:, :H] of the first H hidden units are the
        same whatever the hidden size (if kind is "normal"), and the same in every dtype up to
        rounding.
        """
        parameters = cls(vocab_size, hidden_size, dtype)
        per_unit = {"Wxh": parameters.Wxh, "Whh": parameters.Whh, "Why": parameters.Why.T}
        draw_weights(per_unit, seed=seed, kind=kind, scale=scale)
        return parameters

    @staticmethod
    def size(vocab_size: int, hidden_size: int) -> int:
        """How many numbers a network of this size learns."""
        V, H = vocab_size, hidden_size
        return V * H + H * H + V * H + H + V

    @property
    def dtype(self) -> np.dtype[np.floating]:
        return self.flat.dtype

    def zeros_like(self) -> "Parameters":
        """Zeros of the same shapes."""
        return Parameters(self.vocab_size, self.hidden_size, self.dtype)

    def copy(self) -> "Parameters":
        """The same numbers in arrays of their own."""
        copied = self.zeros_like()
        copied.flat[:] = self.flat
        return copied

    def extend(self, hidden: FloatArray) -> FloatArray:
        """[h 1 0], (width,), for a hidden state (H,): what `recurrent` and `output` multiply."""
        extended = np.zeros(self.width, self.dtype)
        extended[: self.hidden_size] = hidden
        extended[self.hidden_size] = 1
        return extended

    def packed(self) -> FloatArray:
        """A copy of what is learned, without padding, in the order of saved files: (size,)."""
        return np.concatenate([part.ravel() for part in self._parts()])

    def unpack(self, numbers: FloatArray) -> None:
        """Copy in what packed() returned. Raises ValueError if it has another size."""
        parts = self._parts()
        *ends, size = np.cumsum([part.size for part in parts])
        if numbers.shape != (size,):
            raise ValueError(f"this network has {size} parameters, but {numbers.size} were given")
        for part, saved in zip(parts, np.split(numbers, ends), strict=True):
            part[...] = saved.reshape(part.shape)

    def _parts(self) -> tuple[FloatArray, ...]:
        return self.Wxh.T, self.Whh, self.Why, self.bh, self.by

"""The spectrum of Whh: whether the recurrence makes what it carries grow or fade."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray


class Spectrum(NamedTuple):
    """Of a matrix (H, H)."""

    eigenvalues: NDArray[np.complex128]  # (H,), the largest absolute value first
    largest_singular_value: float  # the most that one product can lengthen a vector

    @property
    def radius(self) -> float:
        """The largest absolute value of an eigenvalue: growth per step in the long run."""
        return float(np.abs(self.eigenvalues[0]))


def spectrum(Whh: FloatArray) -> Spectrum:
    """The spectrum of the weights from the hidden state to the next one, (H, H)."""
    eigenvalues = np.linalg.eigvals(Whh).astype(np.complex128)
    order = np.argsort(-np.abs(eigenvalues), kind="stable")
    return Spectrum(eigenvalues[order], float(np.linalg.norm(Whh, 2)))

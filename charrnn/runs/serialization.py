"""A training state as bytes: named NumPy arrays in the safetensors format, never a pickle."""

from collections.abc import Mapping

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError


class DamagedState(ValueError):
    """The bytes are not a training state. The message is meant for people."""


def state_to_bytes(
    state: Mapping[str, np.ndarray], metadata: dict[str, str] | None = None
) -> bytes:
    """Serialize named arrays of any shape exactly. metadata: stored in the safetensors header."""
    # safetensors writes the buffer as it is laid out in memory, so arrays must be in C order.
    # np.ascontiguousarray would make 0-dimensional arrays 1-dimensional.
    arrays = {name: np.asarray(array, order="C") for name, array in state.items()}
    return safetensors.numpy.save(arrays, metadata)


def state_from_bytes(data: bytes) -> dict[str, np.ndarray]:
    """The arrays that were given to state_to_bytes(). Raises DamagedState."""
    try:
        return safetensors.numpy.load(data)
    except (SafetensorError, KeyError, ValueError) as error:  # KeyError: an unknown dtype
        raise DamagedState("This checkpoint is damaged and cannot be read.") from error

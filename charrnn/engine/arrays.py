"""Where the engine's arrays live in memory."""

import numpy as np

CACHE_LINE_BYTES = 64


def aligned_zeros(shape: int | tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Zeros that start on a cache line.

    NumPy aligns to 16 bytes only. A pass over an array that straddles cache lines takes up to
    twice as long, and the engine makes a dozen such passes for every window.
    """
    dtype = np.dtype(dtype)
    n_bytes = int(np.prod(shape)) * dtype.itemsize
    memory = np.zeros(n_bytes + CACHE_LINE_BYTES, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE_BYTES
    return memory[start : start + n_bytes].view(dtype).reshape(shape)


def as_rows(array: np.ndarray) -> np.ndarray:
    """(T, B, H) for a product over the whole window: (T·B, H), a view."""
    T, B, H = array.shape
    return array.reshape(T * B, H)


def as_steps(array: np.ndarray) -> np.ndarray:
    """(T, B, H) for walking through time: with one stream (T, H), since vectors are faster."""
    return array[:, 0] if array.shape[1] == 1 else array

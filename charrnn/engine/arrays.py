"""What makes NumPy fast here: where arrays start, how they are viewed, how rows are reduced."""

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

CACHE_LINE_BYTES = 64


def aligned_zeros(shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Zeros that start on a cache line.

    NumPy aligns to 16 bytes only. A pass over an array whose vectors straddle cache lines takes
    up to twice as long, and the engine makes a dozen such passes per window.
    """
    dtype = np.dtype(dtype)
    n_bytes = math.prod(np.atleast_1d(shape).tolist()) * dtype.itemsize
    raw = np.zeros(n_bytes + CACHE_LINE_BYTES, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE_BYTES
    return raw[start : start + n_bytes].view(dtype).reshape(shape)


def as_rows(array: NDArray[Any]) -> NDArray[Any]:
    """(T, B, n) as (T·B, n), a view: for one operation over the whole window."""
    T, B, n = array.shape
    return array.reshape(T * B, n)


def as_steps(array: NDArray[Any]) -> NDArray[Any]:
    """(T, B, n) for a loop over time: itself, or (T, n) for one stream (vectors are faster)."""
    return array[:, 0] if array.shape[1] == 1 else array


def row_max(rows: FloatArray, row_starts: IntArray) -> FloatArray:
    """The largest entry of each row: (R,) for (R, n). row_starts: n times 0 ... R-1.

    The same as rows.max(axis=1), in half the time: `reduceat` reduces the flattened array from
    one start to the next, and NumPy's overhead per row is smaller that way.
    """
    maxima: FloatArray = np.maximum.reduceat(rows.ravel(), row_starts)
    return maxima


def row_sum(rows: FloatArray, ones: FloatArray) -> FloatArray:
    """The sum of each row: (R,) for (R, n). ones: (n,).

    The same as rows.sum(axis=1), in a quarter of the time: a product with ones adds up each row,
    and BLAS does it.
    """
    sums: FloatArray = rows.dot(ones)
    return sums

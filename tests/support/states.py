"""Comparing training states."""

import numpy as np


def assert_same_state(one, other):
    """Both have the same arrays, bit for bit."""
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)

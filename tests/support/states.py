"""Comparing training states."""


def assert_same_state(one, other):
    """Both have the same arrays: names, shapes, types, and every bit."""
    assert one.keys() == other.keys()
    for name, array in one.items():
        assert other[name].dtype == array.dtype
        assert other[name].shape == array.shape
        assert other[name].tobytes() == array.tobytes()

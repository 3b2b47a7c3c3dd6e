"""One-hot vectors, matrices and windows as HTML cells."""

from charrnn.ui.alphabet import cells


def test_wide_matrix_shows_only_the_columns_with_a_one_and_those_beside_them():
    assert cells._visible_columns(5, {2}) == [0, 1, 2, 3, 4]
    assert cells._visible_columns(1000, {0, 500}) == [0, 1, None, 499, 500, 501, None]
    assert cells._visible_columns(1000, {999}) == [None, 998, 999]

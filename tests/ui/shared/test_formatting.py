"""How lists are written."""

import pytest

from charrnn.ui.shared.formatting import listed


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_into_a_list(words, expected):
    assert listed(words) == expected

"""Names and quotes from right to left do not change the order of the sentence around them."""

import pytest

from charrnn.ui.direction import isolated
from charrnn.ui.markdown import escape_markdown


@pytest.mark.parametrize("text", ["שלום", "سلام", "a שלום b", "٣"])
def test_text_from_right_to_left_is_isolated(text):
    assert isolated(text) == f"\u2068{text}\u2069"
    assert escape_markdown(text) == f"\u2068{text}\u2069"


@pytest.mark.parametrize("text", ["", "plain", "été", "漢字", "12:30"])
def test_other_text_is_left_alone(text):
    assert isolated(text) == text

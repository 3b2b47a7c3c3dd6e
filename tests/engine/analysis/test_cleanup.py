"""Cleaning up changes a text as planned, and the predicted counts are those of the new text."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine.analysis import cleanup
from charrnn.engine.analysis.character_info import RARE


def cleaned(text, **options):
    return cleanup.apply(text, cleanup.plan(Counter(text), **options))


def test_the_default_plan_changes_nothing():
    assert cleanup.plan(Counter("“a” – b")) == {}


def test_quotes_and_dashes_become_straight():
    assert cleaned("“a” ‘b’ – c — d", quotes=True) == "\"a\" 'b' – c — d"
    assert cleaned("“a” ‘b’ – c — d", dashes=True) == "“a” ‘b’ - c - d"


def test_rare_characters_are_dropped_or_replaced():
    text = "a" * RARE + "b" * (RARE - 1) + "c"
    assert cleaned(text, rare="drop") == "a" * RARE
    assert cleaned(text, rare="replace", replacement="_") == "a" * RARE + "_" * RARE


def test_a_rare_quote_survives_by_becoming_straight():
    text = '"' * RARE + "“”"
    assert cleaned(text, rare="drop", quotes=True) == '"' * (RARE + 2)


def test_quotes_that_are_rare_even_when_merged_are_dropped():
    assert cleaned("x" * RARE + "“”", rare="drop", quotes=True) == "x" * RARE


@pytest.mark.parametrize("options", [{"rare": "eat"}, {"rare": "replace", "replacement": "ab"}])
def test_invalid_options_are_refused(options):
    with pytest.raises(ValueError, match="is '"):
        cleanup.plan(Counter("a"), **options)


@given(
    st.text(alphabet="ab“”'\"–-é", max_size=80),
    st.booleans(),
    st.booleans(),
    st.sampled_from(cleanup.RARE_CHOICES),
)
def test_predicted_counts_equal_those_of_the_new_text(text, quotes, dashes, rare):
    changes = cleanup.plan(Counter(text), quotes=quotes, dashes=dashes, rare=rare)
    new = cleanup.apply(text, changes)
    assert cleanup.counts_after(Counter(text), changes) == Counter(new)

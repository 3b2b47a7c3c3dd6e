"""A clean-up does what its plan says, and its forecast is what a count of the new text finds."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine import cleanup
from charrnn.engine.alphabet import RARE


def cleaned(text, **options):
    return cleanup.carried_out(text, cleanup.plan(Counter(text), **options))


def test_nothing_is_asked_and_nothing_changes():
    assert cleanup.plan(Counter("“a” – b")) == {}


def test_quotes_and_dashes_become_straight():
    assert cleaned("“a” ‘b’ – c — d", quotes=True) == "\"a\" 'b' – c — d"
    assert cleaned("“a” ‘b’ – c — d", dashes=True) == "“a” ‘b’ - c - d"


def test_rare_characters_are_dropped_or_replaced():
    text = "a" * RARE + "b" * (RARE - 1) + "c"
    assert cleaned(text, rare="drop") == "a" * RARE
    assert cleaned(text, rare="replace", replacement="_") == "a" * RARE + "_" * RARE


def test_a_rare_quote_is_saved_by_becoming_an_ordinary_one():
    text = '"' * RARE + "“”"
    assert cleaned(text, rare="drop", quotes=True) == '"' * (RARE + 2)


def test_quotes_that_are_rare_even_together_go():
    assert cleaned("x" * RARE + "“”", rare="drop", quotes=True) == "x" * RARE


@pytest.mark.parametrize("options", [{"rare": "eat"}, {"rare": "replace", "replacement": "ab"}])
def test_what_makes_no_sense_is_refused(options):
    with pytest.raises(ValueError, match="is '"):
        cleanup.plan(Counter("a"), **options)


@given(
    st.text(alphabet="ab“”'\"–-é", max_size=80),
    st.booleans(),
    st.booleans(),
    st.sampled_from(cleanup.RARE_CHOICES),
)
def test_the_forecast_is_what_the_new_text_counts_to(text, quotes, dashes, rare):
    changes = cleanup.plan(Counter(text), quotes=quotes, dashes=dashes, rare=rare)
    new = cleanup.carried_out(text, changes)
    assert cleanup.after(Counter(text), changes) == Counter(new)

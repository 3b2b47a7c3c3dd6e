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


def test_no_break_spaces_become_ordinary_and_invisible_marks_go():
    text = "a\u00a0b\u202fc\ufeff\u200e\u00ad\u202ed"
    assert cleaned(text, spaces=True) == "a b c\ufeff\u200e\u00ad\u202ed"
    assert cleaned(text, invisible=True) == "a\u00a0b\u202fcd"
    assert cleaned("👩\u200d👧 می\u200cروم", invisible=True) == "👩\u200d👧 می\u200cروم"


def test_rare_invisible_marks_are_dropped_and_not_replaced():
    text = "a" * RARE + "\u200e"
    assert cleaned(text, invisible=True, rare="replace", replacement="_") == "a" * RARE


def test_composing_joins_letters_and_accents_and_counts_what_it_changes():
    text = "e\u0301te\u0301 é \u212b"
    composed = cleanup.compose(text)
    assert composed == "été é Å"
    assert cleanup.composed_characters(Counter(text), Counter(composed)) == 5
    assert cleanup.composed_characters(Counter(composed), Counter(composed)) == 0


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
    st.text(alphabet="ab“”'\"–-é\u00a0 \u200e", max_size=80),
    st.fixed_dictionaries(
        dict.fromkeys(("quotes", "dashes", "spaces", "invisible"), st.booleans())
    ),
    st.sampled_from(cleanup.RARE_CHOICES),
)
def test_predicted_counts_equal_those_of_the_new_text(text, options, rare):
    changes = cleanup.plan(Counter(text), rare=rare, **options)
    new = cleanup.apply(text, changes)
    assert cleanup.counts_after(Counter(text), changes) == Counter(new)

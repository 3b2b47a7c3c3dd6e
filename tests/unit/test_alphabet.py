"""Every character has a name and something to see; what a text holds is counted rightly."""

import sys
import unicodedata
from collections import Counter

import numpy as np
import pytest

from charrnn.engine import alphabet
from charrnn.engine.corpus import Vocabulary

ALL = [chr(point) for point in range(sys.maxunicode + 1)]


@pytest.mark.parametrize(
    ("character", "symbol", "name"),
    [
        ("a", "a", "latin small letter a"),
        (" ", "␣", "space"),
        ("\n", "⏎", "newline"),
        ("\t", "⇥", "tab"),
        ("\x01", "␁", "control character"),
        ("\x85", "0085", "control character"),
        ("\u00a0", "NBSP", "no-break space"),
        ("\u200d", "ZWJ", "zero width joiner"),
        ("\u0301", "◌\u0301", "combining acute accent"),
        ("\u093f", "◌\u093f", "devanagari vowel sign i"),
        ("\ufe0f", "VS16", "variation selector-16"),
        ("\u3164", "3164", "hangul filler"),
        ("\U000e0067", "E0067", "tag latin small letter g"),
        ("\ue000", "E000", "private use character"),
        ("漢", "漢", "cjk unified ideograph-6f22"),
        ("א", "א", "hebrew letter alef"),
    ],
)
def test_what_is_invisible_is_named_and_drawn(character, symbol, name):
    assert (alphabet.symbol(character), alphabet.name(character)) == (symbol, name)


def test_no_character_at_all_is_nameless_or_drawn_as_nothing():
    for character in ALL:
        assert alphabet.name(character)
        drawn = alphabet.symbol(character)
        assert drawn.strip() == drawn != ""
        assert all(unicodedata.category(c)[0] not in "CZ" for c in drawn)


def test_code_points_are_written_as_unicode_writes_them():
    assert [alphabet.code_point(c) for c in "a\n😀"] == ["U+0061", "U+000A", "U+1F600"]


@pytest.mark.parametrize(
    ("characters", "kind"),
    [
        ("aéyäо", "vowel"),
        ("bñж漢א", "letter"),
        ("AÉЖ", "capital"),
        ("07٣", "digit"),
        ("\u0301\u093f", "mark"),
        (" \n\t\u00a0", "space"),
        (".,!😀", "sign"),
    ],
)
def test_kinds(characters, kind):
    assert {alphabet.kind(c) for c in characters} == {kind}


def test_every_kind_is_known():
    assert {alphabet.kind(c) for c in ALL} == set(alphabet.KINDS)


def test_counts_are_what_a_counter_counts():
    text = "the cat sat\non the mat"
    vocabulary = Vocabulary.of(text)
    counts = alphabet.count(vocabulary.encode(text), len(vocabulary))
    assert dict(zip(vocabulary.characters, counts, strict=True)) == Counter(text)


def test_a_rare_character_costs_a_column_a_row_and_a_bias():
    counts = np.array([100, 9, 10, 1])
    assert alphabet.rare_weights(counts, 83) == 2 * (83 + 83 + 1)

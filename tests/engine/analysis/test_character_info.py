"""Every character has a name, a visible symbol and a kind; characters are counted correctly."""

import sys
import unicodedata
from collections import Counter

import numpy as np
import pytest

from charrnn.engine.analysis import character_info
from charrnn.engine.vocabulary import Vocabulary

ALL = [chr(point) for point in range(sys.maxunicode + 1)]


@pytest.mark.parametrize(
    ("character", "symbol", "name"),
    [
        ("a", "a", "latin small letter a"),
        (" ", "␣", "space"),
        ("\n", "⏎", "newline"),
        ("\t", "⇥", "tab"),
        ("\v", "␋", "vertical tab"),
        ("\f", "␌", "form feed"),
        ("\x1b", "␛", "escape"),
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
def test_invisible_characters_have_names_and_visible_symbols(character, symbol, name):
    assert (character_info.symbol(character), character_info.name(character)) == (symbol, name)


def test_every_unicode_character_has_a_name_and_a_visible_symbol():
    for character in ALL:
        assert character_info.name(character)
        symbol = character_info.symbol(character)
        assert symbol.strip() == symbol != ""
        assert all(unicodedata.category(c)[0] not in "CZ" for c in symbol)


def test_code_points_are_in_unicode_notation():
    assert [character_info.code_point(c) for c in "a\n😀"] == ["U+0061", "U+000A", "U+1F600"]


@pytest.mark.parametrize(
    ("characters", "kind"),
    [
        ("aéyäо", "vowel"),
        ("bñж漢א", "letter"),
        ("AÉЖ", "capital"),
        ("07٣", "digit"),
        ("\u0301\u093f", "mark"),
        (" \n\t\v\f\u00a0", "space"),
        (".,!😀", "sign"),
    ],
)
def test_characters_have_the_expected_kind(characters, kind):
    assert {character_info.kind(c) for c in characters} == {kind}


def test_the_kinds_of_all_characters_are_exactly_those_listed():
    assert {character_info.kind(c) for c in ALL} == set(character_info.KINDS)


def test_counts_equal_those_of_a_counter():
    text = "the cat sat\non the mat"
    vocabulary = Vocabulary.of(text)
    counts = character_info.count(vocabulary.encode(text), len(vocabulary))
    assert dict(zip(vocabulary.characters, counts, strict=True)) == Counter(text)


def test_each_rare_character_has_a_column_a_row_and_a_bias_of_weights():
    counts = np.array([100, 9, 10, 1])
    assert character_info.rare_weights(counts, 83) == 2 * (83 + 83 + 1)

"""Words of any script are found as when they are read character by character."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.engine.analysis.words import complete_words, is_counted, words

# Any character, lone surrogates too.
anything = st.text(st.characters(codec=None), max_size=40)
UNSEPARATED = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "BOPOMOFO", "THAI", "LAO")
UNSEPARATED += ("KHMER", "MYANMAR", "TIBETAN", "JAVANESE", "BALINESE", "IDEOGRAPHIC")


def kind(character):
    if unicodedata.name(character, "").startswith(UNSEPARATED):
        return "M" if unicodedata.category(character)[0] == "M" else ""
    return unicodedata.category(character)[0]


def words_by_brute_force(text):
    """(start, word), read character by character."""
    words, word = [], ""
    for i, character in enumerate(text + "\n"):
        this = kind(character)
        following = kind(text[i + 1]) if i + 1 < len(text) else ""
        inner = word and character in "'’" and following == "L"
        if this == "L" or (word and this == "M") or inner:
            word += character
        elif word:
            words.append((i - len(word), word))
            word = ""
    return words


@given(anything)
@example("x don't 'tis o’clock' rock'n'roll x")
@example("x NAÏVE nai\u0308ve नमस्ते नमस् x")
@example("a ❤\ufe0f 1\ufe0f\u20e3 x² _a_ a''b c'1 \u0301d 'e' x")
@example("日本語 word 한국어 text ไทย end")
def test_words_equal_those_read_character_by_character(text):
    assert list(words(text)) == [word for _, word in words_by_brute_force(text)]


@given(anything)
def test_complete_words_are_those_that_cannot_continue_beyond_the_sample(sample):
    framed = f"x{sample}x"
    whole = [w for i, w in words_by_brute_force(framed) if i > 0 and i + len(w) < len(framed)]
    assert complete_words(sample) == whole


def test_a_text_without_letters_has_no_words():
    assert list(words("[12] [^7]\u0301")) == []


@pytest.mark.parametrize("sentence", ["我们去公园", "これは日本語", "ภาษาไทย", "ﾃｽﾄ"])
def test_scripts_that_do_not_separate_words_are_left_out(sentence):
    assert [*words(f"the {sentence} end")] == ["the", "end"]


@pytest.mark.parametrize("word", ["the", "naïve", "it's", "한국", "дом", "नमस्ते", "בית"])
def test_words_of_three_letters_or_more_count(word):
    assert is_counted(word)


@pytest.mark.parametrize("word", ["a", "I", "on", "é", "a\u0301b", "d'y", "है"])
def test_shorter_words_do_not_count(word):
    assert not is_counted(word)

"""What is copied, which words are new, and from which length on a match means something."""

import math

import pytest

from charrnn.engine.analysis.matches import find
from charrnn.engine.analysis.overlap import SourceIndex, min_match_length
from charrnn.engine.analysis.window_index import WindowIndex

TEXT = "The cat sat on the mat. The dog didn't sit; the dog lay on the log.\n"


def overlap_of(text, sample, min_length=4):
    return SourceIndex(text, min_length=min_length).compare(sample)


# --- Copied -------------------------------------------------------------------------------------


def test_matches_are_those_of_the_window_index():
    found = overlap_of("abcdef ghijklmn", "abcde...ghijkl..abcd.")
    assert found.matching == find(WindowIndex("abcdef ghijklmn", 4), "abcde...ghijkl..abcd.")
    assert found.matches == ((0, 5), (8, 6), (16, 4))
    assert found.longest == (8, 6)
    assert found.share == 15 / 21


def test_white_space_does_not_count_for_the_share():
    found = overlap_of("ab        cd", "ab        cd x y z", 4)
    assert found.matches == ((0, 12),)
    assert found.share == 4 / 7


def test_indented_code_is_not_copied_because_of_its_indentation():
    code = "def first(a):\n    if a:\n        return a\n\n\ndef second(b):\n    for c in b:\n"
    other = "def third(q):\n    if q:\n        yield q\n\n\ndef fourth(z):\n    while z:\n"
    assert overlap_of(code, other, 12).share == 0
    assert overlap_of(code, code, 12).share == 1


@pytest.mark.parametrize("sample", ["", " ", "\n\t  "])
def test_a_sample_without_visible_characters_shares_nothing(sample):
    found = overlap_of(TEXT, sample)
    assert (found.matches, found.longest, found.share) == ((), None, 0)


def test_without_a_min_length_there_is_no_verdict_but_words_are_compared():
    found = overlap_of(TEXT, "- the cat sat on the zat -", None)
    assert (found.matching, found.matches, found.longest, found.share) == (None, (), None, None)
    assert (found.words, found.known, found.invented) == (5, 4, ("zat",))


def test_min_match_length_grows_with_the_text_and_with_its_regularity():
    assert min_match_length(100_000, 2.5) == math.ceil(3 * math.log2(100_000) / 2.5)
    assert min_match_length(5_000_000, 2.5) > min_match_length(100_000, 2.5)
    assert min_match_length(100_000, 2.0) > min_match_length(100_000, 2.5)


def test_min_match_length_is_12_at_least():
    assert min_match_length(5_000_000, 16.0) == 12
    assert min_match_length(0, 2.0) == min_match_length(2, 1.0) == 12


def test_a_text_that_repeats_itself_too_much_has_no_min_match_length():
    assert min_match_length(2**20, 1.5) == 40
    assert min_match_length(2**20, 1.49) is None
    assert min_match_length(80_000, 0.54) is None
    assert min_match_length(100, 0.0) is None


@pytest.mark.parametrize("min_length", [0, -1])
def test_a_min_length_below_1_is_refused(min_length):
    with pytest.raises(ValueError, match=f"min_length is {min_length};"):
        SourceIndex(TEXT, min_length=min_length)


# --- Words --------------------------------------------------------------------------------------


def test_words_are_compared_ignoring_case():
    found = overlap_of(TEXT, "- tHE CAT DIDN'T LOG straße -")
    assert (found.words, found.known, found.invented) == (5, 4, ("straße",))
    assert overlap_of("STRASSE", "- straße -").invented == ()


def test_words_below_three_letters_do_not_count():
    found = overlap_of("a b c on", "- a x on qq it's the -")
    assert (found.words, found.known, found.invented) == (2, 0, ("it's", "the"))
    assert overlap_of("a b c d e f", "- a b z e q f -").known_share is None


def test_invented_words_are_listed_once_in_order_as_first_spelled():
    found = overlap_of(TEXT, "- Dathe, the mog dathe MOG cat thog -")
    assert found.invented == ("Dathe", "mog", "thog")
    assert (found.words, found.known) == (7, 2)
    assert found.known_share == 2 / 7


@pytest.mark.parametrize(
    ("sample", "invented"),
    [
        ("zog the zat", ()),
        (" zog the zat.", ("zog", "zat")),
        ("zog", ()),
        ("zog zat", ()),
        (".zog", ()),
        ("zog.", ()),
        ("'t zog don'", ("zog",)),  # may be the end and the start of "don't"
        ("\u0301t zog a", ("zog",)),
    ],
)
def test_a_word_that_may_be_incomplete_is_left_out(sample, invented):
    assert overlap_of(TEXT, sample).invented == invented


@pytest.mark.parametrize("sample", ["", "12 + 7 = 19", "cut", "don't", "cu off", "- 我们去公园 -"])
def test_without_a_complete_word_there_is_no_known_share(sample):
    found = overlap_of(TEXT, sample)
    assert (found.words, found.known_share, found.invented) == (0, None, ())

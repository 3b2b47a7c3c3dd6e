"""Matches and words equal those of a brute-force search, and searching stays cheap."""

import math
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.engine.analysis import overlap
from charrnn.engine.analysis.overlap import Match, SourceIndex, min_match_length

TEXT = "The cat sat on the mat. The dog didn't sit; the dog lay on the log.\n"
# Few letters, so that texts repeat themselves and samples agree with them in many places.
few_letters = st.text(alphabet="ab", max_size=60)
# Any character, lone surrogates too.
anything = st.text(st.characters(codec=None), max_size=40)


def matches_by_brute_force(text, sample, min_length):
    found, start = [], 0
    while start < len(sample):
        ends = range(start + min_length, len(sample) + 1)
        end = max((end for end in ends if sample[start:end] in text), default=None)
        if end is not None:
            found.append((start, end - start))
        start = start + 1 if end is None else end
    return found


def words_by_brute_force(text):
    """(start, word), read character by character."""
    words, word = [], ""
    for i, character in enumerate(text + "\n"):
        kind = unicodedata.category(character)[0]
        following = unicodedata.category(text[i + 1])[0] if i + 1 < len(text) else ""
        inner = word and character in "'’" and following == "L"
        if kind == "L" or (word and kind == "M") or inner:
            word += character
        elif word:
            words.append((i - len(word), word))
            word = ""
    return words


def overlap_of(text, sample, min_length=4):
    return SourceIndex(text, min_length=min_length).compare(sample)


def copied_parts(text, sample, min_length=4):
    return [sample[s : s + n] for s, n in overlap_of(text, sample, min_length).matches]


@given(few_letters, few_letters, st.integers(1, 8))
@example("ab" * 9 + "b", "ab" * 8 + "bb" + "ab" * 8, 3)
def test_matches_equal_those_of_brute_force(text, sample, min_length):
    assert list(overlap_of(text, sample, min_length).matches) == matches_by_brute_force(
        text, sample, min_length
    )


@given(anything, st.data())
def test_copied_parts_are_found_in_any_text(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    sample = data.draw(anything) + part + data.draw(anything)
    found = overlap_of(text, sample, 2).matches
    assert list(found) == matches_by_brute_force(text, sample, 2)
    assert sum(length for _, length in found) >= len(part) - 1


@pytest.mark.parametrize("base", [0, 1])
@given(text=few_letters, sample=few_letters)
def test_hash_collisions_are_no_matches(base, text, sample):
    with pytest.MonkeyPatch.context() as patch:
        # With base 1 anagrams collide, with base 0 all parts with the same last letter.
        patch.setattr(overlap, "HASH_BASE", base)
        found = overlap_of(text, sample, 3).matches
    assert list(found) == matches_by_brute_force(text, sample, 3)


@given(few_letters, few_letters, st.integers(1, 9))
def test_hashing_in_chunks_changes_nothing(text, sample, chunk):
    whole = overlap_of(text, sample)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap, "CHUNK", chunk)
        assert overlap_of(text, sample) == whole


def test_lone_surrogates_are_ordinary_characters():
    assert copied_parts("ab\ud800c\U0001f600d", "-b\ud800c\U0001f600-") == ["b\ud800c\U0001f600"]


def test_a_match_is_as_long_as_any_position_of_the_text_allows():
    assert copied_parts("the cat. the cab. the caboose.", "the cabook") == ["the caboo"]


def test_a_common_part_below_min_length_is_no_match():
    assert copied_parts("abcdef", "xabcx") == []
    assert copied_parts("abcdef", "xabcdx") == ["abcd"]


def test_matches_do_not_overlap_and_the_first_is_as_long_as_possible():
    # "cdefgh" occurs in the text as well, but "cd" belongs to the first match.
    assert copied_parts("abcd--cdefgh", "abcdefgh") == ["abcd", "efgh"]


@pytest.mark.parametrize("n", [3, 4, 5, 100])
def test_matches_in_repetitive_texts_are_no_longer_than_the_text(n):
    assert overlap_of("a" * 50, "a" * n).matches == tuple(
        Match(start, min(50, n - start)) for start in range(0, n, 50) if n >= 4
    )
    line = "the cat sat\n"
    assert overlap_of(line * 20, line[5:] + line * 3 + "!").matches == ((0, 43),)


def test_longest_match_and_share():
    found = overlap_of("abcdef ghijklmn", "abcde...ghijkl..abcd.")
    assert found.longest == Match(8, 6)
    assert found.share == 15 / 21


def test_the_first_of_several_longest_matches_is_the_longest():
    assert overlap_of("abcd--efgh", "..abcd.efgh").longest == Match(2, 4)


@pytest.mark.parametrize(
    ("text", "sample"), [("", ""), ("", "a sample"), ("a text", ""), ("a", "a")]
)
def test_an_empty_text_or_sample_has_no_matches(text, sample):
    found = overlap_of(text, sample)
    assert (found.matches, found.longest, found.share) == ((), None, 0)


class SearchCounter(str):
    """A text that counts how many characters its searches pass over."""

    searched = 0

    def find(self, part, start=0):
        position = super().find(part, start)
        self.searched += (len(self) if position < 0 else position) - start
        return position


def test_a_sample_without_matches_costs_no_search():
    text = SearchCounter(TEXT)
    assert overlap_of(text, "A dot; a catnap, then all the odd moths slept in a mug.", 8).share == 0
    assert text.searched == 0


def test_a_match_whose_continuation_is_not_in_the_text_costs_no_further_search():
    text = SearchCounter(TEXT)
    assert overlap_of(text, TEXT[:20] + "!").matches == (Match(0, 20),)
    assert text.searched == 0  # the match is at the start of the text


def test_a_match_costs_at_most_one_pass_over_the_text():
    # Every position agrees for a while, and later ones for longer.
    text = SearchCounter("".join("a" * n + "b" for n in range(4, 60)) + "a" * 59)
    sample = "a" * 58 + "c"
    assert overlap_of(text, sample).matches == (Match(0, 58),)
    assert 0 < text.searched <= len(text)


@given(anything, anything)
@example("don't o'clock", "x don't 'tis o’clock' rock'n'roll x")
@example("naïve nai\u0308ve नमस्ते", "x NAÏVE nai\u0308ve नमस्ते नमस् x")
@example("", "a ❤\ufe0f 1\ufe0f\u20e3 x² _a_ a''b c'1 \u0301d 'e' x")
def test_words_equal_those_read_character_by_character(text, sample):
    known = {word.casefold() for _, word in words_by_brute_force(text)}
    # Between letters, to see which words could continue beyond the sample.
    framed = f"x{sample}x"
    whole = [w for i, w in words_by_brute_force(framed) if i > 0 and i + len(w) < len(framed)]
    unknown = [word for word in whole if word.casefold() not in known]
    found = overlap_of(text, sample)
    assert found.words == len(whole)
    assert found.known == len(whole) - len(unknown)
    assert [w.casefold() for w in found.invented] == list(
        dict.fromkeys(w.casefold() for w in unknown)
    )


def test_a_text_without_letters_has_no_words():
    assert SourceIndex("[12] [^7]\u0301", min_length=4).words == frozenset()


def test_words_are_compared_ignoring_case():
    found = overlap_of(TEXT, "- tHE CAT DIDN'T LOG straße -")
    assert (found.words, found.known, found.invented) == (5, 4, ("straße",))
    assert overlap_of("STRASSE", "- straße -").invented == ()


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


@pytest.mark.parametrize("sample", ["", "12 + 7 = 19", "cut", "don't", "cu off"])
def test_without_a_complete_word_there_is_no_known_share(sample):
    found = overlap_of(TEXT, sample)
    assert (found.words, found.known_share, found.invented) == (0, None, ())


def test_min_match_length_grows_with_the_text_and_with_its_regularity():
    assert min_match_length(100_000, 2.5) == math.ceil(3 * math.log2(100_000) / 2.5)
    assert min_match_length(5_000_000, 2.5) > min_match_length(100_000, 2.5)
    assert min_match_length(100_000, 2.0) > min_match_length(100_000, 2.5)


def test_min_match_length_stays_in_its_limits():
    assert min_match_length(5_000_000, 0.0) == min_match_length(5_000_000, 0.01) == 40
    assert (
        min_match_length(5_000_000, 16.0)
        == min_match_length(0, 2.0)
        == min_match_length(2, 1.0)
        == 12
    )


def test_an_index_takes_four_bytes_per_character():
    assert SourceIndex(TEXT, min_length=10).hashes.nbytes == 4 * (len(TEXT) - 9)


@pytest.mark.parametrize("min_length", [0, -1])
def test_a_min_length_below_1_is_refused(min_length):
    with pytest.raises(ValueError, match=f"min_length is {min_length};"):
        SourceIndex(TEXT, min_length=min_length)

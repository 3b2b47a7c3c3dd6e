"""What is said to be copied stands in the text, all of it and no more, as brute force finds it."""

import math
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.engine import copying
from charrnn.engine.copying import Source, Stretch, worth_noticing

TEXT = "The cat sat on the mat. The dog didn't sit; the dog lay on the log.\n"
# Few letters, so that texts repeat themselves and samples agree with them in many places.
few_letters = st.text(alphabet="ab", max_size=60)
# Any character, lone surrogates too.
anything = st.text(st.characters(codec=None), max_size=40)


def stretches_by_hand(text, sample, shortest):
    found, start = [], 0
    while start < len(sample):
        ends = range(start + shortest, len(sample) + 1)
        end = max((end for end in ends if sample[start:end] in text), default=None)
        if end is not None:
            found.append((start, end - start))
        start = start + 1 if end is None else end
    return found


def words_by_hand(text):
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


def copied(text, sample, shortest=4):
    return Source(text, shortest=shortest).compare(sample)


def quotes(text, sample, shortest=4):
    return [sample[s : s + n] for s, n in copied(text, sample, shortest).stretches]


@given(few_letters, few_letters, st.integers(1, 8))
@example("ab" * 9 + "b", "ab" * 8 + "bb" + "ab" * 8, 3)
def test_stretches_are_those_of_brute_force(text, sample, shortest):
    assert list(copied(text, sample, shortest).stretches) == stretches_by_hand(
        text, sample, shortest
    )


@given(anything, st.data())
def test_quotes_are_found_in_any_text(text, data):
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    sample = data.draw(anything) + quote + data.draw(anything)
    found = copied(text, sample, 2).stretches
    assert list(found) == stretches_by_hand(text, sample, 2)
    assert sum(length for _, length in found) >= len(quote) - 1


@pytest.mark.parametrize("base", [0, 1])
@given(text=few_letters, sample=few_letters)
def test_runs_of_the_same_hash_are_told_apart(base, text, sample):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "HASH_BASE", base)  # 1: anagrams agree; 0: all with one last letter
        found = copied(text, sample, 3).stretches
    assert list(found) == stretches_by_hand(text, sample, 3)


@given(few_letters, few_letters, st.integers(1, 9))
def test_hashing_in_pieces_changes_nothing(text, sample, piece):
    whole = copied(text, sample)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "PIECE", piece)
        assert copied(text, sample) == whole


def test_lone_surrogates_are_characters_like_any():
    assert quotes("ab\ud800c\U0001f600d", "-b\ud800c\U0001f600-") == ["b\ud800c\U0001f600"]


def test_a_stretch_is_as_long_as_a_later_place_allows():
    assert quotes("the cat. the cab. the caboose.", "the cabook") == ["the caboo"]


def test_a_stretch_shorter_than_asked_for_is_none():
    assert quotes("abcdef", "xabcx") == []
    assert quotes("abcdef", "xabcdx") == ["abcd"]


def test_stretches_lie_behind_each_other_and_the_first_takes_what_it_can():
    # "cdefgh" stands in the text as well, but "cd" is taken.
    assert quotes("abcd--cdefgh", "abcdefgh") == ["abcd", "efgh"]


@pytest.mark.parametrize("n", [3, 4, 5, 100])
def test_texts_that_repeat_themselves_are_quoted_no_further_than_they_go(n):
    assert copied("a" * 50, "a" * n).stretches == tuple(
        Stretch(start, min(50, n - start)) for start in range(0, n, 50) if n >= 4
    )
    line = "the cat sat\n"
    assert copied(line * 20, line[5:] + line * 3 + "!").stretches == ((0, 43),)


def test_longest_stretch_and_share():
    found = copied("abcdef ghijklmn", "abcde...ghijkl..abcd.")
    assert found.longest == Stretch(8, 6)
    assert found.share == 15 / 21


def test_the_first_of_equally_long_stretches_is_the_longest():
    assert copied("abcd--efgh", "..abcd.efgh").longest == Stretch(2, 4)


@pytest.mark.parametrize(
    ("text", "sample"), [("", ""), ("", "a sample"), ("a text", ""), ("a", "a")]
)
def test_nothing_to_compare_is_nothing_copied(text, sample):
    found = copied(text, sample)
    assert (found.stretches, found.longest, found.share) == ((), None, 0)


class Watched(str):
    """Counts how many characters its searches go through."""

    gone_through = 0

    def find(self, run, start=0):
        place = super().find(run, start)
        self.gone_through += (len(self) if place < 0 else place) - start
        return place


def test_a_run_that_is_not_in_the_text_costs_no_search():
    text = Watched(TEXT)
    assert copied(text, "A dot; a catnap, then all the odd moths slept in a mug.", 8).share == 0
    assert text.gone_through == 0


def test_a_stretch_that_nobody_goes_on_with_is_not_searched_further():
    text = Watched(TEXT)
    assert copied(text, TEXT[:20] + "!").stretches == (Stretch(0, 20),)
    assert text.gone_through == 0  # it was found at the beginning


def test_a_stretch_costs_one_pass_over_the_text_at_most():
    # Every place agrees for a while, and later ones for longer.
    text = Watched("".join("a" * n + "b" for n in range(4, 60)) + "a" * 59)
    sample = "a" * 58 + "c"
    assert copied(text, sample).stretches == (Stretch(0, 58),)
    assert 0 < text.gone_through <= len(text)


@given(anything, anything)
@example("don't o'clock", "x don't 'tis o’clock' rock'n'roll x")
@example("naïve nai\u0308ve नमस्ते", "x NAÏVE nai\u0308ve नमस्ते नमस् x")
@example("", "a ❤\ufe0f 1\ufe0f\u20e3 x² _a_ a''b c'1 \u0301d 'e' x")
def test_words_are_those_read_character_by_character(text, sample):
    known = {word.casefold() for _, word in words_by_hand(text)}
    # Behind and before a letter, to see which words could go on beyond the sample.
    framed = f"x{sample}x"
    whole = [w for i, w in words_by_hand(framed) if i > 0 and i + len(w) < len(framed)]
    unknown = [word for word in whole if word.casefold() not in known]
    found = copied(text, sample)
    assert found.words == len(whole)
    assert found.known == len(whole) - len(unknown)
    assert [w.casefold() for w in found.invented] == list(
        dict.fromkeys(w.casefold() for w in unknown)
    )


def test_a_text_without_letters_has_no_words():
    assert Source("[12] [^7]\u0301", shortest=4).words == frozenset()


def test_words_are_compared_without_regard_to_capitals():
    found = copied(TEXT, "- tHE CAT DIDN'T LOG straße -")
    assert (found.words, found.known, found.invented) == (5, 4, ("straße",))
    assert copied("STRASSE", "- straße -").invented == ()


def test_invented_words_come_in_order_and_once_as_first_spelled():
    found = copied(TEXT, "- Dathe, the mog dathe MOG cat thog -")
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
        ("'t zog don'", ("zog",)),  # may be the end of "don't", the start of it
        ("\u0301t zog a", ("zog",)),
    ],
)
def test_a_word_that_may_be_cut_off_is_left_out(sample, invented):
    assert copied(TEXT, sample).invented == invented


@pytest.mark.parametrize("sample", ["", "12 + 7 = 19", "cut", "don't", "cu off"])
def test_without_a_whole_word_no_share_of_words_is_known(sample):
    found = copied(TEXT, sample)
    assert (found.words, found.known_share, found.invented) == (0, None, ())


def test_worth_noticing_grows_with_the_text_and_with_its_order():
    assert worth_noticing(100_000, 2.5) == math.ceil(3 * math.log2(100_000) / 2.5)
    assert worth_noticing(5_000_000, 2.5) > worth_noticing(100_000, 2.5)
    assert worth_noticing(100_000, 2.0) > worth_noticing(100_000, 2.5)


def test_worth_noticing_stays_in_its_limits():
    assert worth_noticing(5_000_000, 0.0) == worth_noticing(5_000_000, 0.01) == 40
    assert worth_noticing(5_000_000, 16.0) == worth_noticing(0, 2.0) == worth_noticing(2, 1.0) == 12


def test_an_index_takes_four_bytes_for_each_character():
    assert Source(TEXT, shortest=10).hashes.nbytes == 4 * (len(TEXT) - 9)


@pytest.mark.parametrize("shortest", [0, -1])
def test_a_stretch_of_nothing_is_refused(shortest):
    with pytest.raises(ValueError, match=f"shortest is {shortest};"):
        Source(TEXT, shortest=shortest)

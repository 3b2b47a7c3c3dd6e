"""Matches equal those of a brute-force search, and finding them costs little whatever the text."""

import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.engine.analysis import matches, window_index
from charrnn.engine.analysis.matches import Match
from charrnn.engine.analysis.window_index import WindowIndex

TEXT = "The cat sat on the mat. The dog didn't sit; the dog lay on the log.\n"
# Few characters, so that texts repeat themselves and samples agree with them in many places.
few_characters = st.text(alphabet="ab \n", max_size=60)
# Any character, lone surrogates too.
anything = st.text(st.characters(codec=None), max_size=40)


def by_brute_force(text, sample, min_length):
    """(the positions that are copied, a longest match, its visible characters)."""
    visible = [i for i, character in enumerate(sample) if not character.isspace()]
    copied, longest, most = set(), None, 0
    for a, start in enumerate(visible):
        ends = [i + 1 for i in visible[a:]]
        n = sum(sample[start:end] in text for end in ends)  # the first n of them
        if n >= min_length:
            copied.update(visible[a : a + n])
            if n > most:
                longest, most = Match(start, ends[n - 1] - start), n
    return copied, longest, most


def find(text, sample, min_length=4):
    return matches.find(WindowIndex(text, min_length), sample)


def parts(text, sample, min_length=4):
    return [sample[s : s + n] for s, n in find(text, sample, min_length).parts]


def assert_equal_to_brute_force(text, sample, min_length, *, longest_too=True):
    found = find(text, sample, min_length)
    copied, longest, most = by_brute_force(text, sample, min_length)
    assert found.visible == sum(not character.isspace() for character in sample)
    assert found.copied == len(copied)
    covered, end = [], 0
    for start, length in found.parts:
        assert start >= end
        end = start + length
        assert sample[start:end] in text
        assert not sample[start].isspace()
        assert not sample[end - 1].isspace()
        covered += [i for i in range(start, end) if not sample[i].isspace()]
    assert covered == sorted(copied)
    if longest_too:
        assert found.longest_is_exact
        assert found.longest_visible == most
    assert found.longest_visible <= most
    assert found.longest_is_exact <= (found.longest_visible == most)
    assert (found.longest is None) == (longest is None)
    if found.longest:
        start, length = found.longest
        part = sample[start : start + length]
        assert part in text
        assert len("".join(part.split())) == found.longest_visible


@given(few_characters, few_characters, st.integers(1, 8))
@example("ab" * 9 + "b", "ab" * 8 + "bb" + "ab" * 8, 3)
@example("a  b a", "a b  a  b", 2)
def test_matches_equal_those_of_brute_force(text, sample, min_length):
    assert_equal_to_brute_force(text, sample, min_length)


@given(anything, st.data())
def test_copied_parts_are_found_in_any_text(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    sample = data.draw(anything) + part + data.draw(anything)
    assert_equal_to_brute_force(text, sample, 2)


@pytest.mark.parametrize("base", [0, 1])
@given(text=few_characters, sample=few_characters)
def test_hash_collisions_are_no_matches(base, text, sample):
    with pytest.MonkeyPatch.context() as patch:
        # With base 1 anagrams collide, with base 0 all parts with the same last letter.
        patch.setattr(window_index, "HASH_BASE", base)
        assert_equal_to_brute_force(text, sample, 3)


@given(few_characters, few_characters, st.integers(1, 9))
def test_hashing_in_chunks_changes_nothing(text, sample, chunk):
    whole = find(text, sample)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window_index, "CHUNK", chunk)
        assert find(text, sample) == whole


@given(few_characters, few_characters, st.integers(1, 6), st.integers(1, 30))
def test_with_a_tight_budget_only_the_longest_match_may_be_missed(
    text, sample, min_length, comparisons
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matches, "MAX_COMPARISONS", comparisons)
        assert_equal_to_brute_force(text, sample, min_length, longest_too=False)


def test_lone_surrogates_are_ordinary_characters():
    assert parts("ab\ud800c\U0001f600d", "-b\ud800c\U0001f600-") == ["b\ud800c\U0001f600"]


def test_white_space_does_not_count():
    assert parts("a   b   c", "a   b   c") == []
    code = "def f(x):\n        if x:\n                return x\n"
    other = "def g(y):\n        if y:\n                raise y\n"
    assert find(code, other, 12).copied == 0
    assert find(code, code, 12).copied == find(code, code, 12).visible == 19


def test_white_space_has_to_agree():
    assert parts("one two", "one two") == ["one two"]
    assert parts("one two", "one  two") == []
    assert parts("one\ttwo", "one two") == []
    assert parts("one \n two", "one\n\n two") == []


def test_a_match_begins_and_ends_at_visible_characters():
    assert parts("xx  abcd  yy", "zz  abcd  zz") == ["abcd"]


def test_a_match_is_as_long_as_any_position_of_the_text_allows():
    assert parts("the cat. the cab. the caboose.", "the cabook") == ["the caboo"]


def test_a_common_part_below_min_length_is_no_match():
    assert parts("abcdef", "xabcx") == []
    assert parts("abcdef", "xabcdx") == ["abcd"]


def test_parts_do_not_overlap_and_the_second_is_cut():
    found = find("abcd--cdefghi", "abcdefghi")
    assert found.parts == (Match(0, 4), Match(4, 5))
    assert found.longest == Match(2, 7)
    assert (found.copied, found.longest_visible) == (9, 7)


def test_the_longest_match_may_begin_inside_another_one():
    # From left to right, "abcde" comes first and ends inside the longest match.
    found = find("abcde. bcdefghij.", "abcdefghij")
    assert found.longest == Match(1, 9)


def test_the_first_of_several_longest_matches_is_the_longest():
    assert find("abcd--efgh", "..abcd.efgh").longest == Match(2, 4)


@pytest.mark.parametrize("n", [3, 4, 5, 50, 100])
def test_matches_in_repetitive_texts_are_no_longer_than_the_text(n):
    found = find("a" * 50, "a" * n)
    assert found.longest_visible == (min(50, n) if n >= 4 else 0)
    assert found.copied == (n if n >= 4 else 0)
    line = "the cat sat\n"
    assert find(line * 20, line[5:] + line * 3 + "!").parts == ((0, 42),)


@pytest.mark.parametrize(
    ("text", "sample"), [("", ""), ("", "a sample"), ("a text", ""), ("a", "a"), (" ", " ")]
)
def test_an_empty_text_or_sample_has_no_matches(text, sample):
    found = find(text, sample)
    assert (found.parts, found.longest, found.copied, found.longest_visible) == ((), None, 0, 0)
    assert found.longest_is_exact


def test_an_index_takes_eight_bytes_per_visible_character():
    visible = sum(not character.isspace() for character in TEXT)
    assert WindowIndex(TEXT, 10).entries.nbytes == 8 * (visible - 9)


class ComparisonCounter(str):
    """A text that counts how often it is compared with a part of a sample."""

    def __init__(self, _):
        self.times = 0

    def startswith(self, part, start):
        self.times += 1
        return super().startswith(part, start)


def test_a_sample_without_matches_costs_no_comparison():
    text = ComparisonCounter(TEXT)
    assert find(text, "A dot; a catnap, then all the odd moths slept in a mug.", 8).copied == 0
    assert text.times == 0


@pytest.mark.parametrize("kind", ["random a and b", "one character", "one line", "nearly one"])
def test_the_work_is_bounded_whatever_the_text(kind):
    rng, n = random.Random(0), 5000
    line = "the cat sat on the mat and the dog sat on the log\n"
    text, sample = {
        "random a and b": ("".join(rng.choices("ab", k=100_000)), "".join(rng.choices("ab", k=n))),
        "one character": ("a" * 100_000, "a" * n),
        "one line": (line * 2000, (line * 2 + line[::-1]) * (n // 150)),
        "nearly one": (("a" * 38 + "b") * 2500, ("a" * 41 + "b" * 9) * (n // 50)),
    }[kind]
    counted = ComparisonCounter(text)
    index = WindowIndex(counted, 12)
    started = time.process_time()
    assert matches.find(index, sample).copied > n / 3
    assert time.process_time() - started < 2  # it takes some hundredths of a second
    assert counted.times < 8 * n + matches.MAX_COMPARISONS + 100


def test_a_text_of_brackets_has_its_true_longest_match():
    rng = random.Random(1)
    text = "".join("(" + "abcde" * rng.randrange(1, 9) + ")" for _ in range(300))
    for _ in range(20):
        sample = "".join("(" + "abcde" * rng.randrange(1, 9) + ")" for _ in range(5))
        _, _, most = by_brute_force(text, sample, 20)
        found = find(text, sample, 20)
        assert found.longest_is_exact
        assert found.longest_visible == most

"""N-gram predictions equal those of plain counting with dictionaries."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine import ngrams
from charrnn.engine.ngrams import ngram_bits

rng = np.random.default_rng(0)
TEXTS = {
    "words": (list(b"the cat sat on the mat and the dog sat on the log" * 3), 128),
    "noise": (rng.integers(0, 30, 4000).tolist(), 30),
    "a big vocabulary, sorted and not counted in a table": (
        rng.zipf(1.3, 3000).clip(0, 2999).tolist(),
        3000,
    ),
    "all of Unicode": ([0, 1_114_111, 1_114_110, 1_114_111, 0, 1_114_111] * 9, 1_114_112),
    "one character": ([0] * 50, 1),
}


def plain_bits(text, vocab_size, n_train, order):
    """Interpolated Witten-Bell, one character at a time: -log2 p for each n and character."""
    followers = defaultdict(Counter)  # context -> what followed it
    for i in range(n_train):
        for n in range(1, order + 1):
            if i >= n - 1:
                followers[tuple(text[i - n + 1 : i])][text[i]] += 1
    bits = [[] for _ in range(order)]
    for i in range(n_train, len(text)):
        p = 1 / vocab_size
        for n in range(1, order + 1):
            seen = followers.get(tuple(text[i - n + 1 : i])) if i >= n - 1 else None
            if seen:
                total, types = sum(seen.values()), len(seen)
                p = (seen[text[i]] + types * p) / (total + types)
            bits[n - 1].append(-math.log2(p))
    return bits


def assert_equal_to_plain(text, vocab_size, n_train, order):
    found = ngram_bits(np.array(text, np.int64), vocab_size, n_train, order)
    expected = plain_bits(text, vocab_size, n_train, order)
    assert len(found) == order
    for bits, plain in zip(found, expected, strict=True):
        np.testing.assert_allclose(bits, plain, atol=1e-9)


@pytest.mark.parametrize(("text", "vocab_size"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_bits_equal_plain_counting(text, vocab_size, share):
    assert_equal_to_plain(text, vocab_size, int(share * len(text)), 5)


@given(st.lists(st.integers(0, 4), max_size=60), st.data())
def test_bits_of_any_text_equal_plain_counting(text, data):
    n_train = data.draw(st.integers(0, len(text)))
    assert_equal_to_plain(text, 5, n_train, 4)


@pytest.mark.parametrize("table", [1, 30, 10**6])
def test_counting_in_a_table_or_by_sorting_in_chunks_or_not_gives_the_same(monkeypatch, table):
    text = rng.integers(0, 5, 1000)
    whole = ngram_bits(text, 5, 800, 4)
    monkeypatch.setattr(ngrams, "MAX_TABLE", table)
    monkeypatch.setattr(ngrams, "CHUNK", 7)
    np.testing.assert_allclose(ngram_bits(text, 5, 800, 4), whole)


def test_small_integer_types_do_not_overflow():
    text = rng.integers(0, 200, 3000)
    small = ngram_bits(text.astype(np.uint8), 200, 2500, 4)
    np.testing.assert_array_equal(small, ngram_bits(text, 200, 2500, 4))


def test_probabilities_of_all_characters_add_up_to_1():
    text, V = rng.integers(0, 6, 300).tolist(), 6
    for n_train in (1, 2, 300):
        totals = sum(
            2.0 ** -np.array(ngram_bits(np.array([*text[:n_train], c]), V, n_train, 4))
            for c in range(V)
        )
        np.testing.assert_allclose(totals, 1)


def test_a_context_that_was_never_seen_leaves_it_to_the_shorter_one():
    text = [0, 1, 0, 1, 0, 1, 2, 2, 1]  # 2 2 is new, and so is 2
    bits = ngram_bits(np.array(text), 3, 6, 3)
    assert bits[2][2] == bits[1][2] == bits[0][2]

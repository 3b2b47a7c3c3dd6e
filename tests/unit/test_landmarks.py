"""The landmarks against the same counting in plain Python."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine.landmarks import landmarks

rng = np.random.default_rng(0)
TEXTS = {
    "one character": ([0], 1),
    "two characters": ([0, 1], 2),
    "three characters": ([1, 0, 1], 2),
    "one character repeated": ([0] * 50, 1),
    "two in turn": ([0, 1] * 30, 2),
    "words": (list(b"the cat sat on the mat and the dog sat on the log"), 128),
    "noise": (rng.integers(0, 30, 4000).tolist(), 30),
    "a hundred characters, the last size of counting by table": (
        rng.integers(0, 100, 5000).tolist(),
        100,
    ),
    "a big vocabulary": (rng.integers(0, 3000, 6000).tolist(), 3000),
    "all of Unicode": ([0, 1_114_111, 1_114_110, 1_114_111, 0, 1_114_111] * 9, 1_114_112),
}


def conditional_bits(text, n_before):
    """Bits per character, knowing the n characters before: -mean log2 p(next | before)."""
    places = [(tuple(text[i - n_before : i]), text[i]) for i in range(n_before, len(text))]
    if not places:
        return 0.0
    together, before = Counter(places), Counter(context for context, _ in places)
    return -math.fsum(math.log2(together[p] / before[p[0]]) for p in places) / len(places)


@pytest.mark.parametrize(("text", "vocab_size"), TEXTS.values(), ids=TEXTS)
def test_landmarks_equal_plain_counting(text, vocab_size):
    found = landmarks(np.array(text), vocab_size)
    assert found.uniform == pytest.approx(math.log2(vocab_size))
    assert found.unigram == pytest.approx(conditional_bits(text, 0), abs=1e-9)
    assert found.bigram == pytest.approx(conditional_bits(text, 1), abs=1e-9)
    assert found.trigram == pytest.approx(conditional_bits(text, 2), abs=1e-9)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_landmarks_of_any_text_equal_plain_counting(text):
    found = landmarks(np.array(text, dtype=np.uint8), 6)
    for bits, n_before in zip(found[1:], (0, 1, 2), strict=True):
        assert bits == pytest.approx(conditional_bits(text, n_before), abs=1e-9)


def test_a_text_of_one_character_costs_nothing_and_not_minus_nothing():
    for bits in landmarks(np.zeros(50, np.uint8), 1):
        assert f"{bits:.2f}" == "0.00"


def test_ids_of_the_smallest_type_do_not_overflow():
    text = rng.integers(0, 200, 3000)
    assert landmarks(text.astype(np.uint8), 200) == landmarks(text, 200)


def test_counting_in_pieces_changes_nothing(monkeypatch):
    text = rng.integers(0, 4, 1000)
    whole = landmarks(text, 4)
    monkeypatch.setattr("charrnn.engine.landmarks.PIECE", 7)
    assert landmarks(text, 4) == whole

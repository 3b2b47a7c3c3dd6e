"""Baselines equal the same counting in plain Python."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine.analysis.baselines import baselines

rng = np.random.default_rng(0)
TEXTS = {
    "one character": ([0], 1),
    "two characters": ([0, 1], 2),
    "three characters": ([1, 0, 1], 2),
    "one character repeated": ([0] * 50, 1),
    "two characters in turn": ([0, 1] * 30, 2),
    "words": (list(b"the cat sat on the mat and the dog sat on the log"), 128),
    "noise": (rng.integers(0, 30, 4000).tolist(), 30),
    "a hundred characters, still counted in a table": (
        rng.integers(0, 100, 5000).tolist(),
        100,
    ),
    "a big vocabulary": (rng.integers(0, 3000, 6000).tolist(), 3000),
    "all of Unicode": ([0, 1_114_111, 1_114_110, 1_114_111, 0, 1_114_111] * 9, 1_114_112),
}


def conditional_bits(text, n_before):
    """Bits per character, knowing the n characters before: -mean log2 p(next | before)."""
    ngrams = [(tuple(text[i - n_before : i]), text[i]) for i in range(n_before, len(text))]
    if not ngrams:
        return 0.0
    counts, contexts = Counter(ngrams), Counter(context for context, _ in ngrams)
    return -math.fsum(math.log2(counts[n] / contexts[n[0]]) for n in ngrams) / len(ngrams)


@pytest.mark.parametrize(("text", "vocab_size"), TEXTS.values(), ids=TEXTS)
def test_baselines_equal_plain_counting(text, vocab_size):
    found = baselines(np.array(text), vocab_size)
    assert found.uniform == pytest.approx(math.log2(vocab_size))
    assert found.unigram == pytest.approx(conditional_bits(text, 0), abs=1e-9)
    assert found.bigram == pytest.approx(conditional_bits(text, 1), abs=1e-9)
    assert found.trigram == pytest.approx(conditional_bits(text, 2), abs=1e-9)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_baselines_of_any_text_equal_plain_counting(text):
    found = baselines(np.array(text, dtype=np.uint8), 6)
    for bits, n_before in zip(found[1:], (0, 1, 2), strict=True):
        assert bits == pytest.approx(conditional_bits(text, n_before), abs=1e-9)


def test_a_text_of_one_character_has_0_bits_and_not_minus_0():
    for bits in baselines(np.zeros(50, np.uint8), 1):
        assert f"{bits:.2f}" == "0.00"


def test_small_integer_types_do_not_overflow():
    text = rng.integers(0, 200, 3000)
    assert baselines(text.astype(np.uint8), 200) == baselines(text, 200)


def test_counting_in_chunks_changes_nothing(monkeypatch):
    text = rng.integers(0, 4, 1000)
    whole = baselines(text, 4)
    monkeypatch.setattr("charrnn.engine.analysis.baselines.CHUNK", 7)
    assert baselines(text, 4) == whole

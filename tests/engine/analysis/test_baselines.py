"""Baselines are scored on text that is not counted."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine.analysis.baselines import baselines
from charrnn.engine.corpus import MIN_HELD_OUT
from tests.engine.test_ngrams import plain_bits

rng = np.random.default_rng(0)


def mean(bits):
    return sum(bits) / len(bits)


def test_baselines_are_counted_on_the_training_text_and_scored_on_the_rest():
    text = rng.zipf(1.5, 3000).clip(0, 19).tolist()
    found = baselines(np.array(text), 20, 2000)
    assert found.uniform == math.log2(20)
    for bits, plain in zip(found[1:], plain_bits(text, 20, 2000, 3), strict=True):
        assert bits == pytest.approx(mean(plain))


@pytest.mark.parametrize("left", [0, 1, MIN_HELD_OUT - 1])
def test_if_too_little_is_held_out_the_last_tenth_is_scored(left):
    text = rng.zipf(1.5, 600).clip(0, 8)
    assert baselines(text, 9, 600 - left) == baselines(text, 9, 540)
    assert baselines(text, 9, 600 - MIN_HELD_OUT) != baselines(text, 9, 540)


def test_a_short_text_is_scored_part_by_part():
    text = rng.zipf(2, 45).clip(0, 4).tolist()
    found = baselines(np.array(text), 5, len(text))
    ends = [0, 4, 9, 14, 18, 22, 27, 32, 36, 40, 45]
    totals = [4 * math.log2(5)] * 3
    for counted, end in pairwise(ends[1:]):
        for n, bits in enumerate(plain_bits(text[:end], 5, counted, 3)):
            totals[n] += sum(bits)
    assert found[1:] == pytest.approx([min(total / 45, math.log2(5)) for total in totals])


@pytest.mark.parametrize("n", [50, 200, 450, 499, 500, 2000])
def test_the_trigram_does_not_know_a_short_text_by_heart(n):
    """Every trigram of this text occurs once, so counted on itself it would need 0 bits."""
    text = np.arange(n) * 7 % 40 + rng.integers(0, 3, n)
    for n_train in (n, int(0.9 * n)):
        found = baselines(text, 45, n_train)
        assert found.trigram > 1
        assert max(found) == found.uniform


@given(st.lists(st.integers(0, 5), min_size=1, max_size=700), st.data())
def test_no_baseline_is_worse_than_guessing_or_below_0(text, data):
    n_train = data.draw(st.integers(1, len(text)))
    found = baselines(np.array(text, dtype=np.uint8), 6, n_train)
    assert all(0 <= bits <= math.log2(6) for bits in found)


@pytest.mark.parametrize("n", [1, 2, 3, 60, 600])
def test_a_text_of_one_character_has_0_bits_and_not_minus_0(n):
    for bits in baselines(np.zeros(n, np.uint8), 1, n):
        assert f"{bits:.2f}" == "0.00"


def test_baselines_can_be_stored_as_json():
    assert all(type(bits) is float for bits in baselines(np.arange(20) % 3, 3, 20))
    assert all(type(bits) is float for bits in baselines(np.arange(2000) % 3, 3, 1800))

"""What counting writes: its probabilities are those that plain counting and the scores use."""

import numpy as np
import pytest

from charrnn.engine import ngram_writer
from charrnn.engine.analysis.counting import counting_bits, overtaken_at
from charrnn.engine.ngram_writer import MAX_ORDER, NgramWriter
from charrnn.engine.ngrams import ngram_bits
from tests.engine.test_ngrams import TEXTS, plain_bits

CASES = {name: case for name, case in TEXTS.items() if name != "all of Unicode"}


@pytest.mark.parametrize(("text", "vocab_size"), CASES.values(), ids=CASES)
def test_its_probabilities_are_those_of_plain_counting(text, vocab_size):
    n_train = len(text) - 20
    writer = NgramWriter(np.array(text[:n_train]), vocab_size)
    plain = plain_bits(text, vocab_size, n_train, MAX_ORDER)
    for order in range(1, MAX_ORDER + 1):
        found = [writer.probabilities(text[:i], order) for i in range(n_train, len(text))]
        bits = [-np.log2(p[text[i + n_train]]) for i, p in enumerate(found)]
        np.testing.assert_allclose(bits, plain[order - 1], atol=1e-9)
        np.testing.assert_allclose([p.sum() for p in found], 1)


def test_the_first_characters_of_a_text_have_no_longer_context():
    text, vocab_size = [0, 1, 0, 2, 0, 1, 1], 3
    writer = NgramWriter(np.array(text), vocab_size)
    for i in range(len(text)):
        p = writer.probabilities(text[:i], MAX_ORDER)
        followers = [text[j] for j in range(i, len(text)) if text[j - i : j] == text[:i]]
        assert p[followers[0]] > 1 / vocab_size / 2  # counted, not only guessed


def test_a_vocabulary_too_large_for_four_characters_of_context_has_three():
    ids = np.array([60_000, 2, 3, 4] * 20)
    writer = NgramWriter(ids, 60_001)
    p = writer.probabilities([60_000, 2, 3], MAX_ORDER)
    assert p.argmax() == 4


def test_each_order_writes_what_it_has_counted():
    text = np.array(list(b"abcd" * 50)) - ord("a")
    writer, rng = NgramWriter(text, 4), np.random.default_rng(0)
    written = writer.write(rng, order=3, context=[0, 1], length=40)
    follows = (written[1:] - written[:-1]) % 4 == 1
    assert follows.mean() > 0.9
    letters = writer.write(np.random.default_rng(0), order=1, length=400)
    assert abs(((letters[1:] - letters[:-1]) % 4 == 1).mean() - 0.25) < 0.1


def test_the_same_random_numbers_write_the_same():
    text = np.random.default_rng(3).integers(0, 9, 500)
    first, second = (
        NgramWriter(text, 9).write(np.random.default_rng(1), order=4, length=60) for _ in range(2)
    )
    assert first.tolist() == second.tolist()


def test_long_texts_are_counted_at_their_end_for_writing_and_for_scoring(monkeypatch):
    monkeypatch.setattr(ngram_writer, "MAX_COUNTED", 100)
    monkeypatch.setattr("charrnn.engine.analysis.counting.MAX_COUNTED", 100)
    text = np.array([0] * 300 + [1, 2] * 50 + [1, 2] * 10)
    assert NgramWriter(text[:400], 3).probabilities([], 1)[0] < 0.1
    assert counting_bits(text, 3, 400) == pytest.approx(counting_bits(text[300:], 3, 100))


def test_scores_are_the_mean_bits_of_held_out_characters():
    text, V = np.random.default_rng(5).integers(0, 7, 900), 7
    expected = [bits.mean() for bits in ngram_bits(text, V, 800, MAX_ORDER)]
    assert counting_bits(text, V, 800) == pytest.approx(expected)
    assert counting_bits(text, V, 900) == []


def test_the_network_overtakes_at_the_first_evaluation_below():
    evaluations = [(0, 5.0), (1000, 3.0), (2000, 3.2), (3000, 2.5)]
    assert overtaken_at(evaluations, 4.0) == 1000
    assert overtaken_at(evaluations, 3.0) == 3000
    assert overtaken_at(evaluations, 2.5) is None
    assert overtaken_at([], 2.5) is None

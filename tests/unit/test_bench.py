"""The sampling bench: what it lets a network write, and the odds it says."""

import numpy as np
import pytest

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import next_distribution, read, sample, sample_rng
from charrnn.ui.alphabet.reading import Moment
from charrnn.ui.write.bench import STRIP, TEMPERATURES, Bench

VOCABULARY = Vocabulary("\n abcdefg")


@pytest.fixture
def moment():
    weights = Parameters(len(VOCABULARY), 6)
    weights.flat[:] = np.random.default_rng(0).standard_normal(weights.flat.size)
    return Moment(100, weights, np.linspace(-1, 1, 6, dtype=np.float32))


def read_all(moment, text):
    hidden = moment.hidden
    for i in VOCABULARY.encode(text):
        hidden = read(moment.weights, hidden, int(i))
    return hidden


def test_it_reads_the_prompt_from_the_memory_of_the_moment_then_writes(moment):
    bench = Bench(moment, VOCABULARY, "abc")
    written = bench.write(dice=7, length=30, temperature=0.8)
    start = {"hidden": read_all(moment, "ab"), "first": int(VOCABULARY.encode("c")[0])}
    expected = sample(moment.weights, sample_rng(7, 0), **start, length=30, temperature=0.8)
    np.testing.assert_array_equal(written, expected)


def test_without_a_prompt_it_begins_on_a_new_line(moment):
    settings = {"dice": 0, "length": 30, "temperature": 1.0}
    empty, newline = Bench(moment, VOCABULARY, ""), Bench(moment, VOCABULARY, "\n")
    np.testing.assert_array_equal(empty.write(**settings), newline.write(**settings))


@pytest.mark.parametrize("characters", ["ab", " ab", "x"])
def test_a_text_without_lines_begins_somewhere(moment, characters):
    weights = Parameters(len(characters), 6)
    bench = Bench(Moment(0, weights, weights.bh), Vocabulary(characters), "")
    assert len(bench.write(dice=0, length=5, temperature=1.0)) == 5


def test_the_odds_are_those_that_each_character_was_chosen_by(moment):
    bench = Bench(moment, VOCABULARY, "de")
    written = bench.write(dice=1, length=12, temperature=0.5)
    text = "de" + VOCABULARY.decode(written)
    for place in (0, 1, 11):
        found = bench.odds(written[:place], 0.5)
        hidden = read_all(moment, text[: 2 + place])
        for share, temperature in ((found.plain, 1.0), (found.bent, 0.5)):
            expected = next_distribution(moment.weights, hidden, temperature)
            np.testing.assert_allclose(share, expected[found.ids], rtol=1e-6)


def test_a_pick_stands_and_what_comes_before_it_stays(moment):
    bench = Bench(moment, VOCABULARY, "a")
    settings = {"dice": 3, "length": 40, "temperature": 1.0}
    before = bench.write(**settings)
    other = (int(before[9]) + 1) % len(VOCABULARY)
    after = bench.write(**settings, picked={9: other})
    np.testing.assert_array_equal(after[:9], before[:9])
    assert after[9] == other
    assert (after[10:] != before[10:]).any()
    back = bench.write(**settings, picked={9: int(before[9])})
    np.testing.assert_array_equal(back, before)  # the same dice


def test_temperatures_go_from_0_to_3_with_fine_steps_around_1():
    assert (TEMPERATURES[0], TEMPERATURES[-1]) == (0, 3)
    assert list(TEMPERATURES) == sorted(set(TEMPERATURES))
    assert set(STRIP) <= set(TEMPERATURES)
    around = [t for t in TEMPERATURES if 0.6 <= t <= 1.1]
    assert max(np.diff(around)) < 0.051

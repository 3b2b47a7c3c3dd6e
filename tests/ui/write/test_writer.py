"""Writer: the samples it writes and the probabilities it gives."""

from dataclasses import replace

import numpy as np
import pytest

from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import next_distribution, next_hidden, sample, sample_rng
from charrnn.engine.vocabulary import Vocabulary
from charrnn.ui.shared.snapshots import Snapshot
from charrnn.ui.write import drafts
from charrnn.ui.write.drafts import Budget
from charrnn.ui.write.writer import COMPARED_TEMPERATURES, TEMPERATURES, SampleSettings, Writer

VOCABULARY = Vocabulary("\n abcdefg")


@pytest.fixture
def snapshot():
    weights = Parameters(len(VOCABULARY), 6)
    weights.flat[:] = np.random.default_rng(0).standard_normal(weights.flat.size)
    return Snapshot(100, weights, np.linspace(-1, 1, 6, dtype=np.float32))


def read_all(snapshot, text):
    hidden = snapshot.hidden
    for i in VOCABULARY.encode(text):
        hidden = next_hidden(snapshot.weights, hidden, int(i))
    return hidden


def test_prompt_is_read_from_the_snapshots_hidden_state_before_writing(snapshot):
    writer = Writer(snapshot, VOCABULARY, "abc")
    written = writer.write(SampleSettings(seed=7, length=30, temperature=0.8))
    start = {"hidden": read_all(snapshot, "ab"), "first": int(VOCABULARY.encode("c")[0])}
    expected = sample(snapshot.weights, sample_rng(7, 0), **start, length=30, temperature=0.8)
    np.testing.assert_array_equal(written, expected)


def test_empty_prompt_writes_as_after_a_newline(snapshot):
    settings = SampleSettings(seed=0, length=30, temperature=1.0)
    empty, newline = Writer(snapshot, VOCABULARY, ""), Writer(snapshot, VOCABULARY, "\n")
    np.testing.assert_array_equal(empty.write(settings), newline.write(settings))


@pytest.mark.parametrize("characters", ["ab", " ab", "x"])
def test_empty_prompt_works_without_a_newline_in_the_vocabulary(snapshot, characters):
    weights = Parameters(len(characters), 6)
    writer = Writer(Snapshot(0, weights, weights.bh), Vocabulary(characters), "")
    assert len(writer.write(SampleSettings(seed=0, length=5, temperature=1.0))) == 5


def test_probabilities_are_those_each_character_was_sampled_from(snapshot):
    writer = Writer(snapshot, VOCABULARY, "de")
    written = writer.write(SampleSettings(seed=1, length=12, temperature=0.5))
    text = "de" + VOCABULARY.decode(written)
    for position in (0, 1, 11):
        top = writer.top_probabilities(written[:position], 0.5)
        hidden = read_all(snapshot, text[: 2 + position])
        for share, temperature in ((top.raw, 1.0), (top.tempered, 0.5)):
            expected = next_distribution(snapshot.weights, hidden, temperature)
            np.testing.assert_allclose(share, expected[top.ids], rtol=1e-6)


def test_picked_character_changes_only_what_follows(snapshot):
    writer = Writer(snapshot, VOCABULARY, "a")
    settings = SampleSettings(seed=3, length=40, temperature=1.0)
    before = writer.write(settings)
    other = (int(before[9]) + 1) % len(VOCABULARY)
    after = writer.write(replace(settings, picked={9: other}))
    np.testing.assert_array_equal(after[:9], before[:9])
    assert after[9] == other
    assert (after[10:] != before[10:]).any()
    undone = writer.write(replace(settings, picked={9: int(before[9])}))
    np.testing.assert_array_equal(undone, before)


def test_sample_written_in_blocks_is_the_one_written_at_once(snapshot):
    writer = Writer(snapshot, VOCABULARY, "abc")
    settings = SampleSettings(seed=2, length=1050, temperature=0.9, picked={3: 1, 640: 4})
    expected = writer.write(settings)
    draft = drafts.write(writer, settings, Budget(60), key="blocks")
    assert draft.complete
    np.testing.assert_array_equal(draft.ids, expected)
    for position in (0, 199, 200, 1049):
        top = draft.top_probabilities(position)
        whole = writer.top_probabilities(expected[:position], 0.9)
        np.testing.assert_array_equal(top.ids, whole.ids)
        np.testing.assert_array_equal(top.tempered, whole.tempered)


def test_long_sample_grows_with_every_call(snapshot):
    writer = Writer(snapshot, VOCABULARY, "")
    settings = SampleSettings(seed=5, length=700, temperature=1.0)
    draft = drafts.write(writer, settings, Budget(0), key="grows")
    assert len(draft.ids) == drafts.BLOCK
    assert not draft.complete
    draft = drafts.write(writer, settings, Budget(60), key="grows")
    assert (len(draft.ids), draft.complete) == (700, True)


def test_temperatures_range_from_0_to_3_with_fine_steps_around_1():
    assert (TEMPERATURES[0], TEMPERATURES[-1]) == (0, 3)
    assert list(TEMPERATURES) == sorted(set(TEMPERATURES))
    assert set(COMPARED_TEMPERATURES) <= set(TEMPERATURES)
    around = [t for t in TEMPERATURES if 0.6 <= t <= 1.1]
    assert max(np.diff(around)) < 0.051

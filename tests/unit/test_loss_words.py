"""What is said beside the loss chart: what is beaten, and what is learned by heart."""

import pytest

from charrnn.ui.charts import LANDMARK_NAMES
from charrnn.ui.loss_words import loss_in_words
from tests.moments import BIT, a_snapshot


def test_words_before_the_first_update_say_that_it_guesses():
    words = loss_in_words(a_snapshot())
    assert "guesses: 5.00 bits per character, like choosing among 32 characters" in words


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (5.2, "no better than guessing yet"),
        (5.0, "no better than guessing yet"),
        (4.9, "better than guessing"),
        (3.9, "better than letter frequencies"),
        (2.9, "better than pairs of letters"),
        (1.9, "better than triples"),
    ],
)
def test_words_say_what_is_beaten_and_no_more(bits, expected):
    words = loss_in_words(a_snapshot(iteration=1234, bits=bits))
    assert f"After 1,234 iterations: {bits:.2f} bits per character" in words
    assert f"{expected}." in words
    assert f"like choosing among {2**bits:.1f} characters" in words
    others = {
        "no better than guessing yet",
        *(f", better than {n}" for n in LANDMARK_NAMES.values()),
    }
    assert sum(f"{other}." in words for other in others) == 1


def test_words_tell_the_newest_held_out_loss_if_there_is_one():
    assert "dashes" not in loss_in_words(a_snapshot(iteration=200))
    now = a_snapshot(iteration=200, evaluations=[(0, 5 * BIT), (200, 4.25 * BIT)])
    assert loss_in_words(now).endswith("The dashes, on text it never saw: 4.25.")


@pytest.mark.parametrize(
    ("bits", "held_out", "by_heart"),
    [
        (2.0, 2.9, False),
        (2.0, 3.1, True),
        (0.1, 6.0, True),
        (3.9, 4.8, False),
        (4.5, 5.1, False),  # it has learned next to nothing yet
        (6.0, 6.5, False),
    ],
)
def test_words_say_when_a_text_is_learned_by_heart(bits, held_out, by_heart):
    now = a_snapshot(iteration=200, bits=bits, evaluations=[(0, 5 * BIT), (200, held_out * BIT)])
    assert ("by heart rather than the language" in loss_in_words(now)) == by_heart


def test_words_keep_their_clause_from_one_measurement_to_the_next():
    exams = [(0, 5 * BIT), (200, 2.9 * BIT)]
    for newest in (2.0, 1.8, 1.5):
        now = a_snapshot(metrics=[(0, 5, 5), (200, 2, 2), (300, newest, newest)], evaluations=exams)
        assert "by heart" not in loss_in_words(now)

"""The loss chart in words: baselines, held-out loss, and whether the text is being memorized."""

import pytest

from charrnn.ui.train.loss_rows import BASELINE_LABELS
from charrnn.ui.train.loss_summary import BASELINES_IN_WORDS, loss_in_words
from tests.support.run_views import BIT, make_view


def test_before_the_first_update_the_network_guesses():
    words = loss_in_words(make_view())
    assert "guesses: 5.00 bits per character, 32 effective choices (perplexity)." in words


def test_every_baseline_of_the_chart_has_words():
    assert list(BASELINES_IN_WORDS) == list(BASELINE_LABELS)


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (5.2, "no better than guessing yet"),
        (5.0, "no better than guessing yet"),
        (4.9, "better than guessing"),
        (3.9, "better than character frequencies alone"),
        (2.9, "better than bigrams (knowing the previous character)"),
        (1.9, "better than trigrams (knowing the last two characters)"),
    ],
)
def test_only_the_best_baseline_beaten_is_named(bits, expected):
    words = loss_in_words(make_view(iteration=1234, bits=bits))
    assert f"After 1,234 iterations: {bits:.2f} bits per character" in words
    assert f"{expected}." in words
    assert f"{2**bits:.1f} effective choices (perplexity)" in words
    others = {
        "no better than guessing yet",
        *(f", better than {n}" for n in BASELINES_IN_WORDS.values()),
    }
    assert sum(f"{other}." in words for other in others) == 1


def test_the_newest_held_out_loss_is_given_if_there_is_one():
    assert "held-out" not in loss_in_words(make_view(iteration=200))
    view = make_view(iteration=200, evaluations=[(0, 5 * BIT), (200, 4.25 * BIT)])
    assert loss_in_words(view).endswith("On held-out text: 4.25 bits per character.")


@pytest.mark.parametrize(
    ("bits", "held_out", "memorizing"),
    [
        (2.0, 2.9, False),
        (2.0, 3.1, True),
        (0.1, 6.0, True),
        (3.9, 4.8, False),
        (4.5, 5.1, False),  # it has hardly learned anything yet
        (6.0, 6.5, False),
    ],
)
def test_memorizing_is_reported(bits, held_out, memorizing):
    view = make_view(iteration=200, bits=bits, evaluations=[(0, 5 * BIT), (200, held_out * BIT)])
    assert (
        "memorizing this text rather than learning the language" in loss_in_words(view)
    ) == memorizing


def test_memorizing_is_judged_only_at_evaluations():
    evaluations = [(0, 5 * BIT), (200, 2.9 * BIT)]
    for newest in (2.0, 1.8, 1.5):
        view = make_view(
            curve=[(0, 5, 5), (200, 2, 2), (300, newest, newest)], evaluations=evaluations
        )
        assert "memorizing" not in loss_in_words(view)

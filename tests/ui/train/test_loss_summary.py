"""The loss chart in words: baselines, held-out loss, and whether the text is being memorized."""

import pytest

from charrnn.engine.analysis.baselines import BASELINE_LABELS
from charrnn.ui.train import loss_summary
from charrnn.ui.train.loss_rows import draws_held_out_line
from charrnn.ui.train.loss_summary import BASELINES_IN_WORDS, loss_in_words
from tests.support.run_views import BIT, T, make_view


def test_before_the_first_update_the_network_guesses():
    words = loss_in_words(make_view())
    assert "guesses: 5.00 bits per character, 32 effective choices (perplexity)." in words
    alone = loss_summary._loss(0.0, digits=0)
    assert alone == "0.00 bits per character, 1 effective choice (perplexity)"


def test_every_baseline_of_the_chart_has_words():
    assert list(BASELINES_IN_WORDS) == list(BASELINE_LABELS)


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (5.2, "no better than guessing yet"),
        (5.0, "no better than guessing yet"),
        (4.9, "better than guessing"),
        (3.9, "better than unigrams (how often each character occurs)"),
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


def test_the_comparison_is_of_what_the_network_costs_now():
    view = make_view(iteration=1000, bits=4.65, recent_loss=3.47 * T * BIT)
    words = loss_in_words(view)
    assert words.startswith("After 1,000 iterations: 3.47 bits per character, 11.1 effective")
    assert words.endswith("better than unigrams (how often each character occurs).")


def test_an_astronomical_loss_has_words():
    view = make_view(iteration=3, bits=5.1, recent_loss=2000.0 * T * BIT)
    assert "2000.00 bits per character, over a million effective choices" in loss_in_words(view)


def test_a_diverged_run_has_a_sentence_of_its_own():
    divergence = "Training diverged at iteration 1,153: a gradient is infinite."
    evaluations = [(0, 5 * BIT), (100, 6 * BIT)]
    view = make_view(iteration=1152, bits=9.87, divergence=divergence, evaluations=evaluations)
    assert loss_in_words(view) == divergence


def test_the_newest_held_out_loss_is_given_if_its_line_is_drawn():
    assert "eld-out" not in loss_in_words(make_view(iteration=200))
    view = make_view(iteration=200, evaluations=[(0, 5 * BIT)])
    assert "eld-out" not in loss_in_words(view)
    assert not draws_held_out_line(view)
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


@pytest.mark.parametrize(
    ("training", "consequence"),
    [
        (2.0, "the network is starting to memorize this text (overfitting)."),
        (1.0, "the network is memorizing this text rather than learning the language"),
    ],
)
def test_a_rise_of_the_held_out_loss_and_what_it_means_are_reported(training, consequence):
    fall_and_rise = [5.0, 3.0, *(2.5 + abs(n - 10) / 50 for n in range(30))]
    evaluations = [(1000 * n, loss * BIT) for n, loss in enumerate(fall_and_rise)]
    view = make_view(iteration=31_000, bits=training, evaluations=evaluations)
    words = loss_in_words(view)
    assert "Held-out loss was lowest at iteration 12,000 and has risen since: " in words
    assert consequence in words
    assert words.count("memoriz") == 1


def test_a_rise_of_both_losses_is_blamed_on_the_learning_rate():
    fall_and_rise = [5.0, 3.0, *(2.5 + abs(n - 10) / 50 for n in range(30))]
    evaluations = [(1000 * n, loss * BIT) for n, loss in enumerate(fall_and_rise)]
    curve = [(0, 5, 5), (12_000, 2.2, 2.2), (31_000, 2.6, 2.6)]
    words = loss_in_words(make_view(curve=curve, evaluations=evaluations))
    assert words.endswith("so has the training loss, because the learning rate is too high.")
    assert "memoriz" not in words


def test_memorizing_is_judged_only_at_evaluations():
    evaluations = [(0, 5 * BIT), (200, 2.9 * BIT)]
    for newest in (2.0, 1.8, 1.5):
        view = make_view(
            curve=[(0, 5, 5), (200, 2, 2), (300, newest, newest)], evaluations=evaluations
        )
        assert "memorizing" not in loss_in_words(view)

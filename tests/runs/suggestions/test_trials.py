"""Which settings are tried, how a trial is measured, and which of them is suggested."""

from dataclasses import replace

import numpy as np
import pytest

from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.training import Diverged, Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.recipes import RECIPES
from charrnn.runs.suggestions.candidates import HELD_OUT, SUGGESTED, candidates
from charrnn.runs.suggestions.ranking import MIN_GAIN, ranked, suggested
from charrnn.runs.suggestions.trial import MARKS, Mark, Trial, run_trial, train_for
from tests.support.store import TEXT

VOCABULARY = Vocabulary.of(TEXT)
IDS = VOCABULARY.encode(TEXT)
SMALL = RunConfig(hidden_size=8, held_out=0.1)
QUICK = RunConfig(**{**RECIPES["quick"].settings, "hidden_size": 8, "streams": 2})


def test_the_settings_on_the_page_come_first_and_no_settings_come_twice():
    current = replace(QUICK, hidden_size=40, held_out=0.2, seed=7)
    tried = candidates(current, 1_000_000, 60, Limits())
    assert tried[0] == current
    assert len({tuple(getattr(c, name) for name in SUGGESTED) for c in tried}) == len(tried)
    assert {"textbook", "quick"} <= {config.recipe for config in tried}
    assert {(config.held_out, config.seed) for config in tried} == {(0.2, 7)}
    assert len(candidates(RunConfig(), 1_000_000, 60, Limits())) == len(tried) - 1


def test_candidates_fit_the_text_and_the_limits_and_hold_something_out():
    tried = candidates(RunConfig(held_out=0.0), 400, 60, Limits(weights=35_000))
    assert all(config == config.fitted(400) for config in tried)
    assert all(config.held_out == HELD_OUT for config in tried)
    assert max(config.hidden_size for config in tried) == 128


def test_current_settings_beyond_the_limits_are_refused_and_not_left_out():
    with pytest.raises(TooLarge):
        candidates(replace(QUICK, hidden_size=200), 1_000_000, 60, Limits(weights=35_000))


def test_equal_iterations_give_equal_results_which_are_the_held_out_loss():
    first, second = (list(train_for(IDS, len(VOCABULARY), SMALL, 200)) for _ in range(2))
    assert [mark.bits for mark in first] == [mark.bits for mark in second]
    assert [mark.iteration for mark in first] == [200 * n // MARKS for n in range(1, MARKS + 1)]
    trainer = Trainer(IDS, len(VOCABULARY), **SMALL.trainer_settings())
    for _ in range(200):
        trainer.step()
    assert first[-1].bits == bits_per_character(trainer.held_out_loss(), 1)


def test_a_decay_ends_with_the_trial():
    whole = replace(QUICK, decay_iterations=200, warm_up=20)
    trainer = Trainer(IDS, len(VOCABULARY), **whole.trainer_settings())
    for _ in range(200):
        trainer.step()
    *_, last = train_for(IDS, len(VOCABULARY), QUICK, 200)
    assert last.bits == bits_per_character(trainer.held_out_loss(), 1)


def test_a_trial_takes_about_as_much_cpu_time_as_it_is_given():
    *_, last = run_trial(IDS, len(VOCABULARY), SMALL, seconds=0.2)
    assert last.iteration > MARKS
    assert 0 < last.seconds < 20


def test_a_trial_that_diverges_says_so():
    with pytest.raises(Diverged), np.errstate(all="ignore"):
        list(run_trial(IDS, len(VOCABULARY), replace(SMALL, learning_rate=10.0, hidden_size=200)))


def trial(bits, *, state="done"):
    return Trial(SMALL, state, [] if bits is None else [Mark(100, 2.0, bits)])


def test_the_best_trial_is_suggested_if_it_is_better_than_the_current_settings():
    trials = [trial(2.5), trial(None, state="diverged"), trial(2.2), trial(2.3)]
    assert [t.marks[-1].bits for t in ranked(trials)] == [2.2, 2.3, 2.5]
    assert suggested(trials) is trials[2]
    assert suggested([trial(2.2), trial(2.2 - MIN_GAIN / 2)]) is None
    assert suggested([trial(2.2), trial(2.4)]) is None
    after_divergence = [trial(4.0, state="diverged"), trial(3.9)]
    assert suggested(after_divergence) is after_divergence[1]
    assert suggested([trial(None, state="failed")]) is None

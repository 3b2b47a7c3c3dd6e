"""Each experiment shows what its card says, with its own seed and fewer iterations."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from charrnn.engine.analysis.overfitting import lowest_before_rise
from charrnn.engine.training import SMOOTHING
from charrnn.runs.store import schema
from charrnn.ui.learn import brackets, curves, experiment_runs
from charrnn.ui.learn.all_cards import CARDS
from charrnn.ui.learn.cards import (
    clipping,
    copying,
    hidden_state,
    initial_weights,
    sampling,
    spikes,
    start_of_loss,
    through_time,
)
from charrnn.ui.learn.result import Result
from charrnn.ui.shared.guess import Choice


def card(key):
    return CARDS[key]


@pytest.mark.parametrize("key", CARDS)
def test_every_experiment_can_be_repeated_to_the_same_bits(key, corpus):
    plans = CARDS[key].plans(corpus)
    assert len({plan.label for plan in plans}) == len(plans) <= 3
    assert len({plan.config.seed for plan in plans}) == 1
    assert all(plan.config.seconds == 0 for plan in plans)  # a fast machine gets no further


def test_a_network_beats_counting_pairs_and_then_triples(answer):
    result = answer(card("good-loss"), 15_000)
    verdict = card("good-loss").verdict(result)
    bits, b = result[""].held_out_bits, result[""].run.baselines
    assert b.trigram < bits < b.bigram
    assert verdict.answer == "bigram"
    assert f"{bits:.2f} bits" in verdict.sentence


def test_a_start_at_0_finds_letter_frequencies_alone_and_a_start_at_1_is_saturated(answer):
    result = answer(card("initial-weights"), 10_000)
    zero, small, large = (result[label].held_out_bits for label in initial_weights.LABELS.values())
    unigram = result["initial scale 0"].run.baselines.unigram
    assert zero == pytest.approx(unigram, abs=0.03)
    assert small < unigram - 1
    assert large > small + 1
    assert np.mean(np.abs(result["initial scale 1"].network.hidden) > 0.99) > 0.5
    assert card("initial-weights").verdict(result).answer == "0.01"


def test_a_cleared_hidden_state_costs_most_at_the_start_of_a_window(answer):
    result = answer(card("hidden-state"), 30_000)
    carried, cleared = (hidden_state.by_place(result[x]) for x in ("carried", "cleared"))
    assert cleared.mean() > carried.mean() + hidden_state.LITTLE
    more = cleared - carried  # at each place
    assert more[0] > 0.5
    assert more[0] > 1.5 * more[1:].max()
    assert more[0] > 2 * more[1:].mean()
    assert card("hidden-state").verdict(result).answer == "much"
    before, kept, after = hidden_state.written(result["carried"])
    assert before[-3:].isalpha()
    assert len(kept) == len(after) == hidden_state.GOES_ON
    assert kept != after


def test_brackets_are_closed_with_long_windows_and_gradients_through_time(answer):
    """One test for two cards: both need the same long run."""
    lengths, time = card("seq-length"), card("through-time")
    assert lengths.plans(None)[-1].config == time.plans(None)[0].config
    by_length = answer(lengths, 70_000)
    long = by_length["seq_length 25"]
    shares = {T: brackets.closed(by_length[f"seq_length {T}"]).all for T in (1, 5, 25)}
    assert shares[1] < 0.45 > shares[5]
    assert shares[25] > 0.8
    assert brackets.closed(long).far > 0.7
    assert lengths.verdict(by_length).answer == "25"

    label = through_time.WITHOUT
    cut = answer(time, 70_000, only=[label])[label]  # as long as the one that closes them
    assert brackets.closed(cut).all < 0.45
    assert cut.run.bits > long.run.bits
    wrong = {entry.array for entry in through_time.check(cut) if not entry.agrees}
    assert wrong == {"Wxh", "Whh", "bh"}
    assert all(entry.agrees for entry in through_time.check(long))


def test_the_loss_starts_at_the_loss_of_guessing_and_the_smooth_loss_can_be_drawn_anew(answer):
    outcome = answer(card("start-of-loss"), 3000)[""]
    guessing = 25 * math.log(len(outcome.subject.vocabulary))
    verdict = card("start-of-loss").verdict(answer(card("start-of-loss"), 300))
    assert float(verdict.answer) == pytest.approx(guessing, abs=0.1)
    losses = start_of_loss.window_losses(outcome)
    drawn = start_of_loss.smoothed(losses, guessing, SMOOTHING)
    assert drawn[-1] == pytest.approx(outcome.run.smooth_loss, rel=0.01)
    at_once = start_of_loss.smoothed(losses, guessing, 1.0)
    assert at_once == [loss for _, loss in losses]


def test_a_spike_is_a_hard_window_and_its_cost_is_that_of_training(answer):
    outcome = (result := answer(card("spikes"), 2600))[""]
    found = spikes.spikes(outcome)
    text = outcome.subject.vocabulary.decode(outcome.training_ids)
    assert spikes.snapshot(outcome) == 2000
    assert len(found) == spikes.SPIKES
    for spike in found[:2]:
        window, nats = spikes.costs("here", outcome.run.id, spike.iteration, outcome)
        assert window in text
        assert nats.sum() == pytest.approx(spike.loss, rel=1e-4)
        assert spike.loss > 1.2 * max(spike.before, spike.after)
    assert card("spikes").verdict(result).answer == "text"


def test_without_clipping_training_diverges_and_can_be_rewound(answer, store, workspace, train):
    result = answer(card("clipping"), 5000)
    clipped, free = result["clipped"], result["not clipped"]
    assert clipped.held_out_bits < clipped.run.baselines.unigram - 1
    assert free.run.failure == "diverged"
    assert free.run.iteration < 5000
    assert card("clipping").verdict(result).answer == "diverges"

    good = workspace.store.snapshots.checkpoint_iteration(free.run.id)
    assert good < free.run.iteration
    rate = clipping.SMALLER_RATE
    workspace.request(free.run.id, desired="running", learning_rate=rate)
    train(free.run)
    result = experiment_runs.result_of([outcome.run for outcome in result.outcomes])
    assert result["not clipped"].run.iteration == 5000
    assert result["not clipped"].held_out_bits < clipped.run.baselines.unigram
    assert "was rewound" in card("clipping").verdict(result).sentence
    assert f"a learning rate of {rate:g} it then" in card("clipping").verdict(result).sentence

    with store.database.writing() as db:  # as if it had diverged again
        of_free = schema.runs.c.id == free.run.id
        values = {"status": "failed", "failure": "diverged", "iteration": 1234}
        db.execute(schema.runs.update().where(of_free).values(values))
    again = [workspace.run(outcome.run.id) for outcome in result.outcomes]
    sentence = card("clipping").verdict(experiment_runs.result_of(again)).sentence
    assert "at iteration **1,234**, and training stopped" in sentence
    assert "smaller steps" not in sentence


def test_the_likeliest_characters_go_in_circles_and_a_high_temperature_is_noise(answer):
    result = answer(card("sampling"), 15_000)
    outcome = result[""]
    repeated = {t: sampling.repeated(sampling.written(outcome, t)) for t in (0.0, 1.0, 2.0)}
    assert repeated[0.0] > 0.3 > repeated[1.0] >= repeated[2.0]
    known = {t: sampling.known(outcome, sampling.written(outcome, t)) for t in (0.5, 1.0, 2.0)}
    assert known[0.5] > known[1.0] > known[2.0]
    assert card("sampling").verdict(result).answer == "loops"


def test_a_short_text_is_learned_by_heart(answer):
    result = answer(card("copying"), 20_000)
    outcome = result[""]
    assert lowest_before_rise(outcome.history.evaluations) is not None
    assert outcome.run.bits < outcome.held_out_bits - 0.3
    early = copying.copied(outcome, outcome.subject.snapshot(copying.EARLY))
    assert copying.copied(outcome, outcome.network) > early + 0.03
    verdict = card("copying").verdict(result)
    assert verdict.answer == "rises"
    before = replace(outcome.history, evaluations=outcome.history.evaluations[:1])
    early = curves.rows(Result("", [replace(outcome, history=before)]), held_out=True)
    assert curves.HELD_OUT not in set(early["line"])  # measured before training
    # The sentence and the caption of the chart give the same figures.
    name = "names that it is trained on"
    frame = curves.rows(result, held_out=True, name=name)
    own, held_out = re.findall(r": (\d\.\d\d)", curves.in_words(frame, curves.MAX_BITS))
    assert f"they cost **{held_out}**; its own names cost {own} (smooth loss)" in verdict.sentence


@pytest.mark.parametrize("key", CARDS)
def test_every_card_asks_for_a_guess_among_what_can_happen(key):
    guess = CARDS[key].guess
    if isinstance(guess, Choice):
        assert 2 <= len(guess.answers) <= 5
    else:
        assert guess.low < guess.high < math.inf


@pytest.mark.parametrize("key", CARDS)
def test_no_run_has_a_name_that_says_the_same_thing_twice(key, corpus):
    card = CARDS[key]
    for plan in card.plans(corpus):
        assert not plan.label.lower().startswith(card.title.lower())

"""Which run the Compare page calls the best, and when it calls a difference chance."""

import math
from dataclasses import replace

import pytest

from charrnn.ui.compare import ranking

BIT = math.log(2)  # nats


def at(compared, iteration):
    return replace(compared, run=replace(compared.run, iteration=iteration))


def test_caption_names_the_run_with_the_lowest_loss(compared_run):
    ahead, behind = compared_run(bits=2.5, differing="learning rate 0.1"), compared_run(bits=3.0)
    assert ranking.in_words([behind, ahead]) == (
        "At iteration 1,000 Run 1 (learning rate 0.1) has the lowest held-out loss: 2.50 bits per "
        "character."
    )
    assert ranking.in_words([behind]) == "Run 2 is at 3.00 bits per character."


def evaluated(compared, *evaluations):
    """A run with these evaluations: (iteration, bits per character)."""
    rows = [(n, bits * BIT) for n, bits in evaluations]
    return replace(compared, history=replace(compared.history, evaluations=rows))


def test_caption_compares_at_the_last_iteration_at_which_all_were_evaluated(compared_run):
    further = evaluated(at(compared_run(), 9000), (0, 4.0), (3000, 2.0), (6000, 1.0), (9000, 3.0))
    quicker = evaluated(at(compared_run(), 4700), (0, 4.0), (2000, 2.9), (4000, 2.0))
    assert ranking.in_words([further, quicker]).startswith(
        "At iteration 4,000, the last at which all have been evaluated, Run 1 has the lowest "
        "held-out loss: 1.67 bits per character."
    )


def test_runs_that_hold_different_parts_out_are_compared_by_their_smooth_loss(compared_run):
    one, two = compared_run(bits=2.0), compared_run(bits=2.5, held_out=0.2)
    lowest = "Run 1 has the lowest smooth loss: 2.00 bits per character."
    assert ranking.in_words([one, two]).startswith(f"At iteration 1,000 {lowest}")


def test_without_held_out_text_the_smooth_loss_at_the_last_iteration_of_all_counts(compared_run):
    further, quicker = (evaluated(compared_run(bits=bits, held_out=0.0)) for bits in (3.0, 3.2))
    T = quicker.run.config.seq_length
    further = replace(further, run=replace(further.run, iteration=9000, smooth_loss=T * BIT))
    quicker = at(quicker, 400)
    history = replace(
        further.history,
        metrics=[
            (0, 0.0, 4 * T * BIT, 0.0),
            (390, 0.0, 3.5 * T * BIT, 1.0),
            (410, 0.0, 3.1 * T * BIT, 2.0),
        ],
    )
    assert ranking.in_words([replace(further, history=history), quicker]) == (
        "At iteration 400, the last that all have reached, Run 2 has the lowest smooth "
        "loss: 3.20 bits per character. That is 0.10 bits ahead of the next, and without repeats a "
        "difference below about 0.1 to 0.3 bits may be chance."
    )


def test_losses_that_round_to_the_same_figure_are_called_equal(compared_run):
    runs = [compared_run(bits=b, seq_length=T) for b, T in ((2.504, 10), (2.497, 25), (2.6, 25))]
    assert ranking.in_words(runs[:2]) == (
        "At iteration 1,000 Run 1 and Run 2 have the same held-out loss: 2.50 bits per character."
    )
    assert ranking.in_words(runs) == (
        "At iteration 1,000 Run 1 and Run 2 share the lowest held-out loss: 2.50 bits per "
        "character."
    )


def test_a_small_lead_without_repeats_is_said_to_be_chance_perhaps(compared_run):
    leads = {}
    for lead in (0.05, 0.29, 0.31):
        runs = [compared_run(bits=2.0), compared_run(bits=2.0 + lead, learning_rate=0.3)]
        leads[lead] = "may be chance" in ranking.in_words(runs)
    assert leads == {0.05: True, 0.29: True, 0.31: False}


@pytest.mark.parametrize(
    ("slow", "verdict"),
    [
        (
            (2.5, 2.6, 2.7),
            "Its lead of 0.50 bits is larger than the spread of the repeats, 0.30 bits: "
            "probably more than chance.",
        ),
        (
            (2.1, 2.2, 2.3),
            "Its lead of 0.10 bits is within the spread of the repeats, 0.30 bits: it may be "
            "chance.",
        ),
    ],
)
def test_repeats_are_compared_by_their_means_and_their_spread(repeats, slow, verdict):
    runs = repeats(0.1, *slow) + repeats(0.3, 1.9, 2.2, 2.2)
    assert ranking.in_words(runs) == (
        "At iteration 1,000 learning rate 0.3 has the lowest held-out loss: a mean of 2.10 bits "
        f"per character, from 1.90 to 2.20 in 3 runs. {verdict}"
    )


def test_repeats_alone_show_what_chance_does(repeats):
    assert ranking.in_words(repeats(0.1, 2.0, 2.2)) == (
        "At iteration 1,000 the held-out loss of these 2 runs has a mean of 2.10 bits per "
        "character, from 2.00 to 2.20. They differ in the random seed only: that is how much "
        "chance alone changes."
    )


def test_runs_are_repeats_if_they_differ_in_the_seed_only(compared_run, repeats):
    first, second = repeats(0.1, 2.0, 2.2)
    again = compared_run(bits=2.0, learning_rate=0.1)  # the same seed: nothing new
    other = compared_run(learning_rate=0.1, seed=2, hidden_size=50)
    branch = compared_run(learning_rate=0.1, seed=3)
    branch = replace(branch, run=replace(branch.run, branched_at=500))
    longer = compared_run(learning_rate=0.1, seed=4, iterations=5)  # how long does not matter
    groups = ranking.groups([first, second, again, other, branch, longer])
    assert [group.runs for group in groups] == [(first, second, longer), (other,), (branch,)]
    assert [group.runs for group in ranking.groups([first, again])] == [(first,), (again,)]


def test_repeats_are_compared_at_the_last_iteration_all_of_them_have_reached(repeats):
    first, second = repeats(0.1, 2.0, 2.2)
    (group,) = ranking.groups([first, evaluated(second, (0, 4.0), (600, 2.2))])
    assert group.iteration == 600


def test_runs_of_different_texts_have_no_winner(compared_run):
    one, two = compared_run(bits=2.5), compared_run(bits=3.0)
    two = replace(two, run=replace(two.run, sha256="another"))
    words = ranking.in_words([one, two])
    assert "different texts" in words
    assert "not ranked" in words
    assert "lowest" not in words


def test_caption_names_runs_that_have_not_started_instead_of_comparing(compared_run):
    one, two, three = compared_run(), at(compared_run(), 0), at(compared_run(), 0)
    nothing = "Run 2 is still at iteration 0: there is nothing to compare yet."
    assert ranking.in_words([one, two]) == nothing
    assert ranking.in_words([one, two, three]).startswith(
        "Run 2 and Run 3 are still at iteration 0:"
    )

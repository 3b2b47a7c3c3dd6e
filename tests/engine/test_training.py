"""Training learns, and resumes bit for bit."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.engine.corpus import windows_per_epoch
from charrnn.engine.gauges import Measurement
from charrnn.engine.training import Trainer
from tests.support.learnable_texts import LONG_TEXT, WRAPPING_TEXT, V, a_text
from tests.support.states import assert_same_state

# --- The loop -----------------------------------------------------------------------------------


def test_the_smooth_loss_starts_at_that_of_guessing_and_moves_by_a_thousandth():
    trainer = Trainer(LONG_TEXT, V, hidden_size=8)
    expected = 25 * math.log(V)
    assert trainer.smooth_loss == expected
    for iteration in range(1, 30):
        record = trainer.step()
        expected = 0.999 * expected + 0.001 * record.loss
        assert record.iteration == trainer.iteration == iteration
        assert record.smooth_loss == pytest.approx(expected, rel=1e-12)


def test_training_lowers_the_loss():
    trainer = Trainer(LONG_TEXT, V, hidden_size=30)
    losses = [trainer.step().loss for _ in range(600)]
    assert np.mean(losses[-50:]) < 0.75 * losses[0]


def test_the_hidden_state_is_carried_and_cleared_when_the_text_wraps():
    trainer = Trainer(a_text(60), V, hidden_size=8)
    trainer.step()
    assert trainer.position == 25
    np.testing.assert_array_equal(trainer.window.carried, trainer.window.states[-1])
    assert trainer.window.carried.any()
    trainer.step()
    assert trainer.position == 0
    assert not trainer.window.carried.any()


@pytest.mark.parametrize(
    ("length", "seq_length"), [(26, 25), (27, 25), (51, 25), (52, 25), (1000, 25), (7, 1), (2, 1)]
)
def test_an_epoch_has_as_many_windows_as_the_trainer_reads_before_it_wraps(length, seq_length):
    trainer = Trainer(
        np.zeros(length, np.uint8), 2, hidden_size=1, seq_length=seq_length, held_out=0
    )
    windows = 0
    while windows == 0 or trainer.position:
        trainer.step()
        windows += 1
    assert windows == windows_per_epoch(length, seq_length)


def test_equal_seeds_give_equal_runs_and_other_seeds_other_runs():
    same, again, other = (Trainer(LONG_TEXT, V, hidden_size=8, seed=seed) for seed in (5, 5, 6))
    assert [same.step() for _ in range(20)] == [again.step() for _ in range(20)]
    assert_same_state(same.state(), again.state())
    assert other.step() != again.step()


def test_initial_weights_do_not_depend_on_seq_length():
    one, longer = (Trainer(LONG_TEXT, V, hidden_size=8, seq_length=T, seed=5) for T in (10, 20))
    np.testing.assert_array_equal(one.weights.flat, longer.weights.flat)


def test_sampling_and_measuring_do_not_change_training():
    plain, observed = (
        Trainer(WRAPPING_TEXT, V, hidden_size=8, held_out=0.3, streams=2) for _ in range(2)
    )
    measurement = Measurement(observed.weights)
    for _ in range(30):
        observed.sample(20)
        observed.greedy_sample(20)
        assert observed.held_out_loss() is not None
        assert plain.step() == observed.step(measurement)
    assert_same_state(plain.state(), observed.state())


def test_a_sample_starts_from_the_carried_hidden_state_and_depends_on_the_iteration():
    trainer = Trainer(LONG_TEXT, V, hidden_size=8)
    for _ in range(40):
        trainer.step()
    before = trainer.sample(50)
    np.testing.assert_array_equal(before, trainer.sample(50))  # the same random numbers
    trainer.iteration += 1
    assert (trainer.sample(50) != before).any()  # other random numbers
    trainer.iteration -= 1
    trainer.window.carried = -trainer.window.carried
    assert (trainer.sample(50) != before).any()


def test_a_text_too_short_for_its_windows_is_refused_with_the_length_needed():
    with pytest.raises(ValueError, match="at least 26 are needed"):
        Trainer(a_text(25), V)
    with pytest.raises(ValueError, match=r"each of 4 streams has only 25 characters"):
        Trainer(a_text(103), V, streams=4)
    Trainer(a_text(104), V, streams=4).step()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("optimizer", "adan"),
        ("clipping", "vlue"),
        ("hidden_state", "carry"),
        ("gradients_through_time", "yes"),
        ("schedule", "cosin"),
        ("initial_weights", "orthonormal"),
        ("seq_length", 0),
        ("streams", 0),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_its_name(setting, value):
    with pytest.raises(ValueError, match=rf"{setting} is {value!r}"):
        Trainer(a_text(200), V, **{setting: value})


def test_held_out_text_never_enters_training():
    trained_on = [np.random.default_rng(seed).integers(0, 6, 400) for seed in (0, 0)]
    endings = [np.full(100, 10), np.full(100, 11)]
    one, other = (
        Trainer(np.concatenate([text, end]), V, hidden_size=8, held_out=0.2, streams=3)
        for text, end in zip(trained_on, endings, strict=True)
    )
    assert one.text.max() < 6
    assert one.text.size == 399  # the 400 trained on, in 3 streams of 133
    assert [one.step() for _ in range(20)] == [other.step() for _ in range(20)]
    assert one.held_out_loss() != other.held_out_loss()


def test_a_short_text_has_no_held_out_loss():
    assert Trainer(a_text(100), V, held_out=0.1).held_out_loss() is None


# --- Resuming -----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    stop=st.integers(0, 40),
    streams=st.sampled_from([1, 2, 3]),
    hidden_size=st.sampled_from([1, 7, 16, 33]),
    seed=st.integers(0, 2**32 - 1),
)
def test_resumed_run_equals_uninterrupted_run(stop, streams, hidden_size, seed):
    def new_trainer():
        return Trainer(
            WRAPPING_TEXT, V, hidden_size=hidden_size, seq_length=7, streams=streams, seed=seed
        )

    uninterrupted, stopped = new_trainer(), new_trainer()
    records = [uninterrupted.step() for _ in range(45)]
    for _ in range(stop):
        stopped.step()
    saved = stopped.state()
    stopped.step()  # the saved state is a copy: training on does not change it

    resumed = new_trainer()
    resumed.restore(saved)
    assert [resumed.step() for _ in range(45 - stop)] == records[stop:]
    assert_same_state(resumed.state(), uninterrupted.state())
    np.testing.assert_array_equal(resumed.sample(40), uninterrupted.sample(40))
    assert 45 * 7 * streams > len(WRAPPING_TEXT)  # the text has wrapped


def test_a_changed_learning_rate_is_restored():
    trainer = Trainer(LONG_TEXT, V, hidden_size=8)
    trainer.learning_rate = 0.03
    resumed = Trainer(LONG_TEXT, V, hidden_size=8)
    resumed.restore(trainer.state())
    assert resumed.learning_rate == 0.03


@pytest.mark.parametrize(
    "other", [{"hidden_size": 9}, {"streams": 2}, {"dtype": np.float64}], ids=str
)
def test_a_state_of_another_network_is_refused_and_changes_nothing(other):
    trainer = Trainer(LONG_TEXT, V, hidden_size=8)
    before = trainer.state()
    with pytest.raises(ValueError, match="another size"):
        trainer.restore(Trainer(LONG_TEXT, V, **({"hidden_size": 8} | other)).state())
    assert_same_state(trainer.state(), before)


def test_a_state_from_beyond_the_end_of_the_text_is_refused_and_changes_nothing():
    trainer, ahead = Trainer(a_text(100), V, hidden_size=8), Trainer(LONG_TEXT, V, hidden_size=8)
    for _ in range(4):
        ahead.step()
    before = trainer.state()
    with pytest.raises(ValueError, match="outside this text"):
        trainer.restore(ahead.state())
    assert_same_state(trainer.state(), before)

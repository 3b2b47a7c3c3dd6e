"""The learning rate warms up, stays or decays, and never becomes 0 unless that is asked for."""

import math

import pytest

from charrnn.engine.optimizers.schedule import DECAY_TO, SCHEDULES, Schedule
from charrnn.engine.training import Trainer
from tests.support.learnable_texts import LONG_TEXT, V


@pytest.mark.parametrize("kind", SCHEDULES)
def test_warm_up_rises_in_equal_steps_to_the_full_rate(kind):
    shares = [Schedule(kind, warm_up=4, decay_iterations=100).share(i) for i in range(5)]
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_a_constant_rate_stays():
    assert {Schedule().share(i) for i in (0, 1, 99_999, 100_000, 10**8)} == {1.0}


@pytest.mark.parametrize(
    ("kind", "middle", "quarter"),
    [("linear", 0.5, 0.75), ("cosine", 0.5, (1 + math.sqrt(0.5)) / 2)],
)
def test_decay_follows_its_curve_and_stays_at_its_end(kind, middle, quarter):
    for end in (DECAY_TO, 0, 0.25, 1):
        schedule = Schedule(kind, warm_up=20, decay_iterations=220, decay_to=end)
        for iteration, left in ((20, 1), (70, quarter), (120, middle), (220, 0), (10**8, 0)):
            assert schedule.share(iteration) == pytest.approx(end + (1 - end) * left)


@pytest.mark.parametrize("kind", SCHEDULES)
@pytest.mark.parametrize(("warm_up", "end"), [(0, 1), (5, 5), (50, 10), (0, 1000)])
def test_the_rate_is_never_0_and_never_above_the_full_rate(kind, warm_up, end):
    schedule = Schedule(kind, warm_up, end)
    assert all(0 < schedule.share(i) <= 1 for i in range(1200))


def test_decay_ends_after_so_many_epochs_if_that_is_earlier():
    text = LONG_TEXT[: 2 * 276]  # 10 windows in each of 2 streams
    settings = {"hidden_size": 4, "streams": 2, "schedule": "cosine", "decay_epochs": 7}
    short = Trainer(text, V, decay_iterations=1000, decay_to=0.01, **settings)
    assert short.schedule.decay_iterations == 70
    for _ in range(70):
        assert short.scheduled_learning_rate() > 0.01 * short.learning_rate
        short.step()
    assert short.scheduled_learning_rate() == pytest.approx(0.01 * short.learning_rate)
    assert short.position == 0  # 7 epochs have been read
    assert Trainer(text, V, decay_iterations=50, **settings).schedule.decay_iterations == 50


def test_before_a_decay_the_warm_up_takes_a_tenth_at_most():
    assert Schedule("cosine", warm_up=500, decay_iterations=300).warm_up == 30
    assert Schedule("constant", warm_up=500, decay_iterations=300).warm_up == 500


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ValueError, match="allowed: constant, linear, cosine"):
        Schedule("exponential")


def test_training_uses_the_scheduled_rate_from_the_first_update_on():
    trainer = Trainer(
        LONG_TEXT,
        V,
        hidden_size=8,
        learning_rate=0.1,
        optimizer="sgd",
        schedule="linear",
        warm_up=3,
        decay_iterations=30,
    )
    for iteration in range(33):
        expected = 0.1 * trainer.schedule.share(iteration)
        assert trainer.scheduled_learning_rate() == pytest.approx(expected)
        before = trainer.weights.flat.copy()
        trainer.step()
        change = before - expected * trainer.gradients.flat
        assert trainer.weights.flat == pytest.approx(change, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_decay_equals_that_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
    theirs = {
        "linear": lambda: torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, 50),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50, 0.1 * 0.05),
    }[kind]()
    schedule = Schedule(kind, 0, 50, decay_to=0.05)
    for iteration in range(51):
        assert 0.1 * schedule.share(iteration) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()

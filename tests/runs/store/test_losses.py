"""The mean recent loss and the best smooth loss, from recorded rows."""

import math
from statistics import fmean

import pytest

from charrnn.engine.training import SMOOTHING
from charrnn.runs.recording import should_record
from charrnn.runs.store.losses import loss_figures, mean_between


def rows(until, loss=lambda n: float(n)):
    """The rows that a worker records up to an iteration, whose smooth loss starts at 0."""
    smooth, recorded = 0.0, []
    for n in range(until + 1):
        smooth += SMOOTHING * (loss(n) - smooth)
        if should_record(n):
            recorded.append((n, loss(n), smooth, 0.1))
    return recorded, until, smooth


def test_recent_loss_is_the_mean_of_the_last_200_windows():
    assert loss_figures(*rows(1000)).recent_loss == pytest.approx(sum(range(801, 1001)) / 200)


def test_recent_loss_is_the_mean_of_fewer_windows_at_the_beginning():
    assert loss_figures(*rows(1)).recent_loss == 1.0
    assert loss_figures(*rows(5)).recent_loss == 3.0


def test_recent_loss_is_the_smooth_loss_before_the_first_window():
    assert loss_figures([], 0, 7.0) == (7.0, 7.0)
    assert loss_figures([(0, 9.0, 9.0, 0.1)], 0, 9.0).recent_loss == 9.0
    assert loss_figures([], 500, 7.0).recent_loss == 7.0  # without any row


@pytest.mark.parametrize("until", [2048, 5001, 40_000, 100_003])
def test_recent_loss_is_that_of_all_windows_where_few_are_recorded(until):
    def loss(n):
        return 50.0 + 30 * math.sin(n) - n / 10_000

    recent = loss_figures(*rows(until, loss)).recent_loss
    assert recent == pytest.approx(fmean(map(loss, range(until - 199, until + 1))), rel=0.01)


def test_best_smooth_loss_is_never_above_the_newest():
    falling = [(n, 200.0 - n, 100.0 - n / 2, 0.1) for n in range(101)]
    assert loss_figures(falling, 100, 50.0).best_smooth_loss == 50.0
    assert loss_figures(falling, 101, 49.9).best_smooth_loss == 49.9
    assert loss_figures(falling, 101, 60.0).best_smooth_loss == 50.0


def test_the_mean_between_two_smooth_losses_is_that_of_the_windows_in_between():
    losses = [40.0 + 7 * math.sin(n) - n / 20 for n in range(200)]
    smooth = before = 100.0  # it still contains the loss of guessing
    for loss in losses:
        smooth += SMOOTHING * (loss - smooth)
    weights = [(1 - SMOOTHING) ** (199 - n) for n in range(200)]
    mean = mean_between(before, smooth, 200)
    assert mean == pytest.approx(fmean(losses, weights))
    assert mean == pytest.approx(fmean(losses), rel=0.01)
    assert mean_between(before, before, 0) == before

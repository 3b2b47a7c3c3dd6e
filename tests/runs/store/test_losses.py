"""The mean recent loss and the best smooth loss, from recorded rows."""

import math
from statistics import fmean

import pytest

from charrnn.engine.training import SMOOTHING
from charrnn.runs.recording import should_record
from charrnn.runs.store.losses import loss_figures, mean_between


def rows(until, loss=lambda n: float(n)):
    """The rows that a worker records up to an iteration; the smooth loss is half of the loss."""
    return [(n, loss(n), loss(n) / 2, 0.1) for n in range(until + 1) if should_record(n)]


def test_recent_loss_is_the_mean_of_the_last_200_windows():
    assert loss_figures(rows(1000), 1.0).recent_loss == pytest.approx(sum(range(801, 1001)) / 200)


def test_recent_loss_is_the_mean_of_fewer_windows_at_the_beginning():
    assert loss_figures(rows(1), 1.0).recent_loss == 1.0
    assert loss_figures(rows(5), 1.0).recent_loss == 3.0


def test_recent_loss_is_the_smooth_loss_before_the_first_window():
    assert loss_figures([], 7.0) == (7.0, 7.0)
    assert loss_figures(rows(0, lambda _: 9.0), 9.0).recent_loss == 9.0


@pytest.mark.parametrize("until", [2048, 5000, 40_000, 1_000_000])
def test_recent_loss_is_about_the_newest_even_where_few_windows_are_recorded(until):
    recent = loss_figures(rows(until), 1.0).recent_loss
    assert 0.95 * until < recent <= until


def test_best_smooth_loss_is_never_above_the_newest():
    falling = rows(100, lambda n: 200.0 - n)
    assert loss_figures(falling, 50.0).best_smooth_loss == 50.0
    assert loss_figures(falling, 49.9).best_smooth_loss == 49.9
    assert loss_figures(falling, 60.0).best_smooth_loss == 50.0


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

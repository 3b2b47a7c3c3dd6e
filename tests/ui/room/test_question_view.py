"""The bars of the histogram of guesses."""

import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charrnn.ui.room.question_view import MAX_BARS, bins

GUESS = st.floats(-1e9, 1e9, allow_nan=False)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(GUESS, min_size=1, max_size=60))
def test_every_guess_is_in_one_bar_and_there_are_few(guesses):
    bars = bins(guesses)
    assert sum(count for _, _, count in bars) == len(guesses)
    assert len(bars) <= MAX_BARS + 1
    width = bars[0][1] - bars[0][0]
    assert bars[0][0] <= min(guesses) + 1e-6 * width
    assert max(guesses) <= bars[-1][1] + 1e-6 * width


def test_bars_have_round_widths():
    (low, high, _), *_ = bins([2.1, 2.2, 2.9])
    assert math.isclose(high - low, 0.1)
    (low, high, _), *_ = bins([0, 100])
    assert math.isclose(high - low, 10.0)

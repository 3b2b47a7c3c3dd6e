"""The bars of the histogram of guesses."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charrnn.ui.room.question_view import MAX_BARS, bins, histogram_rows

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


@pytest.mark.parametrize(
    ("guesses", "bars_end", "words"),
    [
        ([1.1, 1.2, 1.2, 1.3, 100.0], 1.4, ["1 above 1.3 →"]),
        ([1.1, 1.3, 1e15], 1.4, ["1 above 1.3 →"]),
        ([2.0, 2.0, 2.0, 1e15], 2.1, ["1 above 2 →"]),
        ([-1e15, *[1.0, 1.1, 1.2, 1.3] * 2, 1e15], 1.4, ["← 1 below 1", "1 above 1.3 →"]),
        ([1.0, 1.0, 1.0, 2.0, 3.0], 3.5, []),
        ([1.0, 1.1, 1.2, 50.0, 51.0], 55.0, []),  # two opinions, and no joke
    ],
)
def test_a_joke_does_not_squeeze_all_other_guesses_into_one_bar(guesses, bars_end, words):
    rows = histogram_rows(guesses, None)
    bars = rows[rows["kind"] == "bar"]
    assert max(rows["high"]) <= bars_end
    assert list(rows["label"][rows["label"] != ""]) == words
    counted = rows[rows["kind"].isin(["bar", "below", "above"])]["count"].sum()
    assert counted == len(guesses)
    assert len(bars) > 1 or len(set(guesses)) == 2


def test_a_guess_no_farther_away_than_the_answer_is_no_joke():
    rows = histogram_rows([1.1, 1.2, 1.2, 1.3, 100.0], 100.0)
    assert set(rows["kind"]) == {"bar", "answer"}

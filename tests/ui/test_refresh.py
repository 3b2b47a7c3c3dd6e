"""When many pages are live, each refreshes less often; together they cost no more than a few."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.ui.refresh import FULL_RATE_PAGES, LivePages, refresh_factor
from charrnn.ui.train.live import TRAINING_INTERVALS, RefreshIntervals

PAGES = st.integers(0, 2000)


@pytest.mark.parametrize("pages", range(1, FULL_RATE_PAGES + 1))
def test_a_few_pages_refresh_at_their_full_rate(pages):
    assert refresh_factor(pages) == 1


def test_each_of_thirty_pages_refreshes_a_quarter_as_often():
    assert refresh_factor(30) == 4
    assert TRAINING_INTERVALS[-1].slowed(4) == RefreshIntervals(math.inf, 4.0, 12.0)


def test_a_page_of_an_idle_run_draws_no_curve_at_a_slower_rate_either():
    assert RefreshIntervals(0.0, 2.0, None).slowed(4) == RefreshIntervals(0.0, 8.0, None)


@given(PAGES, PAGES)
def test_many_pages_together_refresh_no_more_often_than_a_few(pages, before):
    factor = refresh_factor(pages, refresh_factor(before))
    assert pages <= FULL_RATE_PAGES * factor


@given(PAGES)
def test_a_single_page_gets_its_full_rate_back(pages):
    assert refresh_factor(1, refresh_factor(pages)) == 1


@given(PAGES, st.integers(-1, 1))
def test_one_page_coming_and_going_changes_the_factor_at_most_once(pages, step):
    settled = refresh_factor(pages + step, refresh_factor(pages))
    assert refresh_factor(pages, settled) == refresh_factor(
        pages + step, refresh_factor(pages, settled)
    )


def test_a_page_that_stops_refreshing_no_longer_counts():
    live = LivePages()
    for page in range(30):
        live.record_refresh(f"page {page}", 1.0, now=0.0)
    assert live.factor == 4
    live.record_refresh("page 0", 1.0, now=100.0)
    assert live.factor == 1


def test_pages_that_refresh_on_time_keep_counting_at_the_slowest_rate():
    live = LivePages()
    for refresh in range(5):
        for page in range(500):
            live.record_refresh(f"page {page}", 64.0, now=64.0 * refresh + page / 500)
    assert live.factor == 64

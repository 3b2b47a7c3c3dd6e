"""In a crowd each page looks more rarely, and together they take no more than a few would."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.ui.crowd import FULL_PACE_PAGES, Crowd, crowd_factor
from charrnn.ui.live import PACES, Pace

PAGES = st.integers(0, 2000)


@pytest.mark.parametrize("pages", range(1, FULL_PACE_PAGES + 1))
def test_few_pages_look_as_often_as_they_like(pages):
    assert crowd_factor(pages) == 1


def test_thirty_pages_look_a_quarter_as_often():
    assert crowd_factor(30) == 4
    assert PACES[-1].slowed(4) == Pace(math.inf, 4.0, 12.0)


def test_a_resting_page_draws_no_curve_in_a_crowd_either():
    assert Pace(0.0, 2.0, None).slowed(4) == Pace(0.0, 8.0, None)


@given(PAGES, PAGES)
def test_together_they_look_no_more_often_than_a_few(pages, before):
    factor = crowd_factor(pages, crowd_factor(before))
    assert pages <= FULL_PACE_PAGES * factor


@given(PAGES)
def test_the_pace_comes_back_when_they_have_gone(pages):
    assert crowd_factor(1, crowd_factor(pages)) == 1


@given(PAGES, st.integers(-1, 1))
def test_one_who_comes_and_goes_changes_the_pace_once_at_most(pages, step):
    settled = crowd_factor(pages + step, crowd_factor(pages))
    assert crowd_factor(pages, settled) == crowd_factor(pages + step, crowd_factor(pages, settled))


def test_a_page_that_does_not_look_again_is_no_longer_counted():
    crowd = Crowd()
    for page in range(30):
        crowd.note(f"page {page}", 1.0, now=0.0)
    assert crowd.factor == 4
    crowd.note("page 0", 1.0, now=100.0)
    assert crowd.factor == 1


def test_pages_that_look_on_time_stay_counted_at_the_slowest_pace():
    crowd = Crowd()
    for look in range(5):
        for page in range(500):
            crowd.note(f"page {page}", 64.0, now=64.0 * look + page / 500)
    assert crowd.factor == 64

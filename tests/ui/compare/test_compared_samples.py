"""Which sample of each compared run is shown, and under which heading."""

import math
from dataclasses import replace

import pytest

from charrnn.ui.compare import samples


@pytest.mark.parametrize(
    ("position", "by", "iteration"),
    [
        (0, "iteration", 0),
        (499, "iteration", 0),
        (500, "iteration", 500),
        (10**9, "iteration", 1000),
        (math.inf, "second", 1000),
        (2.4, "second", 0),
        (2.5, "second", 500),
        (-1, "iteration", None),
    ],
)
def test_sample_at_a_position_is_the_last_one_up_to_it(compared_run, position, by, iteration):
    assert compared_run().sample_at(position, by=by) == iteration


def test_faster_run_shows_a_later_sample_at_the_same_second(compared_run):
    fast, slow = compared_run(seconds=2.0), compared_run(seconds=20.0)
    assert fast.sample_at(1.5, by="second") == 500
    assert slow.sample_at(1.5, by="second") == 0


def test_every_sample_can_be_reached_by_a_second_on_the_slider(compared_run):
    for seconds in (0.3, 1.0, 3.14159, 7.0):
        compared = compared_run(seconds=seconds)
        positions = samples.positions([compared], "second")
        assert positions[0] == 0
        found = [compared.sample_at(position, by="second") for position in positions]
        assert set(found) == {0, 500, 1000}
        assert all(position == round(position, 1) for position in positions)


def test_slider_covers_the_samples_of_all_runs_with_a_limited_number_of_positions(compared_run):
    compared_runs = [compared_run(sampled=(0, 300)), compared_run(sampled=(0, 500))]
    assert samples.positions(compared_runs, "iteration") == [0, 300, 500]
    many = samples.positions([compared_run(sampled=range(10_000))], "iteration")
    assert len(many) <= samples.MAX_POSITIONS + 1
    assert many[-1] == 9999


@pytest.mark.parametrize(
    ("requested", "chosen"),
    [
        (None, "newest"),
        ("newest", "newest"),
        ("rubbish", "newest"),
        ("500", 500),
        (640, 500),
        (1e9, 1000),
        ("nan", 0),
        ("-inf", 0),
    ],
)
def test_position_in_a_link_selects_the_nearest_option(requested, chosen):
    assert samples._nearest(requested, [0, 500, 1000, "newest"]) == chosen
    assert samples._nearest(requested, ["newest"]) == "newest"


@pytest.mark.parametrize("by", samples.UNITS)
def test_caption_of_the_samples_has_about_the_same_length_at_every_position(by):
    newest = samples.position_in_words(samples.NEWEST, by)
    for position in (0, 500, 12.5, 1_000_000):
        words = samples.position_in_words(position, by)
        assert f"{by} {position:,}" in words
        assert abs(len(words) - len(newest)) <= 8


def test_run_name_in_a_heading_is_escaped(compared_run):
    compared = compared_run(differing="<i>text</i>")
    compared = replace(compared, run=replace(compared.run, name='"><script>x</script>'))
    markup = samples.heading(compared, "iteration 5")
    assert "<script" not in markup
    assert "<i>" not in markup
    assert "&lt;script&gt;" in markup

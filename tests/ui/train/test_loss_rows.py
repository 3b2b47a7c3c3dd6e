"""The rows of the loss chart, and how far its axes extend."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from charrnn.engine.analysis.baselines import BASELINE_LABELS, Baselines
from charrnn.ui.shared.charts.specs import AXES, UNITS, doubled
from charrnn.ui.train.loss_rows import (
    HELD_OUT_LABEL,
    LABEL_DISTANCE,
    MAX_DOTS,
    PLOT_HEIGHT,
    loss_rows,
)
from tests.support.run_views import BASELINES, BIT, STREAMS, T, make_view


def rows(view, kind, *, unit="bits", axis="iteration"):
    frame = loss_rows(view, unit, axis)
    return frame[frame["kind"] == kind]


def corners(view, *, unit="bits", axis="iteration"):
    """(right end of the x axis, bottom and top of the y axis), as the corners set them."""
    extent = rows(view, "corner", unit=unit, axis=axis)
    return extent["x"].max(), extent["y"].min(), extent["y"].max()


# --- Rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("bits", 3.0),
        ("nats", 20.794415),  # 3 bits, 10 characters: 30 ln 2
        ("perplexity", 8.0),
    ],
)
def test_every_unit_shows_the_same_loss(unit, expected):
    view = make_view(curve=[(0, 5.0, 5.0), (200, 3.0, 3.0)])
    for kind in ("loss", "smooth"):
        newest = rows(view, kind, unit=unit).iloc[-1]
        assert newest["y"] == pytest.approx(expected, rel=1e-6)
    assert newest["bits"] == pytest.approx(3)
    assert newest["nats"] == pytest.approx(30 * BIT)
    assert newest["perplexity"] == pytest.approx(8)


@pytest.mark.parametrize(
    ("axis", "expected"), [("iteration", 200), ("characters", 200 * T * STREAMS), ("seconds", 2.0)]
)
def test_every_axis_shows_the_same_progress(axis, expected):
    view = make_view(iteration=200, bits=3.0)
    newest = rows(view, "smooth", axis=axis).iloc[-1]
    assert newest["x"] == pytest.approx(expected)
    assert (newest["iteration"], newest["characters"]) == (200, 8000)


def test_held_out_loss_is_not_divided_by_the_window_again():
    view = make_view(iteration=200, bits=3.0, evaluations=[(0, 5 * BIT), (200, 4 * BIT)])
    held = rows(view, "held-out")
    assert held["x"].tolist() == [0, 200]
    assert held["y"].tolist() == pytest.approx([5, 4])
    assert held["seconds"].tolist() == [0, 2]


def labels(view):
    """{label: height in bits} of the lines, from bottom to top."""
    frame = loss_rows(view, "bits", "iteration")
    frame = frame[frame["kind"].str.endswith(" label")].sort_values("y")
    return dict(zip(frame["label"], frame["y"].tolist(), strict=True))


def test_held_out_line_is_labelled_as_soon_as_it_has_two_points():
    for evaluations in ([], [(0, 5 * BIT)]):
        assert HELD_OUT_LABEL not in labels(make_view(iteration=200, evaluations=evaluations))
    view = make_view(iteration=200, evaluations=[(0, 5 * BIT), (200, 3.5 * BIT)])
    assert labels(view)[HELD_OUT_LABEL] == pytest.approx(3.5)


@pytest.mark.parametrize("held_out", [0.0, 1.0, 1.9, 2.0, 2.1, 2.5, 3.0, 4.05, 6.0, 14.0, 50.0])
@pytest.mark.parametrize("baselines", [BASELINES, Baselines(5.0, 4.9, 4.9, 4.8)])
def test_labels_of_lines_are_in_order_apart_and_inside_the_chart(held_out, baselines):
    evaluations = [(0, 5 * BIT), (200, held_out * BIT)]
    view = make_view(iteration=200, bits=1.0, evaluations=evaluations, baselines=baselines)
    _, bottom, top = corners(view)
    heights = list(labels(view).values())
    distance = LABEL_DISTANCE * (top - bottom) / PLOT_HEIGHT
    assert len(heights) == 5
    assert all(b - a >= 0.99 * distance for a, b in pairwise(heights))
    assert bottom - 1e-3 <= heights[0]
    assert heights[-1] <= top + 1e-3
    assert rows(view, "held-out")["y"].between(bottom, top).all()
    for name, bits in zip(BASELINE_LABELS.values(), baselines, strict=True):
        assert labels(view)[name] == pytest.approx(bits, abs=float(4.1 * distance))


def test_a_label_is_beside_its_line_where_there_is_room():
    assert labels(make_view(iteration=200)) == pytest.approx(
        dict(zip(BASELINE_LABELS.values(), BASELINES, strict=True))
    )


@pytest.mark.parametrize("unit", UNITS)
def test_baselines_are_at_their_bits(unit):
    baselines = rows(make_view(iteration=200), "baseline", unit=unit)
    assert baselines["bits"].tolist() == pytest.approx([5, 4, 3, 2])
    assert baselines["y"].tolist() == pytest.approx(baselines[unit].tolist())
    assert list(BASELINE_LABELS) == list(BASELINES._fields)


def test_rate_changes_and_samples_between_two_points_are_on_the_curve():
    view = make_view(
        curve=[(0, 5.0, 5.0), (200, 3.0, 3.0)],
        rate_changes=[(100, 0.03)],
        sample_iterations=[0, 50],
    )
    change = rows(view, "rate").iloc[0]
    assert (change["x"], change["y"], change["seconds"]) == pytest.approx((100, 4.0, 1.0))
    assert change["label"] == "learning rate 0.03"
    assert rows(view, "sample")["y"].tolist() == pytest.approx([5.0, 4.5])


@pytest.mark.parametrize("n_samples", [1, 2, 99, 100, 101, 150, 1000, 4097])
def test_dots_for_samples_are_thinned_but_keep_the_first_and_the_newest(n_samples):
    iterations = list(range(0, 1000 * n_samples, 1000))
    view = make_view(iteration=1000 * n_samples, sample_iterations=iterations)
    dots = rows(view, "sample")["x"].tolist()
    assert min(n_samples, MAX_DOTS // 2) <= len(dots) <= MAX_DOTS + 1 <= 101
    assert (dots[0], dots[-1]) == (0, iterations[-1])
    assert dots == sorted(set(dots))


def test_a_perplexity_beyond_all_numbers_still_draws():
    view = make_view(curve=[(0, 5.0, 5.0), (9, 1e6, 1e6)])
    frame = loss_rows(view, "perplexity", "iteration")
    assert frame[["x", "y"]].map(math.isfinite).all(axis=None)


def test_a_slider_on_its_way_leaves_one_mark():
    on_its_way = [(1000, 0.05), (1004, 0.03), (1009, 0.02), (3000, 0.01)]
    view = make_view(iteration=10_000, rate_changes=on_its_way, bits=3.0)
    assert list(rows(view, "rate")["label"]) == ["learning rate 0.02", "learning rate 0.01"]


def test_the_best_snapshot_is_marked_once_a_later_evaluation_was_worse():
    falling = make_view(iteration=2000, evaluations=[(0, 5 * BIT), (1000, 3 * BIT)])
    best = (1000, 3 * BIT)
    assert rows(replace(falling, best=best), "best").empty
    risen = replace(falling, evaluations=[*falling.evaluations, (2000, 4 * BIT)], best=best)
    (mark,) = rows(risen, "best").to_dict("records")
    assert (mark["x"], mark["label"]) == (1000, "best: iteration 1,000")
    assert mark["y"] == pytest.approx(3)
    assert rows(replace(risen, best=None), "best").empty


# --- Extent -------------------------------------------------------------------------------------


def test_the_x_axis_doubles_only_when_it_is_full():
    assert [doubled(100, n) for n in (0, 100, 101, 200, 201, 5000)] == [
        *(100, 100, 200, 200, 400, 6400)
    ]


@pytest.mark.parametrize("axis", AXES)
def test_the_x_axis_grows_by_doubling_and_contains_the_curve(axis):
    ends = []
    for iteration in [n for k in range(9) for n in (100 * 2**k, 100 * 2**k + 1)]:
        view = make_view(iteration=iteration)
        end, _, _ = corners(view, axis=axis)
        assert rows(view, "smooth", axis=axis)["x"].max() <= end
        ends.append(end)
    steps = sorted(set(ends))
    assert ends == sorted(ends)
    assert all(b == 2 * a for a, b in pairwise(steps))
    assert len(steps) > 5


def test_the_x_axis_ends_at_the_iteration_limit():
    assert corners(make_view(iteration=900, iterations=1000))[0] == 1000
    assert corners(make_view(iteration=1200, iterations=1000))[0] == 1200


@pytest.mark.parametrize("bits", [5.0, 4.9, 3.0, 1.0, 0.1])
def test_the_y_axis_contains_the_curve_and_the_baselines(bits):
    _, bottom, top = corners(make_view(iteration=200, bits=bits))
    assert 0 <= bottom < min(bits, BASELINES.trigram)
    assert top > BASELINES.uniform


def test_the_y_axis_does_not_move_while_the_loss_changes_a_little():
    spans = {corners(make_view(iteration=200, bits=4 - n / 100))[1:] for n in range(100)}
    assert len(spans) == 1


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("low", [1.05, 0.3, 1e-3])
def test_windows_below_the_smooth_loss_are_drawn_where_they_are(unit, low):
    view = make_view(curve=[(0, 5.0, 5.0), (100, low, 2.6), (200, low, 2.5)])
    _, bottom, top = corners(view, unit=unit)
    drawn = rows(view, "loss", unit=unit)
    assert drawn["bits"].tolist() == pytest.approx([5.0, low, low], rel=1e-5)
    assert drawn["y"].between(bottom, top).all()


@pytest.mark.parametrize("unit", UNITS)
def test_an_outlier_window_does_not_stretch_the_axis(unit):
    without = make_view(curve=[(0, 5.0, 5.0), (100, 4.0, 4.0), (200, 3.9, 3.9)])
    view = make_view(curve=[(0, 5.0, 5.0), (100, 40.0, 4.0), (200, 3.9, 3.9)])
    assert corners(view, unit=unit) == corners(without, unit=unit)
    _, bottom, top = corners(view, unit=unit)
    assert rows(view, "loss", unit=unit)["y"].between(bottom, top).all()
    assert rows(view, "smooth", unit=unit)["y"].tolist() == pytest.approx(
        rows(without, "smooth", unit=unit)["y"].tolist()
    )

"""The loss chart: its rows and its specification, not its pixels."""

import math
from itertools import pairwise, product

import pytest

from charrnn.engine.analysis.baselines import Baselines
from charrnn.ui.shared.charts.specs import AXES, LARGE_TEXT, UNITS, doubled
from charrnn.ui.train.loss_chart import loss_spec
from charrnn.ui.train.loss_rows import (
    BASELINE_LABELS,
    HELD_OUT_LABEL,
    LABEL_DISTANCE,
    LABEL_RISE,
    MAX_DOTS,
    PLOT_HEIGHT,
    loss_rows,
)
from tests.support.run_views import BASELINES, BIT, STREAMS, T, make_view

ALL_AXES = list(product(UNITS, AXES))


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


def held_out_label(*evaluations, bits=2.9):
    """Where the label of the held-out line is: [(iteration, bits)], empty if there is none."""
    evaluations = [(n, b * BIT) for n, b in evaluations]
    labels = rows(make_view(iteration=200, bits=bits, evaluations=evaluations), "held-out label")
    assert set(labels["label"]) <= {HELD_OUT_LABEL}
    return list(zip(labels["x"], labels["y"], strict=True))


def test_held_out_line_is_labelled_at_its_end_as_soon_as_it_has_two_points():
    assert held_out_label() == []
    assert held_out_label((0, 5)) == []
    ((x, y),) = held_out_label((0, 5), (200, 3.3))
    assert (x, y) == (200, pytest.approx(3.3, abs=0.5))


@pytest.mark.parametrize("bits", [2.5, 3.5])
def test_held_out_label_is_on_the_far_side_of_the_bold_line(bits):
    ((_, y),) = held_out_label((0, 5), (200, 3.0), bits=bits)
    assert (y > 3.0) == (bits < 3.0)


@pytest.mark.parametrize("held_out", [n / 10 for n in range(16, 52)])
def test_held_out_label_keeps_its_distance_from_baselines_and_their_labels(held_out):
    for bits in (1.5, 4.9):
        evaluations = [(0, 5 * BIT), (200, held_out * BIT)]
        view = make_view(iteration=200, bits=bits, evaluations=evaluations)
        (y,) = rows(view, "held-out label")["y"]
        _, bottom, top = corners(view)
        pixel = (top - bottom) / PLOT_HEIGHT
        for baseline in BASELINES:
            middle_of_label = baseline + LABEL_RISE * pixel
            assert abs(y - baseline) >= 0.99 * LABEL_RISE * pixel
            assert abs(y - middle_of_label) >= 0.99 * LABEL_DISTANCE * pixel


@pytest.mark.parametrize("held_out", [0.0, 1.0, 6.0, 14.0, 50.0])
def test_held_out_line_and_label_stay_inside_the_chart_at_any_height(held_out):
    evaluations = [(0, 5 * BIT), (200, held_out * BIT)]
    view = make_view(iteration=200, bits=1.0, evaluations=evaluations)
    _, bottom, top = corners(view)
    label = rows(view, "held-out label")["y"]
    assert rows(view, "held-out")["y"].between(bottom, top).all()
    assert label.between(bottom, top).all()
    assert label.iloc[0] == pytest.approx(held_out, abs=float(40 * (top - bottom) / PLOT_HEIGHT))


@pytest.mark.parametrize("unit", UNITS)
def test_baselines_are_at_their_bits_and_labelled(unit):
    baselines = rows(make_view(iteration=200), "baseline", unit=unit)
    assert baselines["bits"].tolist() == pytest.approx([5, 4, 3, 2])
    assert baselines["y"].tolist() == pytest.approx(baselines[unit].tolist())
    assert baselines["label"].tolist() == list(BASELINE_LABELS.values())
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
    labels = list(rows(view, "rate")["label"])
    assert labels == ["learning rate 0.02", "learning rate 0.01"]


def test_baselines_that_are_close_share_a_label():
    view = make_view(baselines=Baselines(5.0, 4.9, 3.0, 2.0))
    labels = list(rows(view, "baseline")["label"])
    assert labels == ["guessing, character frequencies", "", "bigrams", "trigrams"]


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
@pytest.mark.parametrize("spike", [40.0, 1e-3])
def test_an_outlier_window_does_not_stretch_the_axis(unit, spike):
    without = make_view(curve=[(0, 5.0, 5.0), (100, 4.0, 4.0), (200, 3.9, 3.9)])
    view = make_view(curve=[(0, 5.0, 5.0), (100, spike, 4.0), (200, 3.9, 3.9)])
    assert corners(view, unit=unit) == corners(without, unit=unit)
    _, bottom, top = corners(view, unit=unit)
    assert rows(view, "loss", unit=unit)["y"].between(bottom, top).all()
    assert rows(view, "smooth", unit=unit)["y"].tolist() == pytest.approx(
        rows(without, "smooth", unit=unit)["y"].tolist()
    )


# --- Specification ------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_the_specification_is_cached_and_contains_no_data(unit, axis):
    spec = loss_spec(unit, axis)
    before = repr(spec)
    loss_rows(make_view(iteration=200), unit, axis)
    assert loss_spec(unit, axis) is spec
    assert repr(spec) == before
    assert not {"data", "datasets", "config", "$schema"} & set(spec)
    named = [layer["data"] for layer in spec["layer"] if "data" in layer]
    assert all(data == {"name": "source"} for data in named)


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_axes_have_titles_and_marks_are_clipped(unit, axis):
    titles = {"x": AXES[axis], "y": UNITS[unit]}
    seen = set()
    for layer in loss_spec(unit, axis)["layer"]:
        assert layer["mark"].get("clip") or layer["mark"].get("opacity") == 0
        for channel, title in titles.items():
            encoding = layer["encoding"].get(channel, {})
            if encoding.get("field") == channel:
                assert encoding["title"] == title
                seen.add(channel)
    assert seen == {"x", "y"}


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_every_kind_of_row_has_a_layer_and_every_field_a_column(unit, axis):
    evaluations = [(0, 3.4), (200, 3.0)]
    view = make_view(iteration=200, evaluations=evaluations, rate_changes=[(100, 0.03)], bits=3.0)
    frame, text = loss_rows(view, unit, axis), repr(loss_spec(unit, axis))
    for kind in frame["kind"].unique():
        assert f"datum.kind === '{kind}'" in text
    for layer in loss_spec(unit, axis)["layer"]:
        channels = layer["encoding"].values()
        channels = [c for one in channels for c in (one if isinstance(one, list) else [one])]
        assert {c["field"] for c in channels if "field" in c} <= set(frame.columns)


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_text_in_the_chart_is_large_enough_for_a_projector(unit, axis):
    sizes = []
    for layer in loss_spec(unit, axis)["layer"]:
        if layer["mark"]["type"] == "text":
            sizes.append(layer["mark"]["fontSize"])
        axes = [layer["encoding"].get(channel, {}).get("axis") for channel in "xy"]
        sizes += [axis[name] for axis in axes if axis for name in LARGE_TEXT]
    assert len(sizes) > 3
    assert min(sizes) >= 13


def test_only_perplexity_has_a_logarithmic_scale():
    for unit in UNITS:
        scale = loss_spec(unit, "iteration")["layer"][0]["encoding"]["y"]["scale"]
        assert (scale.get("type") == "log") == (unit == "perplexity")

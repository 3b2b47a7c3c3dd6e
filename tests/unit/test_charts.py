"""What the loss chart shows: rows and specification, not pixels."""

import math
from dataclasses import replace
from itertools import pairwise, product

import pytest

from charrnn.engine.landmarks import Landmarks
from charrnn.ui.charts import (
    AXES,
    HELD_OUT_NAME,
    LANDMARK_NAMES,
    LARGE_TEXT,
    MAX_DOTS,
    NAME_APART,
    NAME_RISE,
    PLOT_HEIGHT,
    UNITS,
    doubled,
    loss_rows,
    loss_spec,
)
from tests.moments import BIT, CORPUS, MARKS, STREAMS, T, a_snapshot

ALL_AXES = list(product(UNITS, AXES))


def rows(snapshot, kind, *, unit="bits", axis="iteration"):
    frame = loss_rows(snapshot, unit, axis)
    return frame[frame["kind"] == kind]


def corners(snapshot, *, unit="bits", axis="iteration"):
    """(right end of the x axis, bottom and top of the y axis)."""
    extent = rows(snapshot, "extent", unit=unit, axis=axis)
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
def test_units_say_the_same(unit, expected):
    now = a_snapshot(metrics=[(0, 5.0, 5.0), (200, 3.0, 3.0)])
    for kind in ("loss", "smooth"):
        newest = rows(now, kind, unit=unit).iloc[-1]
        assert newest["y"] == pytest.approx(expected, rel=1e-6)
    assert newest["bits"] == pytest.approx(3)
    assert newest["nats"] == pytest.approx(30 * BIT)
    assert newest["perplexity"] == pytest.approx(8)


@pytest.mark.parametrize(
    ("axis", "expected"), [("iteration", 200), ("characters", 200 * T * STREAMS), ("seconds", 2.0)]
)
def test_axes_say_the_same(axis, expected):
    now = a_snapshot(iteration=200, bits=3.0)
    newest = rows(now, "smooth", axis=axis).iloc[-1]
    assert newest["x"] == pytest.approx(expected)
    assert (newest["iteration"], newest["characters"]) == (200, 8000)


def test_the_held_out_loss_is_for_each_character_already():
    now = a_snapshot(iteration=200, bits=3.0, evaluations=[(0, 5 * BIT), (200, 4 * BIT)])
    held = rows(now, "held")
    assert held["x"].tolist() == [0, 200]
    assert held["y"].tolist() == pytest.approx([5, 4])
    assert held["seconds"].tolist() == [0, 2]


def held_out_name(*evaluations, bits=2.9):
    """Where the held-out line is named: [(iteration, bits)]."""
    exams = [(n, b * BIT) for n, b in evaluations]
    named = rows(a_snapshot(iteration=200, bits=bits, evaluations=exams), "held name")
    assert set(named["label"]) <= {HELD_OUT_NAME}
    return list(zip(named["x"], named["y"], strict=True))


def test_the_held_out_line_is_named_at_its_end_once_there_is_a_line():
    assert held_out_name() == []
    assert held_out_name((0, 5)) == []
    ((x, y),) = held_out_name((0, 5), (200, 3.3))
    assert (x, y) == (200, pytest.approx(3.3, abs=0.5))


@pytest.mark.parametrize("bits", [2.5, 3.5])
def test_the_name_of_the_held_out_line_is_off_the_bold_line(bits):
    ((_, y),) = held_out_name((0, 5), (200, 3.0), bits=bits)
    assert (y > 3.0) == (bits < 3.0)


@pytest.mark.parametrize("held_out", [n / 10 for n in range(16, 52)])
def test_the_name_of_the_held_out_line_stays_clear_of_landmarks(held_out):
    for bits in (1.5, 4.9):
        exams = [(0, 5 * BIT), (200, held_out * BIT)]
        now = a_snapshot(iteration=200, bits=bits, evaluations=exams)
        (y,) = rows(now, "held name")["y"]
        _, bottom, top = corners(now)
        pixel = (top - bottom) / PLOT_HEIGHT
        for mark in MARKS:
            middle_of_label = mark + NAME_RISE * pixel
            assert abs(y - mark) >= 0.99 * NAME_RISE * pixel
            assert abs(y - middle_of_label) >= 0.99 * NAME_APART * pixel


@pytest.mark.parametrize("held_out", [0.0, 1.0, 6.0, 14.0, 50.0])
def test_the_held_out_line_and_its_name_stay_in_the_chart_however_high_it_rises(held_out):
    exams = [(0, 5 * BIT), (200, held_out * BIT)]
    now = a_snapshot(iteration=200, bits=1.0, evaluations=exams)
    _, bottom, top = corners(now)
    name = rows(now, "held name")["y"]
    assert rows(now, "held")["y"].between(bottom, top).all()
    assert name.between(bottom, top).all()
    assert name.iloc[0] == pytest.approx(held_out, abs=float(40 * (top - bottom) / PLOT_HEIGHT))


@pytest.mark.parametrize("unit", UNITS)
def test_landmarks_lie_at_their_bits_and_say_what_they_are(unit):
    marks = rows(a_snapshot(iteration=200), "landmark", unit=unit)
    assert marks["bits"].tolist() == pytest.approx([5, 4, 3, 2])
    assert marks["y"].tolist() == pytest.approx(marks[unit].tolist())
    assert marks["label"].tolist() == list(LANDMARK_NAMES.values())
    assert list(LANDMARK_NAMES) == list(MARKS._fields)


def test_what_happened_between_two_rows_lies_on_the_curve():
    now = a_snapshot(
        metrics=[(0, 5.0, 5.0), (200, 3.0, 3.0)],
        rate_changes=[(100, 0.03)],
        sample_iterations=[0, 50],
    )
    change = rows(now, "rate").iloc[0]
    assert (change["x"], change["y"], change["seconds"]) == pytest.approx((100, 4.0, 1.0))
    assert change["label"] == "learning rate 0.03"
    assert rows(now, "sample")["y"].tolist() == pytest.approx([5.0, 4.5])


@pytest.mark.parametrize("n_samples", [1, 2, 99, 100, 101, 150, 1000, 4097])
def test_dots_for_samples_are_few_and_the_newest_is_among_them(n_samples):
    iterations = list(range(0, 1000 * n_samples, 1000))
    now = a_snapshot(iteration=1000 * n_samples, sample_iterations=iterations)
    dots = rows(now, "sample")["x"].tolist()
    assert min(n_samples, MAX_DOTS // 2) <= len(dots) <= MAX_DOTS + 1 <= 101
    assert (dots[0], dots[-1]) == (0, iterations[-1])
    assert dots == sorted(set(dots))


def test_a_perplexity_beyond_all_numbers_still_draws():
    now = a_snapshot(metrics=[(0, 5.0, 5.0), (9, 1e6, 1e6)])
    frame = loss_rows(now, "perplexity", "iteration")
    assert frame[["x", "y"]].map(math.isfinite).all(axis=None)


def test_a_slider_on_its_way_leaves_one_mark():
    on_its_way = [(1000, 0.05), (1004, 0.03), (1009, 0.02), (3000, 0.01)]
    now = a_snapshot(iteration=10_000, rate_changes=on_its_way, bits=3.0)
    labels = list(rows(now, "rate")["label"])
    assert labels == ["learning rate 0.02", "learning rate 0.01"]


def test_landmarks_that_lie_close_share_a_label():
    close = replace(CORPUS, landmarks=Landmarks(5.0, 4.9, 3.0, 2.0))
    now = replace(a_snapshot(), corpus=close)
    labels = list(rows(now, "landmark")["label"])
    assert labels == ["guessing, letter frequencies", "", "pairs of letters", "triples"]


# --- Extent -------------------------------------------------------------------------------------


def test_doubling_starts_anew_only_when_it_is_full():
    assert [doubled(100, n) for n in (0, 100, 101, 200, 201, 5000)] == [
        *(100, 100, 200, 200, 400, 6400)
    ]


@pytest.mark.parametrize("axis", AXES)
def test_the_x_axis_grows_by_doubling_and_holds_the_curve(axis):
    ends = []
    for iteration in [n for k in range(9) for n in (100 * 2**k, 100 * 2**k + 1)]:
        now = a_snapshot(iteration=iteration)
        end, _, _ = corners(now, axis=axis)
        assert rows(now, "smooth", axis=axis)["x"].max() <= end
        ends.append(end)
    steps = sorted(set(ends))
    assert ends == sorted(ends)
    assert all(b == 2 * a for a, b in pairwise(steps))
    assert len(steps) > 5


def test_the_x_axis_does_not_go_past_the_limit_of_the_run():
    assert corners(a_snapshot(iteration=900, iterations=1000))[0] == 1000
    assert corners(a_snapshot(iteration=1200, iterations=1000))[0] == 1200


@pytest.mark.parametrize("bits", [5.0, 4.9, 3.0, 1.0, 0.1])
def test_the_y_axis_holds_curve_and_landmarks(bits):
    _, bottom, top = corners(a_snapshot(iteration=200, bits=bits))
    assert 0 <= bottom < min(bits, MARKS.trigram)
    assert top > MARKS.uniform


def test_the_y_axis_rests_while_the_loss_moves_a_little():
    spans = {corners(a_snapshot(iteration=200, bits=4 - n / 100))[1:] for n in range(100)}
    assert len(spans) == 1


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("spike", [40.0, 1e-3])
def test_one_window_far_out_does_not_stretch_the_axis(unit, spike):
    calm = a_snapshot(metrics=[(0, 5.0, 5.0), (100, 4.0, 4.0), (200, 3.9, 3.9)])
    now = a_snapshot(metrics=[(0, 5.0, 5.0), (100, spike, 4.0), (200, 3.9, 3.9)])
    assert corners(now, unit=unit) == corners(calm, unit=unit)
    _, bottom, top = corners(now, unit=unit)
    assert rows(now, "loss", unit=unit)["y"].between(bottom, top).all()
    assert rows(now, "smooth", unit=unit)["y"].tolist() == pytest.approx(
        rows(calm, "smooth", unit=unit)["y"].tolist()
    )


# --- Specification ------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_the_specification_is_made_once_and_holds_no_data(unit, axis):
    spec = loss_spec(unit, axis)
    before = repr(spec)
    loss_rows(a_snapshot(iteration=200), unit, axis)
    assert loss_spec(unit, axis) is spec
    assert repr(spec) == before
    assert not {"data", "datasets", "config", "$schema"} & set(spec)
    named = [layer["data"] for layer in spec["layer"] if "data" in layer]
    assert all(data == {"name": "source"} for data in named)


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_axes_are_titled_and_what_is_drawn_stays_inside(unit, axis):
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
def test_every_kind_of_row_has_a_layer_and_every_column_is_there(unit, axis):
    exams = [(0, 3.4), (200, 3.0)]
    now = a_snapshot(iteration=200, evaluations=exams, rate_changes=[(100, 0.03)], bits=3.0)
    frame, text = loss_rows(now, unit, axis), repr(loss_spec(unit, axis))
    for kind in frame["kind"].unique():
        assert f"datum.kind === '{kind}'" in text
    for layer in loss_spec(unit, axis)["layer"]:
        channels = layer["encoding"].values()
        channels = [c for one in channels for c in (one if isinstance(one, list) else [one])]
        assert {c["field"] for c in channels if "field" in c} <= set(frame.columns)


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_what_is_written_in_the_chart_can_be_read_from_afar(unit, axis):
    sizes = []
    for layer in loss_spec(unit, axis)["layer"]:
        if layer["mark"]["type"] == "text":
            sizes.append(layer["mark"]["fontSize"])
        axes = [layer["encoding"].get(channel, {}).get("axis") for channel in "xy"]
        sizes += [axis[name] for axis in axes if axis for name in LARGE_TEXT]
    assert len(sizes) > 3
    assert min(sizes) >= 13


def test_only_perplexity_is_drawn_in_powers():
    for unit in UNITS:
        scale = loss_spec(unit, "iteration")["layer"][0]["encoding"]["y"]["scale"]
        assert (scale.get("type") == "log") == (unit == "perplexity")

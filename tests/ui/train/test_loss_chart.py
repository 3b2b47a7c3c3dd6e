"""The specification of the loss chart, not its pixels."""

import json
from itertools import product

import pytest

from charrnn.ui.shared.charts import specs
from charrnn.ui.shared.charts.specs import AXES, LARGE_TEXT, UNITS
from charrnn.ui.style import DARK, LIGHT
from charrnn.ui.train.loss_chart import loss_spec
from charrnn.ui.train.loss_rows import loss_rows
from tests.support.run_views import make_view

ALL_AXES = list(product(UNITS, AXES))


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_the_specification_is_cached_and_contains_no_data(unit, axis):
    spec = loss_spec(unit, axis)
    before = repr(spec)
    loss_rows(make_view(iteration=200), unit, axis)
    assert loss_spec(unit, axis) is spec
    assert repr(spec) == before
    assert not {"data", "datasets", "$schema"} & set(spec)
    named = [layer["data"] for layer in spec["layer"] if "data" in layer]
    assert all(data == {"name": "source"} for data in named)


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_axes_have_titles_and_marks_are_clipped(unit, axis):
    titles = {"x": AXES[axis], "y": UNITS[unit]}
    seen = set()
    for layer in loss_spec(unit, axis)["layer"]:
        # The labels of the lines are in the margin and hide themselves.
        opacity = layer["mark"].get("opacity")
        assert layer["mark"].get("clip") or opacity == 0 or isinstance(opacity, dict)
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
        assert f"'{kind}'" in text
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


@pytest.mark.parametrize(("unit", "axis"), ALL_AXES)
def test_every_tooltip_is_formatted_and_titled_and_only_the_top_layer_has_one(unit, axis):
    spec = loss_spec(unit, axis)
    *below, top = spec["layer"]
    for layer in below:
        assert layer["mark"]["tooltip"] is None
        assert "tooltip" not in layer["encoding"]
    assert all(line["title"] and line["format"] for line in top["encoding"]["tooltip"])
    views = {param["name"]: param["views"] for param in spec["params"]}
    assert views["pick"] == views["nearest"] == [top["name"]]


def test_the_dark_theme_has_its_own_colors(monkeypatch):
    light = json.dumps(loss_spec("bits", "iteration"))
    monkeypatch.setattr(specs, "is_dark", lambda: True)
    dark = json.dumps(loss_spec("bits", "iteration"))
    for name in ("accent", "held_out", "muted", "paper", "line"):
        assert getattr(LIGHT, name) in light
        assert getattr(LIGHT, name) not in dark
        assert getattr(DARK, name) in dark

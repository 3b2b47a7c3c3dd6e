"""The chart of the compared runs: its rows, its axes, the style of each line, and the legend."""

import json
from dataclasses import replace
from itertools import product

import pytest

from charrnn.runs.config import RunConfig
from charrnn.ui.compare import curves_chart
from charrnn.ui.compare.compared_run import read
from charrnn.ui.compare.line_style import COLORS, DASHES, LineStyle, styles
from charrnn.ui.shared.charts.specs import AXES


def curve(compared, axis="iteration", *others):
    frame = curves_chart.curve_rows([compared, *others], axis)
    return frame[frame["key"] == compared.key]


def corners(compared_runs, axis="iteration"):
    frame = curves_chart.curve_rows(compared_runs, axis)
    return frame[frame["layer"] == "corner"]


def test_curves_are_in_bits_per_character_for_every_window_length(compared_run):
    for seq_length in (5, 100):
        assert list(curve(compared_run(seq_length=seq_length))["bits"]) == pytest.approx([4, 3, 3])


def test_horizontal_axis_shows_iterations_characters_or_seconds(compared_run):
    compared = compared_run(seq_length=10, streams=4)
    found = {axis: list(curve(compared, axis)["x"]) for axis in AXES}
    assert found == {
        "iteration": [0, 500, 1000],
        "characters": [0, 20_000, 40_000],
        "seconds": [0, 2.5, 5],
    }


def test_axes_contain_every_curve(compared_run):
    compared_runs = [compared_run(bits=1.1), compared_run(bits=7.7, seconds=60.0)]
    for axis in AXES:
        low, high = corners(compared_runs, axis)["bits"]
        assert low < 1.1
        assert high > 7.7
        assert corners(compared_runs, axis)["x"].min() == 0
        frame = curves_chart.curve_rows(compared_runs, axis)
        assert (
            corners(compared_runs, axis)["x"].max() >= frame[frame["layer"] == "curve"]["x"].max()
        )


def test_axis_of_a_training_run_grows_in_steps_up_to_the_iteration_limit(compared_run):
    def end(iteration, limit=100_000):
        compared = compared_run(iterations=limit)
        run = replace(compared.run, iteration=iteration)
        return corners([replace(compared, run=run)])["x"].max()

    assert end(1100) == end(1500) == 1600
    assert end(1000, limit=1001) == pytest.approx(1001 * curves_chart.MARGIN)


def test_curves_fill_the_width_when_no_run_is_training(compared_run):
    compared = compared_run()
    run = replace(compared.run, desired="paused", iteration=1700)
    end = corners([replace(compared, run=run)])["x"].max()
    assert end == pytest.approx(1700 * curves_chart.MARGIN)


def test_run_keeps_its_color_and_dashes_in_every_comparison(compared_run):
    compared_runs = [compared_run() for _ in range(8)]
    styles = [compared.style for compared in compared_runs]
    assert styles[0] == LineStyle(COLORS[0], DASHES[0])
    assert styles[6] == LineStyle(COLORS[0], DASHES[1])  # after six colors, other dashes
    assert len(set(styles)) == 8
    keys = tuple(compared.key for compared in compared_runs[3:5])
    spec = curves_chart.curve_spec(keys, tuple(styles[3:5]), "iteration")
    scales = [layer["encoding"]["color"]["scale"] for layer in spec["layer"][1:]]
    expected = {"domain": list(keys), "range": list(COLORS[3:5])}
    assert scales == [expected, expected]


def sweep_styles(workspace, corpus, **values):
    """(settings of each run, its style) in a sweep over these values."""
    combinations = [
        dict(zip(values, combination, strict=True)) for combination in product(*values.values())
    ]
    runs = [workspace.create(corpus, RunConfig(**settings)) for settings in combinations]
    found = styles(runs)
    return [(settings, found[run.id]) for settings, run in zip(combinations, runs, strict=True)]


@pytest.mark.parametrize(
    "sizes", [(16, 32), (16, 32, 64)], ids=["fewer than rates", "as many as rates"]
)
def test_sweep_of_two_settings_has_a_color_for_one_and_dashes_for_the_other(
    workspace, corpus, sizes
):
    drawn = sweep_styles(workspace, corpus, hidden_size=sizes, learning_rate=(0.01, 0.1, 0.3))
    by_rate = {(settings["learning_rate"], style.color) for settings, style in drawn}
    by_size = {(settings["hidden_size"], style.dash) for settings, style in drawn}
    if len(sizes) == 3:
        by_rate = {(settings["learning_rate"], style.dash) for settings, style in drawn}
        by_size = {(settings["hidden_size"], style.color) for settings, style in drawn}
    assert (len(by_rate), len(by_size)) == (3, len(sizes))
    assert len({style for _, style in drawn}) == len(drawn)


def test_repeats_look_alike(workspace, corpus):
    drawn = sweep_styles(workspace, corpus, learning_rate=(0.1, 0.3), seed=(0, 1, 2))
    assert len({(settings["learning_rate"], style) for settings, style in drawn}) == 2


@pytest.mark.parametrize(
    "values",
    [
        {"learning_rate": (0.1, 0.3)},
        {"hidden_size": (8, 16), "learning_rate": (0.1, 0.3), "seq_length": (10, 25)},
        {"hidden_size": (8, 16, 32, 64), "learning_rate": (0.03, 0.1, 0.2, 0.3)},
    ],
    ids=["one setting", "three settings", "more values than dashes"],
)
def test_any_other_comparison_draws_each_run_by_its_number(workspace, corpus, values):
    drawn = sweep_styles(workspace, corpus, **values)
    runs = sorted(workspace.runs(), key=lambda run: run.number)
    assert [style for _, style in drawn] == [LineStyle.of(run) for run in runs]


def test_chart_specification_is_json_without_data_and_has_a_full_tooltip():
    for axis, title in AXES.items():
        spec = curves_chart.curve_spec(("a",), (LineStyle(COLORS[0], DASHES[0]),), axis)
        assert "data" not in spec
        words = json.dumps(spec)
        assert f'"title": "{title}"' in words
        for size in ("labelFontSize", "titleFontSize"):
            assert words.count(f'"{size}": 13') == 6  # two axes of three layers
        for field in ("run", "settings", "bits", "iteration", "characters", "seconds"):
            assert f'"field": "{field}"' in words


def test_legend_names_the_settings_that_differ(workspace, corpus):
    configs = [
        RunConfig(),
        RunConfig(learning_rate=0.3, iterations=5),
        RunConfig(learning_rate=0.3, hidden_size=50),
    ]
    runs = [workspace.create(corpus, config) for config in configs]
    assert [run.differing_settings for run in read({run.id: run for run in runs})] == [
        "hidden_size 100 · learning rate 0.1",
        "hidden_size 100 · learning rate 0.3",
        "hidden_size 50 · learning rate 0.3",
    ]
    assert read({runs[0].id: runs[0]})[0].differing_settings == ""


def test_legend_names_the_texts_when_they_differ(workspace, store, corpus):
    other = store.corpora.add("dogs", "the dog sat\n" * 200)
    runs = [workspace.create(c, RunConfig()) for c in (corpus, other)]
    assert [run.differing_settings for run in read({run.id: run for run in runs})] == [
        "cats",
        "dogs",
    ]

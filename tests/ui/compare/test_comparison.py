"""What the Compare page says about runs: chart rows, chart specification, sample positions."""

import json
import math
from dataclasses import replace
from itertools import product

import pytest

from charrnn.runs.config import RunConfig
from charrnn.ui.compare import curves_chart, samples, table
from charrnn.ui.compare.compared_run import read
from charrnn.ui.compare.line_style import COLORS, DASHES, LineStyle, styles
from charrnn.ui.shared.charts.specs import AXES

BIT = math.log(2)  # nats


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


def test_table_has_settings_and_results(compared_run):
    compared = compared_run(bits=3.0, learning_rate=0.3, hidden_size=50, held_out=0.2)
    (row,) = table.rows([compared]).to_dict("records")
    assert row == {
        "run": "Run 1",
        "text": "any",
        "state": "queued",
        "bits now": pytest.approx(3.0),
        "lowest smooth bits": pytest.approx(2.5),
        "held-out bits": pytest.approx(3.0),
        "evaluated at": 1000,
        "iteration": 1000,
        "seconds": 5.0,
        "characters/s": 0,
        "weights": 3 * 50 + 50 * 50 + 50 + 50 * 3 + 3,
        "hidden_size": 50,
        "seq_length": 25,
        "learning rate": 0.3,
        "streams": 1,
        "held out": 0.2,
        "seed": 0,
        "recipe": "Textbook",
        "optimizer": "adagrad",
        "clipping": "value",
        "clipping limit": 5.0,
        "schedule": "constant",
        "warm-up": 0,
        "decay iterations": 100_000,
        "decay epochs": 1000,
        "decay to": 0.002,
        "initial weights": "normal",
        "initial scale": 0.01,
        "hidden state": "carried",
        "gradients through time": "on",
    }


def test_a_held_out_figure_is_never_that_of_the_network_before_training(compared_run):
    compared = compared_run(bits=3.0)
    before = replace(compared.history, evaluations=[(0, 4 * BIT)])
    (row,) = table.rows([replace(compared, history=before)]).to_dict("records")
    assert (row["held-out bits"], row["evaluated at"]) == (None, None)
    later = replace(compared.history, evaluations=[(0, 4 * BIT), (500, 3.5 * BIT)])
    (row,) = table.rows([replace(compared, history=later)]).to_dict("records")
    assert (row["held-out bits"], row["evaluated at"]) == (pytest.approx(3.5), 500)


def test_what_differs_comes_first_in_the_table(compared_run):
    runs = [
        compared_run(learning_rate=0.1, hidden_size=50),
        compared_run(learning_rate=0.3, hidden_size=80),
    ]
    columns = list(table.rows(runs).columns)
    assert columns[:5] == ["run", "hidden_size", "learning rate", "text", "state"]
    assert sorted(columns) == sorted(table.rows(runs[:1]).columns)
    two = replace(runs[1], run=replace(runs[1].run, sha256="another"))
    assert list(table.rows([runs[0], two]).columns)[:2] == ["run", "text"]


def test_table_has_the_mean_and_the_spread_of_repeats(compared_run, repeats):
    single = compared_run(bits=3.0, learning_rate=0.3)
    frame = table.rows([*repeats(0.1, 2.0, 2.2, 2.4), single])
    assert list(frame[table.MEAN])[:3] == pytest.approx([2.2] * 3)
    assert list(frame[table.SPREAD])[:3] == pytest.approx([0.4] * 3)
    assert frame[table.MEAN].isna().tolist() == [False] * 3 + [True]
    assert table.MEAN not in table.rows([single]).columns

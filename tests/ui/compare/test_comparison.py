"""What the Compare page says about runs: chart rows, chart specification, sample positions."""

import json
import math
from dataclasses import replace
from itertools import product

import pytest

from charrnn.engine.analysis.baselines import Baselines
from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Corpus, History
from charrnn.ui.compare import curves_chart, ranking, samples, table
from charrnn.ui.compare.compared_run import ComparedRun, read
from charrnn.ui.compare.line_style import COLOURS, DASHES, LineStyle, styles
from charrnn.ui.shared.charts.specs import AXES

BIT = math.log(2)  # nats
CORPUS = Corpus("0" * 64, "any", "abc", 1000, "abc", Baselines(5.0, 4.0, 3.0, 2.0))


@pytest.fixture
def compared_run(workspace, corpus):
    """compared_run(bits=..., **settings): at iteration 1,000, after 5 s, with three samples."""

    def compared_run(*, bits=3.0, seconds=5.0, differing="", sampled=(0, 500, 1000), **settings):
        run = workspace.create(corpus, RunConfig(**settings))
        T = run.config.seq_length
        losses = {"smooth_loss": bits * T * BIT, "best_smooth_loss": (bits - 0.5) * T * BIT}
        run = replace(run, iteration=1000, seconds=seconds, **losses)
        metrics = [(0, 4 * T * BIT, 4 * T * BIT, 0.0), (500, 0.0, bits * T * BIT, seconds / 2)]
        evaluations = [(0, 4 * BIT), (1000, bits * BIT)]
        history = History(metrics, evaluations, [], list(sampled), (1000, "abc"))
        return ComparedRun(run.id, run, history, CORPUS, differing, LineStyle.of(run))

    return compared_run


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


def test_run_keeps_its_colour_and_dashes_in_every_comparison(compared_run):
    compared_runs = [compared_run() for _ in range(8)]
    styles = [compared.style for compared in compared_runs]
    assert styles[0] == LineStyle(COLOURS[0], DASHES[0])
    assert styles[6] == LineStyle(COLOURS[0], DASHES[1])  # after six colours, other dashes
    assert len(set(styles)) == 8
    keys = tuple(compared.key for compared in compared_runs[3:5])
    spec = curves_chart.curve_spec(keys, tuple(styles[3:5]), "iteration")
    scales = [layer["encoding"]["color"]["scale"] for layer in spec["layer"][1:]]
    expected = {"domain": list(keys), "range": list(COLOURS[3:5])}
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
def test_sweep_of_two_settings_has_a_colour_for_one_and_dashes_for_the_other(
    workspace, corpus, sizes
):
    drawn = sweep_styles(workspace, corpus, hidden_size=sizes, learning_rate=(0.01, 0.1, 0.3))
    by_rate = {(settings["learning_rate"], style.colour) for settings, style in drawn}
    by_size = {(settings["hidden_size"], style.dash) for settings, style in drawn}
    if len(sizes) == 3:
        by_rate = {(settings["learning_rate"], style.dash) for settings, style in drawn}
        by_size = {(settings["hidden_size"], style.colour) for settings, style in drawn}
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
        spec = curves_chart.curve_spec(("a",), (LineStyle(COLOURS[0], DASHES[0]),), axis)
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


def at(compared, iteration):
    return replace(compared, run=replace(compared.run, iteration=iteration))


def test_caption_names_the_run_with_the_lowest_loss(compared_run):
    ahead, behind = compared_run(bits=2.5, differing="learning rate 0.1"), compared_run(bits=3.0)
    assert ranking.in_words([behind, ahead]) == (
        "At iteration 1,000 Run 1 (learning rate 0.1) has the lowest loss: 2.50 bits per character."
    )
    assert ranking.in_words([behind]) == "Run 2 is at 3.00 bits per character."


def test_caption_compares_at_the_last_iteration_all_runs_have_reached(compared_run):
    further, quicker = compared_run(bits=3.0), compared_run(bits=3.2)
    T = quicker.run.config.seq_length
    further = replace(further, run=replace(further.run, iteration=9000, smooth_loss=T * BIT))
    quicker = at(quicker, 400)
    history = replace(
        further.history,
        metrics=[
            (0, 0.0, 4 * T * BIT, 0.0),
            (390, 0.0, 3.5 * T * BIT, 1.0),
            (410, 0.0, 3.1 * T * BIT, 2.0),
        ],
    )
    assert ranking.in_words([replace(further, history=history), quicker]) == (
        "At iteration 400, the last that all have reached, Run 2 has the lowest loss: "
        "3.20 bits per character. That is 0.10 bits ahead of the next, and without repeats a "
        "difference below about 0.1 to 0.3 bits may be chance."
    )


def test_losses_that_round_to_the_same_figure_are_called_equal(compared_run):
    runs = [compared_run(bits=b, seq_length=T) for b, T in ((2.504, 10), (2.497, 25), (2.6, 25))]
    assert ranking.in_words(runs[:2]) == (
        "At iteration 1,000 Run 1 and Run 2 have the same loss: 2.50 bits per character."
    )
    assert ranking.in_words(runs) == (
        "At iteration 1,000 Run 1 and Run 2 share the lowest loss: 2.50 bits per character."
    )


def test_a_small_lead_without_repeats_is_said_to_be_chance_perhaps(compared_run):
    leads = {}
    for lead in (0.05, 0.29, 0.31):
        runs = [compared_run(bits=2.0), compared_run(bits=2.0 + lead, learning_rate=0.3)]
        leads[lead] = "may be chance" in ranking.in_words(runs)
    assert leads == {0.05: True, 0.29: True, 0.31: False}


def repeats(compared_run, rate, *bits):
    return [compared_run(bits=b, learning_rate=rate, seed=i) for i, b in enumerate(bits)]


@pytest.mark.parametrize(
    ("slow", "verdict"),
    [
        (
            (2.5, 2.6, 2.7),
            "Its lead of 0.50 bits is larger than the spread of the repeats, 0.30 bits: "
            "probably more than chance.",
        ),
        (
            (2.1, 2.2, 2.3),
            "Its lead of 0.10 bits is within the spread of the repeats, 0.30 bits: it may be "
            "chance.",
        ),
    ],
)
def test_repeats_are_compared_by_their_means_and_their_spread(compared_run, slow, verdict):
    runs = repeats(compared_run, 0.1, *slow) + repeats(compared_run, 0.3, 1.9, 2.2, 2.2)
    assert ranking.in_words(runs) == (
        "At iteration 1,000 learning rate 0.3 has the lowest loss: a mean of 2.10 bits per "
        f"character, from 1.90 to 2.20 in 3 runs. {verdict}"
    )


def test_repeats_alone_show_what_chance_does(compared_run):
    assert ranking.in_words(repeats(compared_run, 0.1, 2.0, 2.2)) == (
        "At iteration 1,000 these 2 runs have a mean of 2.10 bits per character, from 2.00 to "
        "2.20. They differ in the random seed only: that is how much chance alone changes."
    )


def test_runs_are_repeats_if_they_differ_in_the_seed_only(compared_run):
    first, second = repeats(compared_run, 0.1, 2.0, 2.2)
    again = compared_run(bits=2.0, learning_rate=0.1)  # the same seed: nothing new
    other = compared_run(learning_rate=0.1, seed=2, hidden_size=50)
    branch = compared_run(learning_rate=0.1, seed=3)
    branch = replace(branch, run=replace(branch.run, branched_at=500))
    longer = compared_run(learning_rate=0.1, seed=4, iterations=5)  # how long does not matter
    groups = ranking.groups([first, second, again, other, branch, longer])
    assert [group.runs for group in groups] == [(first, second, longer), (other,), (branch,)]
    assert [group.runs for group in ranking.groups([first, again])] == [(first,), (again,)]


def test_repeats_are_compared_at_the_last_iteration_all_of_them_have_reached(compared_run):
    first, second = repeats(compared_run, 0.1, 2.0, 2.2)
    (group,) = ranking.groups([first, at(second, 600)])
    assert group.iteration == 600


def test_caption_warns_when_the_runs_learn_different_texts(compared_run):
    one, two = compared_run(bits=2.5), compared_run(bits=3.0)
    two = replace(two, run=replace(two.run, sha256="another"))
    different = "They learn different texts, and some texts are easier than others."
    assert ranking.in_words([one, two]).endswith(f"2.50 bits per character. {different}")


def test_caption_names_runs_that_have_not_started_instead_of_comparing(compared_run):
    one, two, three = compared_run(), at(compared_run(), 0), at(compared_run(), 0)
    assert ranking.in_words([one, two]) == "Run 2 has not started: there is nothing to compare yet."
    assert ranking.in_words([one, two, three]).startswith("Run 2 and Run 3 have not started:")


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
        "best bits": pytest.approx(2.5),
        "held-out bits": pytest.approx(3.0),
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
    }


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


def test_table_has_the_mean_and_the_spread_of_repeats(compared_run):
    single = compared_run(bits=3.0, learning_rate=0.3)
    frame = table.rows([*repeats(compared_run, 0.1, 2.0, 2.2, 2.4), single])
    assert list(frame[table.MEAN])[:3] == pytest.approx([2.2] * 3)
    assert list(frame[table.SPREAD])[:3] == pytest.approx([0.4] * 3)
    assert frame[table.MEAN].isna().tolist() == [False] * 3 + [True]
    assert table.MEAN not in table.rows([single]).columns

"""What the page /compare says of several runs: rows, specification and moments, not pixels."""

import json
import math
from dataclasses import replace

import pytest

from charrnn.engine.landmarks import Landmarks
from charrnn.runs.config import RunConfig
from charrnn.runs.records import Corpus, History, Summary
from charrnn.ui.charts import AXES
from charrnn.ui.compare import charts, samples, table
from charrnn.ui.compare.subject import COLOURS, DASHES, Subject, read

BIT = math.log(2)  # nats
CORPUS = Corpus("0" * 64, "any", "abc", 1000, "abc", Landmarks(5.0, 4.0, 3.0, 2.0))


@pytest.fixture
def a_subject(shelf, corpus):
    """a_subject(bits=..., **settings): a run at iteration 1,000 that took 5 s and wrote thrice."""

    def a_subject(*, bits=3.0, seconds=5.0, telling="", written=(0, 500, 1000), **settings):
        run = shelf.create(corpus, RunConfig(**settings))
        T = run.config.seq_length
        run = replace(run, iteration=1000, smooth_loss=bits * T * BIT, seconds=seconds)
        metrics = [(0, 4 * T * BIT, 4 * T * BIT, 0.0), (500, 0.0, bits * T * BIT, seconds / 2)]
        history = History(metrics, [], [], list(written), (1000, "abc"))
        summary = Summary((bits - 0.5) * T * BIT, bits * BIT)
        return Subject(run.id, run, history, summary, CORPUS, telling)

    return a_subject


def curve(subject, axis="iteration", *others):
    frame = charts.curve_rows([subject, *others], axis)
    return frame[frame["key"] == subject.key]


def corners(subjects, axis="iteration"):
    frame = charts.curve_rows(subjects, axis)
    return frame[frame["layer"] == "corner"]


def test_curves_are_in_bits_whatever_the_length_of_the_window(a_subject):
    for seq_length in (5, 100):
        assert list(curve(a_subject(seq_length=seq_length))["bits"]) == pytest.approx([4, 3, 3])


def test_the_horizontal_axis_is_iterations_characters_or_seconds(a_subject):
    subject = a_subject(seq_length=10, streams=4)
    found = {axis: list(curve(subject, axis)["x"]) for axis in AXES}
    assert found == {
        "iteration": [0, 500, 1000],
        "characters": [0, 20_000, 40_000],
        "seconds": [0, 2.5, 5],
    }


def test_the_axes_hold_every_curve(a_subject):
    subjects = [a_subject(bits=1.1), a_subject(bits=7.7, seconds=60.0)]
    for axis in AXES:
        low, high = corners(subjects, axis)["bits"]
        assert low < 1.1
        assert high > 7.7
        assert corners(subjects, axis)["x"].min() == 0
        frame = charts.curve_rows(subjects, axis)
        assert corners(subjects, axis)["x"].max() >= frame[frame["layer"] == "curve"]["x"].max()


def test_a_live_axis_does_not_creep_and_ends_at_the_limit(a_subject):
    def end(iteration, limit=100_000):
        subject = a_subject(iterations=limit)
        run = replace(subject.run, iteration=iteration)
        return corners([replace(subject, run=run)])["x"].max()

    assert end(1100) == end(1500) == 1600
    assert end(1000, limit=1001) == pytest.approx(1001 * charts.EMPTY_ROOM)


def test_when_all_rest_the_curves_have_the_whole_width(a_subject):
    subject = a_subject()
    run = replace(subject.run, desired="paused", iteration=1700)
    end = corners([replace(subject, run=run)])["x"].max()
    assert end == pytest.approx(1700 * charts.EMPTY_ROOM)


def test_a_colour_and_its_dashes_stay_with_the_run(a_subject):
    subjects = [a_subject() for _ in range(8)]
    looks = [(subject.colour, subject.dash) for subject in subjects]
    assert looks[0] == (COLOURS[0], DASHES[0])
    assert looks[6] == (COLOURS[0], DASHES[1])  # after six colours, another line
    assert len(set(looks)) == 8
    spec = charts.curve_spec(
        tuple(s.key for s in subjects[3:5]), *zip(*looks[3:5], strict=True), "iteration"
    )
    scales = [layer["encoding"]["color"]["scale"] for layer in spec["layer"][1:]]
    expected = {"domain": [s.key for s in subjects[3:5]], "range": list(COLOURS[3:5])}
    assert scales == [expected, expected]


def test_the_specification_is_plain_json_says_everything_on_hover_and_has_no_data():
    for axis, title in AXES.items():
        spec = charts.curve_spec(("a",), COLOURS[:1], DASHES[:1], axis)
        assert "data" not in spec
        words = json.dumps(spec)
        assert f'"title": "{title}"' in words
        for size in ("labelFontSize", "titleFontSize"):
            assert words.count(f'"{size}": 13') == 6  # two axes of three layers
        for field in ("run", "settings", "bits", "iteration", "characters", "seconds"):
            assert f'"field": "{field}"' in words


def test_the_settings_that_differ_are_the_legend(shelf, corpus):
    configs = [
        RunConfig(),
        RunConfig(learning_rate=0.3, iterations=5),
        RunConfig(learning_rate=0.3, hidden_size=50),
    ]
    runs = [shelf.create(corpus, config) for config in configs]
    assert [s.telling for s in read({run.id: run for run in runs})] == [
        "hidden_size 100 · learning rate 0.1",
        "hidden_size 100 · learning rate 0.3",
        "hidden_size 50 · learning rate 0.3",
    ]
    assert read({runs[0].id: runs[0]})[0].telling == ""


def test_runs_of_several_texts_are_told_apart_by_them(shelf, store, corpus):
    other = store.add_corpus("dogs", "the dog sat\n" * 200)
    runs = [shelf.create(c, RunConfig()) for c in (corpus, other)]
    assert [s.telling for s in read({run.id: run for run in runs})] == ["cats", "dogs"]


def at(subject, iteration):
    return replace(subject, run=replace(subject.run, iteration=iteration))


def test_who_is_ahead_is_said(a_subject):
    ahead, behind = a_subject(bits=2.5, telling="learning rate 0.1"), a_subject(bits=3.0)
    assert charts.in_words([behind, ahead]) == (
        "At iteration 1,000 the lowest is Run 1 (learning rate 0.1): 2.50 bits per character."
    )
    assert charts.in_words([behind]) == "Run 2 is at 3.00 bits per character."


def test_who_is_ahead_is_said_for_as_far_as_all_have_come(a_subject):
    further, quicker = a_subject(bits=3.0), a_subject(bits=3.2)
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
    assert charts.in_words([replace(further, history=history), quicker]) == (
        "At iteration 400, as far as all have come, the lowest is Run 2: 3.20 bits per character."
    )


def test_what_reads_the_same_is_level(a_subject):
    runs = [a_subject(bits=b, seq_length=T) for b, T in ((2.504, 10), (2.497, 25), (2.6, 25))]
    assert charts.in_words(runs[:2]) == (
        "At iteration 1,000 Run 1 and Run 2 are level at 2.50 bits per character."
    )
    assert charts.in_words(runs) == (
        "At iteration 1,000 the lowest are Run 1 and Run 2, level at 2.50 bits per character."
    )


def test_runs_of_different_texts_are_said_to_be_no_fair_match(a_subject):
    one, two = a_subject(bits=2.5), a_subject(bits=3.0)
    two = replace(two, run=replace(two.run, sha256="another"))
    different = "They learn different texts, and some texts are easier than others."
    assert charts.in_words([one, two]).endswith(f"2.50 bits per character. {different}")


def test_with_runs_that_have_not_begun_nobody_is_ahead(a_subject):
    one, two, three = a_subject(), at(a_subject(), 0), at(a_subject(), 0)
    assert charts.in_words([one, two]) == "Run 2 has not begun: there is nothing to compare yet."
    assert charts.in_words([one, two, three]).startswith("Run 2 and Run 3 have not begun:")


@pytest.mark.parametrize(
    ("place", "by", "iteration"),
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
def test_the_sample_of_a_moment_is_the_last_one_up_to_it(a_subject, place, by, iteration):
    assert a_subject().sample_at(place, by=by) == iteration


def test_at_one_second_the_faster_run_has_come_further(a_subject):
    fast, slow = a_subject(seconds=2.0), a_subject(seconds=20.0)
    assert fast.sample_at(1.5, by="second") == 500
    assert slow.sample_at(1.5, by="second") == 0


def test_every_sample_is_there_at_the_second_that_names_it(a_subject):
    for seconds in (0.3, 1.0, 3.14159, 7.0):
        subject = a_subject(seconds=seconds)
        places = samples.places([subject], "second")
        assert places[0] == 0
        found = [subject.sample_at(place, by="second") for place in places]
        assert set(found) == {0, 500, 1000}
        assert all(place == round(place, 1) for place in places)


def test_the_slider_has_the_moments_of_all_runs_and_not_too_many(a_subject):
    subjects = [a_subject(written=(0, 300)), a_subject(written=(0, 500))]
    assert samples.places(subjects, "iteration") == [0, 300, 500]
    many = samples.places([a_subject(written=range(10_000))], "iteration")
    assert len(many) <= samples.MAX_PLACES + 1
    assert many[-1] == 9999


@pytest.mark.parametrize(
    ("asked", "chosen"),
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
def test_a_moment_out_of_a_link_is_the_nearest_that_there_is(asked, chosen):
    assert samples._nearest(asked, [0, 500, 1000, "newest"]) == chosen
    assert samples._nearest(asked, ["newest"]) == "newest"


@pytest.mark.parametrize("by", samples.MOMENTS)
def test_what_is_shown_is_said_at_every_moment_in_a_line_as_long(by):
    newest = samples.moment_in_words(samples.NEWEST, by)
    for place in (0, 500, 12.5, 1_000_000):
        words = samples.moment_in_words(place, by)
        assert f"{by} {place:,}" in words
        assert abs(len(words) - len(newest)) <= 8


def test_a_heading_is_text_whatever_the_run_is_called(a_subject):
    subject = a_subject(telling="<i>text</i>")
    subject = replace(subject, run=replace(subject.run, name='"><script>x</script>'))
    markup = samples.heading(subject, "iteration 5")
    assert "<script" not in markup
    assert "<i>" not in markup
    assert "&lt;script&gt;" in markup


def test_the_table_has_settings_and_figures(a_subject):
    subject = a_subject(bits=3.0, learning_rate=0.3, hidden_size=50, held_out=0.2)
    (row,) = table.rows([subject]).to_dict("records")
    assert row == {
        "run": "Run 1",
        "text": "any",
        "state": "waiting",
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

"""What the page /alphabet shows, without a browser and without worker processes."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from charrnn.engine.parameters import Parameters
from charrnn.runs import schema
from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.transfer import export_run, import_run
from charrnn.ui import services
from charrnn.ui.alphabet import cells, charts, following
from charrnn.ui.alphabet.reading import Subject, impression
from charrnn.ui.alphabet.why import both_ways


def the_page():
    from charrnn.ui import session
    from charrnn.ui.alphabet import page

    session.keep_url("Alphabet")
    page.show()


@pytest.fixture
def open_alphabet(store):
    def open_alphabet(*, text=None, **query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        page.query_params.update({"w": "w" * 32} | query)
        if text is not None:
            page.session_state["text"] = store.add_corpus("A *text* of <b>mine</b>", text).sha256
        page.run()
        assert not page.exception
        return page

    return open_alphabet


def texts(page) -> str:
    return "\n".join(element.value for element in page.text)


def click(page, label: str):
    next(button for button in page.button if button.label == label).click()
    page.run()
    assert not page.exception


def test_without_a_run_the_page_is_whole_and_says_what_is_missing(open_alphabet):
    page = open_alphabet(text="hello, hello\n" * 20)
    assert "A *text* of <b>mine</b>: 260 characters, 7 different" in texts(page)
    assert list(page.dataframe[0].value["character"]) == ["⏎", "␣", ",", "e", "h", "l", "o"]
    assert "l is a list of 7 numbers: a 1 at place 5, 0 elsewhere" in texts(page)
    assert "100 of 100 numbers are equal" in texts(page)
    assert "Nothing yet: press Train" in page.markdown[-1].value
    assert len(page.get("vega_lite_chart")) == 1


def test_the_table_is_sorted_as_asked(open_alphabet):
    page = open_alphabet(text="banana\n" * 20)
    page.button_group(key="sort").set_value("frequency").run()
    assert list(page.dataframe[0].value["count"]) == [60, 40, 20, 20]


@pytest.mark.parametrize(
    ("find", "found"),
    [("a", "a"), ("newline", "⏎"), ("U+0062", "b"), ("latin n", "n"), ("0", "⏎"), ("ß", None)],
)
def test_a_character_is_found_by_itself_its_name_its_code_point_or_its_index(
    open_alphabet, find, found
):
    page = open_alphabet(text="banana\n" * 20)
    page.text_input(key="find").set_value(find).run()
    assert [list(frame.value["character"]) for frame in page.dataframe] == (
        [[found]] if found else []
    )


def test_rare_characters_are_flagged_with_what_they_cost(open_alphabet):
    page = open_alphabet(text="ab\n" * 20 + "xyz")
    assert "3 characters are rare" in texts(page)
    assert "603 of the network's 11,306 weights" in texts(page)


def test_a_clean_up_is_previewed_made_and_chosen_and_changes_nothing_else(open_alphabet, store):
    text = "“ab”–\n" * 20 + "xyz"
    page = open_alphabet(text=text)
    before = page.session_state["text"]
    assert "63 of 123 characters change. 9 different ones become 5" in texts(page)
    listed = 'replaced: – → -   “ → "   ” → "\ndropped: x   y   z'
    assert listed in [code.value.replace("\u00a0", " ") for code in page.code]
    click(page, "Make this a new text")
    made = page.session_state["text"]
    assert store.text(made) == '"ab"-\n' * 20
    assert store.text(before) == text
    assert store.corpus(made).name == "A *text* of <b>mine</b>, cleaned up"


def test_a_clean_up_of_a_run_s_text_pauses_the_run_and_leaves_it(
    open_alphabet, store, shelf, started
):
    corpus = store.add_corpus("rare", "ab\n" * 40 + "xyz")
    run = shelf.create(corpus, RunConfig(hidden_size=8))
    page = open_alphabet(run=run.id)
    click(page, "Make this a new text")
    assert store.text(page.session_state["text"]) == "ab\n" * 40
    assert "run" not in page.query_params
    left = store.run(run.id)
    assert (left.sha256, left.desired) == (corpus.sha256, "paused")


def test_a_clean_up_leaves_the_run_of_somebody_else_alone(open_alphabet, store, started):
    corpus = store.add_corpus("rare", "ab\n" * 40 + "xyz")
    theirs = store.create_run(corpus, RunConfig(hidden_size=8), workspace="t" * 32)
    page = open_alphabet(run=theirs.view_key)
    click(page, "Make this a new text")
    assert store.text(page.session_state["text"]) == "ab\n" * 40
    assert store.run(theirs.id).desired == "running"


def test_with_a_run_its_own_numbers_are_shown(open_alphabet, store, cats):
    page = open_alphabet(run=cats.id)
    assert "Iteration 250 of 1,000 · paused" in texts(page)
    assert "8 of 8 numbers are equal, to the last bit · iteration 250" in texts(page)
    assert len(page.get("vega_lite_chart")) == 5
    state = state_from_bytes(store.checkpoint(cats.id)[1])
    weights = Parameters(len(store.corpus(cats.sha256).vocabulary), 8)
    weights.unpack(state["weights"])
    moment = Subject.of_run(cats).newest_moment()
    np.testing.assert_array_equal(moment.weights.Wxh, weights.Wxh)
    np.testing.assert_array_equal(moment.hidden, state["hidden"][0])


def test_the_slider_goes_back_to_before_the_first_update(open_alphabet, cats):
    page = open_alphabet(run=cats.id)
    slider = page.select_slider[0]
    assert slider.value == "newest"
    assert (slider.label, slider.help) == ("Look back: from before the first update to now", "")
    assert slider.options[:4] == ["0", "1", "2", "5"]
    slider.set_value(0).run()
    assert not page.exception
    assert "Iteration 0 of 1,000 · before the first update" in texts(page)


def test_a_run_out_of_a_file_is_looked_back_on_to_where_it_was_saved(open_alphabet, cats, shelf):
    file = export_run(shelf.store, cats, with_text=True)
    run = import_run(shelf, file)
    slider = open_alphabet(run=run.id).select_slider[0]
    assert slider.options == ["250", "newest"]
    assert slider.label == "Look back: from iteration 250, the earliest that is kept, to now"
    assert "came out of a file" in slider.help


def test_a_run_that_has_not_begun_promises_no_earlier_moment(open_alphabet, shelf, corpus):
    run = shelf.create(corpus, RunConfig(hidden_size=8))
    assert "no earlier moment is kept yet" in open_alphabet(run=run.id).select_slider[0].label


def test_a_run_that_is_looked_at_here_goes_on(open_alphabet, cats, store):
    with store.writing() as db:
        db.execute(update(schema.runs).values(looked_at=0.0))
    open_alphabet(run=cats.id)
    assert store.run(cats.id).looked_at > 0


def test_what_stopped_a_run_is_said(open_alphabet, cats, store):
    store.pause(cats.id, "The disk is *full*.")
    assert "The disk is" in open_alphabet(run=cats.id).warning[0].value
    store.fail(cats.id, "The loss is no number.")
    assert "The loss is no number" in open_alphabet(run=cats.id).error[0].value


def test_charts_are_drawn_ever_more_rarely_and_at_rest_not_at_all(cats):
    trains = replace(cats, desired="running")
    paces = [following._pace(replace(trains, seconds=s)) for s in (0.0, 30.0, 100.0, 1e6)]
    assert paces == [3.0, 6.0, 10.0, 10.0]
    assert following._pace(cats) is None


def test_in_a_crowd_the_page_looks_more_rarely_and_is_counted(open_alphabet, cats, monkeypatch):
    looks = []
    monkeypatch.setattr(services, "crowd_factor", lambda: 4)
    monkeypatch.setattr(services, "look_again_in", looks.append)
    open_alphabet(run=cats.id)
    assert looks == [4 * following.WORDS_SECONDS]
    assert following._pace(replace(cats, desired="running", seconds=100.0)) == 40.0


def test_when_the_crowd_has_gone_the_timers_are_set_anew(cats, monkeypatch):
    alone = following._phase(cats)
    monkeypatch.setattr(services, "crowd_factor", lambda: 2)
    assert following._phase(cats) != alone


def test_the_maps_of_snapshots_follow_each_other_without_a_jump(cats, store):
    subject, kept = Subject.of_run(cats), store.snapshot_iterations(cats.id)
    maps = [impression(subject, subject.moment(n), kept).points for n in kept]
    for before, now in itertools.pairwise(maps):
        straight = np.linalg.norm(now - before)
        assert straight <= min(np.linalg.norm(now * flip - before) for flip in ([1, -1], [-1, -1]))


def test_a_link_to_no_run_says_so_and_the_page_goes_on(open_alphabet):
    page = open_alphabet(run="nobody")
    assert "The run in this link is not here" in page.warning[0].value
    assert len(page.dataframe) == 1


def test_five_thousand_characters_are_no_problem(open_alphabet):
    page = open_alphabet(text="".join(chr(0x4E00 + i) for i in range(5000)) * 2)
    assert len(page.dataframe[0].value) == 5000
    assert "5,000 characters are rare" in texts(page)


def test_the_product_is_the_look_up():
    weights = Parameters.initial(30, 7, seed=1)
    for i in range(30):
        product, column = both_ways(weights.Wxh, i)
        np.testing.assert_array_equal(product, column)


def test_every_specification_is_plain_json_with_tooltips_and_no_data():
    specs = [
        *(charts.frequency_spec(3), charts.map_spec(("vowel", "sign")), charts.neighbour_spec(3)),
        *(charts.column_spec(3, 2), charts.surprise_spec(3)),
    ]
    for spec in specs:
        assert "tooltip" in json.dumps(spec)
        assert "data" not in spec


def test_of_labels_that_lie_on_one_another_the_seen_or_the_most_frequent_is_kept(cats):
    table = Subject.of_run(cats).table
    shown, points = np.arange(3), np.array([[0.0, 0.0], [0.0, 0.01], [1.0, 1.0]])
    kinds = ["letter"] * 3
    frequent = int(table["count"][:2].argmax())
    for seen, kept in ((2, frequent), (0, 0), (1, 1)):
        rows = charts.map_rows(table, shown, points, kinds, seen)
        assert list(rows["index"][rows["layer"] == "label"]) == [kept, 2]


def test_a_wide_matrix_shows_the_lit_columns_and_what_stands_beside_them():
    assert cells._columns(5, {2}) == [0, 1, 2, 3, 4]
    assert cells._columns(1000, {0, 500}) == [0, 1, None, 499, 500, 501, None]
    assert cells._columns(1000, {999}) == [None, 998, 999]

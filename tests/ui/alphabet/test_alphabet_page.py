"""The Alphabet page, without a browser and without worker processes."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from sqlalchemy import update

from charrnn.engine.parameters import Parameters
from charrnn.runs.config import RunConfig
from charrnn.runs.files.transfer import export_run, import_run
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store import schema
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import services
from charrnn.ui.alphabet import contents
from charrnn.ui.alphabet.measurements import measure
from charrnn.ui.alphabet.why_one_hot_panel import product_and_lookup
from charrnn.ui.shared import live_run
from charrnn.ui.shared.live_run import Timers
from charrnn.ui.shared.snapshots import Subject
from tests.support.alphabet_page import texts
from tests.support.train_page import click


def test_without_a_run_the_page_is_complete_and_says_how_to_start_one(open_alphabet):
    page = open_alphabet(text="hello, hello\n" * 20)
    assert "A *text* of <b>mine</b>: 260 characters, 7 different" in texts(page)
    assert list(page.dataframe[0].value["character"]) == ["⏎", "␣", ",", "e", "h", "l", "o"]
    assert "l is a vector of 7 numbers: a 1 at index 5, 0 everywhere else" in texts(page)
    assert "192 of 192 numbers are equal" in texts(page)
    assert "Nothing yet: press Train" in page.markdown[-1].value
    assert "Go to Train" in [button.label for button in page.button]
    assert len(page.get("vega_lite_chart")) == 1


def test_visitor_can_switch_between_own_runs_and_the_text_chosen_on_train(
    open_alphabet, workspace, corpus, cats
):
    longer = workspace.store.corpora.add("B *text*", "banana\n" * 20)
    other = workspace.create(longer, RunConfig(hidden_size=16), pause_at=0)
    for run in (cats, other):
        workspace.rename(run.id, "the same name")
    page = open_alphabet(text="hello, hello\n" * 20, run=cats.id)
    choice = page.selectbox(key="shown")
    assert choice.value == cats.id
    assert choice.options == [
        "The text chosen on Train · A *text* of <b>mine</b>",
        "the same name (run 2) · B *text* · hidden 16",
        f"the same name (run 1) · {corpus.name} · hidden 8",
    ]
    choice.set_value(other.id).run()
    assert not page.exception
    assert page.query_params["run"] in (other.id, [other.id])
    assert "B *text*: 140 characters, 4 different" in texts(page)
    page.selectbox(key="shown").set_value("").run()
    assert "run" not in page.query_params
    assert "A *text* of <b>mine</b>: 260 characters" in texts(page)
    page.selectbox(key="shown").set_value(cats.id).run()
    assert "Iteration 250 of 1,000 · paused" in texts(page)


def test_run_of_another_visitor_is_named_beside_the_own_ones(open_alphabet, store, corpus, cats):
    shared = store.runs.create(corpus, RunConfig(hidden_size=8), workspace="t" * 32)
    Workspace(store, "t" * 32).share_text(shared.id, True)
    page = open_alphabet(run=shared.view_key)
    choice = page.selectbox(key="shown")
    assert choice.value == shared.id
    assert choice.options[-1] == f"Another visitor's run · {corpus.name}"
    choice.set_value(cats.id).run()
    assert not page.exception
    assert "Iteration 250 of 1,000 · paused" in texts(page)


def test_contents_line_links_to_every_section(open_alphabet, cats):
    page = open_alphabet(run=cats.id)
    (links,) = [e.proto.body for e in page.get("html") if 'class="contents"' in e.proto.body]
    headings = [e.value.lstrip("# ") for e in page.markdown if e.value.startswith("##")]
    for title, anchor in contents.ANCHORS.items():
        assert title in headings
        assert f'href="#{anchor}"' in links


def test_table_is_sorted_by_the_chosen_column(open_alphabet):
    page = open_alphabet(text="banana\n" * 20)
    page.button_group(key="sort").set_value("frequency").run()
    assert list(page.dataframe[0].value["count"]) == [60, 40, 20, 20]


@pytest.mark.parametrize(
    ("find", "found"),
    [("a", "a"), ("newline", "⏎"), ("U+0062", "b"), ("latin n", "n"), ("0", "⏎"), ("ß", None)],
)
def test_find_matches_character_name_code_point_or_index(open_alphabet, find, found):
    page = open_alphabet(text="banana\n" * 20)
    page.text_input(key="find").set_value(find).run()
    assert [list(frame.value["character"]) for frame in page.dataframe] == (
        [[found]] if found else []
    )


def test_rare_characters_are_counted_with_their_weights(open_alphabet):
    page = open_alphabet(text="ab\n" * 20 + "xyz")
    assert "3 characters are rare" in texts(page)
    assert "1,155 of the network's 39,366 weights" in texts(page)


def test_page_of_a_run_shows_the_weights_of_its_newest_checkpoint(open_alphabet, store, cats):
    page = open_alphabet(run=cats.id)
    assert "Iteration 250 of 1,000 · paused" in texts(page)
    assert "8 of 8 numbers are equal, to the last bit · iteration 250" in texts(page)
    assert len(page.get("vega_lite_chart")) == 5
    state = state_from_bytes(store.snapshots.checkpoint(cats.id)[1])
    weights = Parameters(len(store.corpora.get(cats.sha256).vocabulary), 8)
    weights.unpack(state["weights"])
    snapshot = Subject.of_run(cats).newest_snapshot()
    np.testing.assert_array_equal(snapshot.weights.Wxh, weights.Wxh)
    np.testing.assert_array_equal(snapshot.hidden, state["hidden"][0])


def test_charts_take_their_space_before_the_browser_has_drawn_them(
    open_alphabet, cats, monkeypatch
):
    heights, draw = [], st.vega_lite_chart

    def note(rows, spec, **options):
        heights.append((options.get("height"), spec["height"]))
        return draw(rows, spec, **options)

    monkeypatch.setattr(st, "vega_lite_chart", note)
    open_alphabet(run=cats.id)
    assert len(heights) == 5
    assert all(taken == drawn for taken, drawn in heights), heights


@pytest.mark.parametrize(
    ("hidden_state", "before", "after"),
    [
        ("carried", "is carried over from the window before", "is carried over to the next window"),
        ("cleared", "is cleared (zero)", "is cleared before the next window"),
    ],
)
def test_windows_say_what_becomes_of_the_hidden_state(
    open_alphabet, workspace, corpus, hidden_state, before, after
):
    run = workspace.create(corpus, RunConfig(hidden_size=8, hidden_state=hidden_state))
    page = open_alphabet(run=run.id)
    captions = "\n".join(caption.value for caption in page.caption)
    assert "the hidden state is zero." in texts(page)
    assert f"The hidden state {after}." in captions
    click(page, "Next")
    assert f"the hidden state {before}." in texts(page)


def test_slider_goes_back_to_before_the_first_update(open_alphabet, cats):
    page = open_alphabet(run=cats.id)
    slider = page.select_slider[0]
    assert slider.value == "newest"
    assert (slider.label, slider.help) == ("Snapshot: from before the first update to now", "")
    assert slider.options[:4] == ["0", "1", "2", "5"]
    slider.set_value(0).run()
    assert not page.exception
    assert "Iteration 0 of 1,000 · before the first update" in texts(page)


def test_slider_of_an_imported_run_starts_where_the_file_was_saved(open_alphabet, cats, workspace):
    file = export_run(workspace.store, cats, with_text=True)
    run = import_run(workspace, file)
    slider = open_alphabet(run=run.id).select_slider[0]
    assert slider.options == ["250", "newest"]
    assert slider.label == "Snapshot: from iteration 250, the earliest snapshot, to now"
    assert "imported from a file" in slider.help


def test_run_that_has_not_started_offers_no_earlier_snapshot(open_alphabet, workspace, corpus):
    run = workspace.create(corpus, RunConfig(hidden_size=8))
    assert "no earlier snapshot yet" in open_alphabet(run=run.id).select_slider[0].label


def test_viewing_a_run_marks_it_as_viewed(open_alphabet, cats, store):
    with store.database.writing() as db:
        db.execute(update(schema.runs).values(viewed_at=0.0))
    open_alphabet(run=cats.id)
    assert store.runs.get(cats.id).viewed_at > 0


def test_page_says_why_a_run_stopped(open_alphabet, cats, store):
    store.leases.claim(cats.id, "its worker")
    store.leases.pause(cats.id, "The disk is *full*.", worker="its worker")
    assert "The disk is" in open_alphabet(run=cats.id).warning[0].value
    store.leases.fail(cats.id, "The loss is no number.")
    assert "The loss is no number" in open_alphabet(run=cats.id).error[0].value


def test_charts_refresh_less_often_as_a_run_gets_older_and_never_while_it_is_paused(cats):
    def seconds(run):
        return Timers.of_run(run).view_seconds

    training = replace(cats, desired="running")
    ages = (0.0, 30.0, 100.0, 1e6)
    assert [seconds(replace(training, seconds=s)) for s in ages] == [3.0, 6.0, 10.0, 10.0]
    assert seconds(cats) is None


def test_with_many_live_pages_the_page_refreshes_less_often_and_is_counted(
    open_alphabet, cats, monkeypatch
):
    noted = []
    monkeypatch.setattr(services, "refresh_factor", lambda: 4)
    monkeypatch.setattr(services, "note_refresh", noted.append)
    open_alphabet(run=cats.id)
    assert noted == [4 * live_run.STATUS_SECONDS]
    training = replace(cats, desired="running", seconds=100.0)
    assert Timers.of_run(training).view_seconds == 40.0


def test_timers_are_set_again_when_the_refresh_factor_changes(cats, monkeypatch):
    before = Timers.of_run(cats)
    monkeypatch.setattr(services, "refresh_factor", lambda: 2)
    assert Timers.of_run(cats) != before


def test_map_of_a_snapshot_is_aligned_with_the_map_before_it(cats, store):
    subject, kept = Subject.of_run(cats), store.snapshots.iterations(cats.id)
    maps = [measure(subject, cats, subject.snapshot(n), kept).points for n in kept]
    for before, after in itertools.pairwise(maps):
        distance = np.linalg.norm(after - before)
        for flip in ([1, -1], [-1, 1], [-1, -1]):
            assert distance <= np.linalg.norm(after * flip - before)


def test_link_to_an_unknown_run_warns_and_the_page_still_works(open_alphabet):
    page = open_alphabet(run="nobody")
    assert "The run in this link was not found" in page.warning[0].value
    assert len(page.dataframe) == 1


def test_page_copes_with_five_thousand_different_characters(open_alphabet):
    page = open_alphabet(text="".join(chr(0x4E00 + i) for i in range(5000)) * 2)
    assert len(page.dataframe[0].value) == 5000
    assert "5,000 characters are rare" in texts(page)


def test_product_with_one_hot_equals_lookup():
    weights = Parameters.initial(30, 7, seed=1)
    for i in range(30):
        product, embedding = product_and_lookup(weights.Wxh, i)
        np.testing.assert_array_equal(product, embedding)

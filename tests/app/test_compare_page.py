"""What the page /compare shows and does, without a browser and without worker processes."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.config import RunConfig
from charrnn.runs.shelf import Shelf
from charrnn.ui import services
from charrnn.ui.compare import page as compare
from charrnn.ui.compare import shelf as side
from charrnn.ui.plain import plain
from tests.conftest import WORKSPACE

SMALL = RunConfig(hidden_size=8, iterations=400, sample_interval=100, sample_length=40)


def the_page():
    import streamlit as st

    from charrnn.ui import session, sitemap
    from charrnn.ui.compare import page

    pages = [st.Page(page.show, title="Compare"), st.Page(print, title="Train", url_path="train")]
    sitemap.register(pages)
    st.navigation(pages)
    session.keep_url("Compare")
    page.show()


def the_twin():
    """The dialog, kept open, for the oldest run: a click would open it for one drawing only."""
    from charrnn.ui import services, session, twins

    session.keep_url("Compare")
    twins.duplicate(services.shelf().runs()[-1])


def the_grid():
    from charrnn.ui import services, session, twins

    session.keep_url("Compare")
    twins.grid(services.shelf().runs()[-1])


def open_dialog(dialog) -> AppTest:
    page = AppTest.from_function(dialog, default_timeout=60)
    page.query_params["w"] = WORKSPACE
    page.run()
    assert not page.exception
    return page


@pytest.fixture
def open_compare(store):
    """open_compare(run, ...): the page with these runs in its link, drawn once."""

    def open_compare(*runs, **query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        if runs:
            query["compare"] = ",".join(getattr(run, "id", run) for run in runs)
        page.query_params.update({"w": WORKSPACE} | query)
        page.run()
        assert not page.exception
        return page

    return open_compare


@pytest.fixture
def two(shelf, corpus, work):
    """Two twins that have trained to their end."""
    run = work(shelf.create(corpus, SMALL))
    changed = RunConfig.from_dict(SMALL.to_dict() | {"learning_rate": 0.3})
    return run, work(shelf.create(corpus, changed, parent=run.id))


def html(page) -> str:
    return "\n".join(block.proto.body for block in page.get("html"))


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning, *page.error, *page.code]
    return "\n".join([*(element.value for element in elements), html(page)])


def legend(page) -> list[str]:
    block = next(b.proto.body for b in page.get("html") if "legend-of-runs" in b.proto.body)
    return [re.sub("<.*?>", "", line).strip() for line in block.split("</p>") if "<b" in line]


def headings(page) -> list[str]:
    """Above the samples, from left to right."""
    blocks = [b.proto.body for b in page.get("html")]
    return [re.sub("<.*?>", "", b).strip() for b in blocks if b.startswith('<p class="run-name">')]


def boxes(page) -> list[tuple[str, bool, bool]]:
    """(name, ticked, disabled) of each run on the shelf, from top to bottom."""
    data = (json.loads(box.proto.json) for box in page.get("bidi_component"))
    return [(box["name"], box["ticked"], box["disabled"]) for box in data]


def click(page, label: str):
    next(b for b in page.button if b.label == label).click()
    page.run()
    assert not page.exception


def test_with_nothing_on_the_shelf_the_page_says_what_to_do(open_compare):
    page = open_compare()
    assert "None yet: press Train" in words(page)
    assert "Choose runs at the side" in words(page)
    assert [b.label for b in page.button] == []


def test_at_first_the_newest_runs_are_compared_and_stand_in_the_link(open_compare, two):
    page = open_compare()
    assert [line.split(" ")[1] for line in legend(page)] == ["2", "1"]
    assert page.query_params["compare"] == f"{two[1].id},{two[0].id}"


def test_curves_are_named_by_what_differs(open_compare, two):
    page = open_compare(*two)
    run, twin = legend(page)
    assert run.startswith("Run 1 learning rate 0.1 · ")
    assert twin.startswith("Run 2 learning rate 0.3 · ")
    assert len(page.get("vega_lite_chart")) == 1
    assert list(page.dataframe[0].value["learning rate"]) == [0.1, 0.3]


def test_one_slider_moves_all_samples_to_one_iteration(open_compare, two, store, written):
    page = open_compare(*two)
    assert all("iteration 400" in heading for heading in headings(page))
    slider = next(s for s in page.select_slider if s.key == "at")
    slider.set_value(100).run()
    assert [h.rsplit(" · ", 1)[1] for h in headings(page)] == ["iteration 100"] * 2
    assert written(page) == [store.sample(run.id, 100) for run in two]
    assert page.query_params["at"] == "100"


def test_the_link_holds_the_whole_comparison(open_compare, two):
    query = {"by": "second", "at": "0.0", "axis": "characters"}
    page = open_compare(*two, **query)
    assert {name: page.query_params[name] for name in query} == query
    assert [h.rsplit(" · ", 1)[1] for h in headings(page)] == ["iteration 0"] * 2


@pytest.mark.parametrize(
    "query", [{"at": "rubbish"}, {"by": "rubbish"}, {"at": "1e999"}, {"axis": "rubbish"}]
)
def test_rubbish_in_the_link_is_no_trouble(open_compare, two, query):
    assert len(headings(open_compare(*two, **query))) == 2


def test_a_run_that_is_gone_is_left_out_with_a_word(open_compare, two, shelf):
    shelf.delete(two[1].id)
    page = open_compare(*two)
    assert "A run in this link is not here" in page.warning[0].value
    assert len(legend(page)) == 1
    assert page.query_params["compare"] == two[0].id


def test_a_run_that_has_not_begun_is_compared_without_trouble(open_compare, two, shelf, corpus):
    waiting = shelf.create(corpus, SMALL)
    page = open_compare(*two, waiting)
    assert len(legend(page)) == 3
    assert "It has not written yet." in words(page)


def test_in_a_crowd_a_live_page_looks_more_rarely_and_is_counted(
    open_compare, two, shelf, corpus, monkeypatch
):
    looks = []
    monkeypatch.setattr(services, "crowd_factor", lambda: 4)
    monkeypatch.setattr(services, "look_again_in", looks.append)
    open_compare(*two)
    assert looks == []  # nothing moves: it does not look again
    moving = shelf.create(corpus, SMALL)
    open_compare(*two)
    assert looks == [4 * side.REFRESH_SECONDS]  # for the sake of the shelf
    looks.clear()
    open_compare(*two, moving)
    assert looks == [4 * side.REFRESH_SECONDS, 4 * compare.LIVE_SECONDS]


def test_the_boxes_at_the_side_say_names_as_they_are(open_compare, two, shelf):
    name = "**x** $a$ :red[x] <b> `y`"
    shelf.rename(two[1].id, name)
    page = open_compare(two[0])
    assert boxes(page) == [(name, False, False), ("Run 1", True, False)]


def test_the_sentence_under_the_curves_says_names_as_they_are(open_compare, two, shelf):
    name = "**x** $a$ :red[x] <b> `y`"
    for run in two:
        shelf.rename(run.id, name)
    (sentence,) = [c.value for c in open_compare(*two).caption if "bits per character" in c.value]
    assert plain(name) in sentence
    assert "**" not in sentence.replace("\\*", "")


def test_no_more_can_be_ticked_than_are_compared(open_compare, two, shelf, corpus, monkeypatch):
    monkeypatch.setattr("charrnn.ui.session.MAX_COMPARED", 1)
    assert boxes(open_compare(two[0])) == [("Run 2", False, True), ("Run 1", True, False)]


def test_a_twin_is_started_with_what_was_changed(two, shelf, started):
    page = open_dialog(the_twin)
    assert "Nothing changed yet" in words(page)
    assert page.button[0].disabled
    key = two[0].id
    page.select_slider(key=f"twin_learning_rate_{key}").set_value(0.03).run()
    assert "learning rate 0.1 → 0.03" in words(page)
    assert re.search(r"About \d+ s on this machine", words(page))
    click(page, "Start the twin")
    twin = shelf.runs()[0]
    assert twin.parent == two[0].id
    assert twin.config == RunConfig.from_dict(SMALL.to_dict() | {"learning_rate": 0.03})
    assert started == [twin.id]
    assert page.session_state["compare"] == [two[0].id, twin.id]


def test_what_is_too_large_for_this_machine_is_said_and_not_started(two, monkeypatch):
    monkeypatch.setenv("CHARRNN_WEIGHTS", "5000")
    page = open_dialog(the_twin)
    page.select_slider(key=f"twin_hidden_size_{two[0].id}").set_value(512).run()
    assert len(page.warning) == 1
    assert page.button[0].disabled


def test_a_grid_is_every_combination_and_of_twelve_at_the_most(two, shelf, started):
    page = open_dialog(the_grid)
    assert page.button[0].disabled  # one run is no grid
    rates, sizes = (
        page.button_group(key=f"grid_{n}_{two[0].id}") for n in ("learning_rate", "hidden_size")
    )
    rates.set_value([0.1, 0.3])
    sizes.set_value([8, 16, 32]).run()
    assert re.search(r"6 runs, about \d+ s on this machine", words(page))
    page.button_group(key=f"grid_seq_length_{two[0].id}").set_value([10, 25, 50]).run()
    assert "These are 18 runs; choose 12 at the most." in words(page)
    assert next(b for b in page.button if b.label == "Start 18 runs").disabled
    page.button_group(key=f"grid_seq_length_{two[0].id}").set_value([25]).run()
    click(page, "Start 6 runs")
    made = shelf.runs()[:6]
    assert {(r.config.learning_rate, r.config.hidden_size) for r in made} == {
        (rate, size) for rate in (0.1, 0.3) for size in (8, 16, 32)
    }
    assert {r.parent for r in made} == {two[0].id}
    assert len(started) == 6


# --- Strangers ----------------------------------------------------------------------------------


@pytest.fixture
def theirs(store, corpus, work):
    """A run of somebody else."""
    return work(Shelf(store, "s" * 32).create(corpus, SMALL))


def test_another_s_run_is_neither_listed_nor_reached_by_its_id(open_compare, two, theirs):
    page = open_compare(theirs)
    assert "A run in this link is not here" in page.warning[0].value
    assert theirs.id not in page.query_params.get("compare", "")
    assert [name for name, _, _ in boxes(page)] == ["Run 2", "Run 1"]


def test_another_s_run_that_is_shown_can_be_looked_at_and_no_more(open_compare, theirs, started):
    page = open_compare(theirs.view_key)
    assert len(legend(page)) == 1
    assert [b.label for b in page.button] == []
    assert "w" not in page.query_params  # a link to it gives one's own key not away either
    assert theirs.id not in words(page)
    assert started == []


@pytest.mark.parametrize("forged", ["", "short", "x" * 200, "../" * 10, "s" * 31 + "!"])
def test_a_forged_workspace_is_a_new_and_empty_one(open_compare, two, theirs, forged):
    page = open_compare(*two, theirs, w=forged)
    assert "None yet" in words(page)
    assert len(page.get("vega_lite_chart")) == 0
    assert page.query_params.get("compare", "") == ""

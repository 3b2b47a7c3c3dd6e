"""What the Compare page shows and does, without a browser and without worker processes."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.files.transfer import export_run
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import services
from charrnn.ui.compare import page as compare
from charrnn.ui.compare import run_list
from charrnn.ui.comparison import MAX_RUNS
from charrnn.ui.markdown import escape_markdown
from tests.support.train_page import as_read, click
from tests.support.visitor import enter
from tests.ui.compare.conftest import SMALL


def the_page():
    import streamlit as st

    from charrnn.ui import navigation, selection
    from charrnn.ui.compare import page

    pages = [st.Page(page.show, title="Compare"), st.Page(print, title="Train", url_path="train")]
    navigation.register(pages)
    st.navigation(pages)
    selection.read_url("Compare")
    page.show()


@pytest.fixture
def open_compare(store):
    """open_compare(run, ...): the page, opened by a link with these runs."""

    def open_compare(*runs, **query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        if runs:
            query["compare"] = ",".join(getattr(run, "id", run) for run in runs)
        enter(page, **query)
        page.run()
        assert not page.exception
        return page

    return open_compare


def html(page) -> str:
    return "\n".join(block.proto.body for block in page.get("html"))


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning, *page.error, *page.code]
    return "\n".join([*(as_read(element.value) for element in elements), html(page)])


def legend(page) -> list[str]:
    block = next(b.proto.body for b in page.get("html") if "run-legend" in b.proto.body)
    return [re.sub("<.*?>", "", line).strip() for line in block.split("</p>") if "<b" in line]


def headings(page) -> list[str]:
    """Of the samples, from left to right."""
    blocks = [b.proto.body for b in page.get("html")]
    return [re.sub("<.*?>", "", b).strip() for b in blocks if b.startswith('<p class="run-name">')]


def boxes(page) -> list[tuple[str, bool, bool]]:
    """(label, checked, disabled) of each run in the list, from top to bottom."""
    data = (json.loads(box.proto.json) for box in page.get("bidi_component"))
    return [(box["label"], box["checked"], box["disabled"]) for box in data]


def test_an_imported_run_is_named_where_its_file_was_chosen(open_compare, workspace, cats):
    page = open_compare(cats)
    file = export_run(workspace.store, cats, with_text=True)
    page.file_uploader[0].upload("run.safetensors", file).run()
    assert not page.exception
    imported = workspace.runs()[0]
    assert imported.id != cats.id
    assert [message.value for message in page.success] == [f"Imported as {imported.title}."]


def test_an_imported_run_is_compared_in_place_of_the_last_one(
    open_compare, store, workspace, corpus, cats
):
    runs = [cats, *(workspace.create(corpus, SMALL) for _ in range(MAX_RUNS - 1))]
    page = open_compare(*runs)
    file = export_run(store, cats, with_text=True)
    page.file_uploader[0].upload("run.safetensors", file).run()
    compared = page.query_params["compare"].split(",")
    assert compared == [*(run.id for run in runs[:-1]), workspace.runs()[0].id]


def test_what_has_not_been_measured_is_a_dash_in_the_table(open_compare, workspace, corpus):
    page = open_compare(workspace.create(corpus, SMALL))
    assert page.dataframe[0].proto.placeholder == "–"


def test_page_without_runs_says_what_to_do(open_compare):
    page = open_compare()
    assert "No runs yet. Press Train" in words(page)
    assert "Check two or more runs in the sidebar" in words(page)
    assert [b.label for b in page.button] == ["Go to Train"]


def test_newest_runs_are_compared_at_first_and_written_into_the_link(open_compare, pair):
    page = open_compare()
    assert [line.split(" ")[1] for line in legend(page)] == ["2", "1"]
    assert page.query_params["compare"] == f"{pair[1].id},{pair[0].id}"


def test_legend_names_the_settings_that_differ(open_compare, pair):
    page = open_compare(*pair)
    run, copy = legend(page)
    assert run.startswith("Run 1 learning rate 0.1 · ")
    assert copy.startswith("Run 2 learning rate 0.3 · ")
    assert len(page.get("vega_lite_chart")) == 1
    assert list(page.dataframe[0].value["learning rate"]) == [0.1, 0.3]


def test_one_slider_moves_all_samples_to_the_same_iteration(open_compare, pair, store, written):
    page = open_compare(*pair)
    assert all("iteration 400" in heading for heading in headings(page))
    slider = next(s for s in page.select_slider if s.key == "at")
    slider.set_value(100).run()
    assert [h.rsplit(" · ", 1)[1] for h in headings(page)] == ["iteration 100"] * 2
    assert written(page) == [store.history.sample(run.id, 100) for run in pair]
    assert page.query_params["at"] == "100"


def test_link_restores_the_whole_comparison(open_compare, pair):
    query = {"by": "second", "at": "0.0", "axis": "characters"}
    page = open_compare(*pair, **query)
    assert {name: page.query_params[name] for name in query} == query
    assert [h.rsplit(" · ", 1)[1] for h in headings(page)] == ["iteration 0"] * 2


@pytest.mark.parametrize(
    "query", [{"at": "rubbish"}, {"by": "rubbish"}, {"at": "1e999"}, {"axis": "rubbish"}]
)
def test_invalid_values_in_the_link_are_ignored(open_compare, pair, query):
    assert len(headings(open_compare(*pair, **query))) == 2


def test_deleted_run_in_the_link_is_left_out_with_a_warning(open_compare, pair, workspace):
    workspace.delete(pair[1].id)
    page = open_compare(*pair)
    assert "A run in this link was not found" in page.warning[0].value
    assert len(legend(page)) == 1
    assert page.query_params["compare"] == pair[0].id


def test_run_that_has_not_started_can_be_compared(open_compare, pair, workspace, corpus):
    waiting = workspace.create(corpus, SMALL)
    page = open_compare(*pair, waiting)
    assert len(legend(page)) == 3
    assert "No sample yet." in words(page)


def test_live_page_is_counted_and_refreshes_less_often_when_many_are_live(
    open_compare, pair, workspace, corpus, monkeypatch
):
    refreshes = []
    monkeypatch.setattr(services, "refresh_factor", lambda: 4)
    monkeypatch.setattr(services, "note_refresh", refreshes.append)
    open_compare(*pair)
    assert refreshes == []  # no run is training
    moving = workspace.create(corpus, SMALL)
    open_compare(*pair)
    assert refreshes == [4 * run_list.REFRESH_SECONDS]  # for the list of runs
    refreshes.clear()
    open_compare(*pair, moving)
    assert refreshes == [4 * run_list.REFRESH_SECONDS, 4 * compare.REFRESH_SECONDS]


def test_checkbox_labels_show_run_names_verbatim(open_compare, pair, workspace):
    name = "**x** $a$ :red[x] <b> `y`"
    workspace.rename(pair[1].id, name)
    page = open_compare(pair[0])
    assert boxes(page) == [(name, False, False), ("Run 1", True, False)]


def test_the_link_and_the_menu_of_each_run_are_named_after_it(open_compare, pair, workspace):
    workspace.rename(pair[1].id, "**x** [y]")
    page = open_compare(*pair)
    names = ["**x** [y]", "Run 1"]
    assert [as_read(link.proto.label) for link in page.get("page_link")] == [
        f"Open *{name}*" for name in names
    ]
    menus = [as_read(menu.proto.label) for menu in page.get("menu_button")]
    assert menus == [f"⋮ *Actions for {name}*" for name in names]


def test_caption_of_the_curves_shows_run_names_verbatim(open_compare, pair, workspace):
    name = "**x** $a$ :red[x] <b> `y`"
    for run in pair:
        workspace.rename(run.id, name)
    (sentence,) = [c.value for c in open_compare(*pair).caption if "bits per character" in c.value]
    assert escape_markdown(name) in sentence
    assert "**" not in sentence.replace("\\*", "")


def test_no_box_can_be_checked_beyond_the_maximum(
    open_compare, pair, workspace, corpus, monkeypatch
):
    monkeypatch.setattr("charrnn.ui.comparison.MAX_RUNS", 1)
    assert boxes(open_compare(pair[0])) == [("Run 2", False, True), ("Run 1", True, False)]


def test_one_click_leaves_the_runs_of_one_text(open_compare, pair, workspace, store, work):
    dogs = work(workspace.create(store.corpora.add("do*gs*", "the dog sat\n" * 200), SMALL))
    page = open_compare(dogs, *pair)
    assert "learn different texts" in words(page)
    labels = [as_read(b.label) for b in page.button if b.label.startswith("Only")]
    assert labels == ["Only do*gs* (1 run)", "Only cats (2 runs)"]
    click(page, "Only cats (2 runs)")
    assert len(legend(page)) == 2
    assert page.query_params["compare"] == ",".join(run.id for run in pair)
    assert not [b.label for b in page.button if b.label.startswith("Only")]


def test_the_list_and_the_legend_name_the_same_loss(open_compare, pair):
    page = open_compare(*pair)
    listed = re.findall(r"([\d.]+) bits at", html(page))
    assert sorted(listed) == sorted(re.search(r"([\d.]+) bits", line)[1] for line in legend(page))


def test_the_list_gives_no_loss_of_a_run_that_trains(open_compare, pair, workspace, corpus):
    moving = workspace.create(corpus, SMALL)
    page = open_compare(*pair, moving)
    assert html(page).count("bits at") == 2  # the legend refreshes at other moments than the list
    assert "<b>queued</b>" in html(page)


# --- Other visitors ------------------------------------------------------------------------------


@pytest.fixture
def theirs(store, corpus, work):
    """A run of another visitor."""
    return work(Workspace(store, "s" * 32).create(corpus, SMALL))


def test_a_withdrawn_run_is_neither_listed_nor_found_by_its_id(open_compare, store, pair, theirs):
    Workspace(store, "s" * 32).withdraw_link(theirs.id)
    page = open_compare(theirs)
    assert "A run in this link was not found" in page.warning[0].value
    assert theirs.id not in page.query_params.get("compare", "")
    assert [name for name, _, _ in boxes(page)] == ["Run 2", "Run 1"]


def test_shared_run_can_be_viewed_but_not_changed(open_compare, theirs, started):
    page = open_compare(theirs.view_key)
    assert len(legend(page)) == 1
    assert [b.label for b in page.button] == ["Play"]
    assert theirs.id not in words(page)
    assert started == []


@pytest.mark.parametrize("forged", ["", "short", "x" * 200, "../" * 10, "s" * 31 + "!"])
def test_invalid_workspace_key_opens_a_new_empty_workspace(open_compare, pair, theirs, forged):
    page = open_compare(key="", w=forged)
    assert "No runs yet" in words(page)
    assert len(page.get("vega_lite_chart")) == 0
    assert page.query_params.get("compare", "") == ""


def test_others_do_not_see_what_a_visitor_calls_the_same_text(open_compare, store, workspace, work):
    """Whoever uploads the same bytes sees names of their own, in the table and its download."""
    text = "the owl sat in the oak\n" * 40
    first = Workspace(store, "s" * 32)
    theirs = work(first.create(first.add_text("Letter to J. Doe.txt", text), SMALL))
    mine = work(workspace.create(workspace.add_text("owls", text), SMALL))
    other = work(workspace.create(workspace.add_text("cats", "the cat sat\n" * 40), SMALL))
    page = open_compare(mine, other)
    assert set(page.dataframe[0].value["text"]) == {"owls", "cats"}
    assert "J. Doe" not in words(page) + str(page)
    first.share_text(theirs.id, False)
    page = open_compare(mine, other, theirs.view_key)
    assert set(page.dataframe[0].value["text"]) == {"owls", "cats", services.UNSHARED_TEXT}
    assert "J. Doe" not in words(page) + str(page)

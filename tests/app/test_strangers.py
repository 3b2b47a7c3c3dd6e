"""Another visitor's run on the Train page: looked at with its view key, reached by no other way.

The pages /compare and /write have tests of their own for it.
"""

import pytest

from charrnn.runs.shelf import Shelf
from tests.app.conftest import SMALL
from tests.reading import buttons, click, words


@pytest.fixture
def theirs(store, corpus, work):
    """A run of somebody else."""
    return work(Shelf(store, "s" * 32).create(corpus, SMALL, pause_at=250))


def test_another_s_run_is_not_reached_by_its_id(open_page, theirs, store):
    page = open_page(run=theirs.id)
    assert "The run in this link is not here" in page.warning[0].value
    assert buttons(page) == {"Train", "Step"}
    assert "run" not in page.query_params
    assert store.run(theirs.id) == theirs


def test_another_s_run_that_is_shown_cannot_be_changed(open_page, theirs, store, shelf):
    page = open_page(run=theirs.view_key)
    assert "Somebody shows you this run" in words(page)
    assert buttons(page) == {"Train"}
    assert len(page.get("menu_button")) == 0
    assert "w" not in page.query_params
    page.select_slider(key="learning_rate").set_value(0.01).run()
    page.select_slider(key="iterations").set_value(1_000_000).run()
    assert store.run(theirs.id) == theirs
    click(page, "Train")  # one like it, of one's own
    mine = shelf.runs()[0]
    assert (mine.workspace, mine.sha256) == (shelf.workspace, theirs.sha256)
    assert (mine.config.learning_rate, mine.config.iterations) == (0.01, 1_000_000)
    assert page.query_params["w"] == shelf.workspace
    assert store.run(theirs.id) == theirs


def test_nobody_is_told_to_resume_a_run_that_is_only_shown(open_page, theirs, store):
    store.wish(theirs.id, iterations=theirs.iteration)
    said = words(open_page(run=theirs.view_key))
    assert "Iteration 250 of 250 · done" in said
    assert "Resume" not in said


@pytest.mark.parametrize("forged", ["", "short", "w" * 65, "../" * 10, "w" * 31 + "!"])
def test_a_forged_workspace_reaches_nobody_s_runs(open_page, cats, store, forged):
    page = open_page(w=forged, run=cats.id)
    assert "The run in this link is not here" in page.warning[0].value
    assert buttons(page) == {"Train", "Step"}
    assert store.run(cats.id) == cats

"""Another visitor's run on the Train page: its view key is the only way to it, and is read-only.

The pages /compare and /write have tests of their own for this.
"""

import pytest

from charrnn.runs.store.workspace import Workspace
from tests.support.store import SMALL
from tests.support.train_page import buttons, click, words


@pytest.fixture
def theirs(store, corpus, work):
    """A run of another visitor."""
    return work(Workspace(store, "s" * 32).create(corpus, SMALL, pause_at=250))


def test_the_id_of_another_visitors_run_does_not_open_it(open_page, theirs, store):
    page = open_page(run=theirs.id)
    assert "The run in this link was not found" in page.warning[0].value
    assert buttons(page) == {"Train", "Step"}
    assert "run" not in page.query_params
    assert store.runs.get(theirs.id) == theirs


def test_a_shared_run_cannot_be_changed(open_page, theirs, store, workspace):
    page = open_page(run=theirs.view_key)
    assert "You are viewing another visitor's run" in words(page)
    assert buttons(page) == {"Train"}
    assert len(page.get("menu_button")) == 0
    assert "w" not in page.query_params
    page.select_slider(key="learning_rate_slider").set_value(0.01).run()
    page.select_slider(key="iterations_slider").set_value(1_000_000).run()
    assert store.runs.get(theirs.id) == theirs
    click(page, "Train")  # a run of one's own with the same settings
    mine = workspace.runs()[0]
    assert (mine.workspace, mine.sha256) == (workspace.key, theirs.sha256)
    assert (mine.config.learning_rate, mine.config.iterations) == (0.01, 1_000_000)
    assert page.query_params["w"] == workspace.key
    assert store.runs.get(theirs.id) == theirs


def test_a_shared_run_does_not_offer_to_resume(open_page, theirs, store):
    store.runs.request(theirs.id, iterations=theirs.iteration)
    text = words(open_page(run=theirs.view_key))
    assert "Iteration 250 of 250 · done" in text
    assert "Resume" not in text


@pytest.mark.parametrize("forged", ["", "short", "w" * 65, "../" * 10, "w" * 31 + "!"])
def test_a_forged_workspace_key_opens_no_runs(open_page, cats, store, forged):
    page = open_page(w=forged, run=cats.id)
    assert "The run in this link was not found" in page.warning[0].value
    assert buttons(page) == {"Train", "Step"}
    assert store.runs.get(cats.id) == cats

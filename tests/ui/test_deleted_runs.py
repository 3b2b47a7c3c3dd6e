"""Deleting a run: every page says so and can undo it, and no action fails on a run that is gone."""

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits
from charrnn.runs.store.retention import prune
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.train import controls
from charrnn.ui.write import drafts
from tests.support.store import SMALL, WORKSPACE
from tests.support.train_page import as_read, buttons, click, words
from tests.support.visitor import enter
from tests.ui.conftest import go

PAGES = ("", "alphabet", "compare", "write")
GONE = "was deleted, perhaps in another tab."


@pytest.fixture
def delete(monkeypatch):
    """delete(page): choose "Delete" in the menu of the run on the Train page."""

    def delete(page: AppTest) -> None:
        with monkeypatch.context() as patch:
            chosen = iter(["delete"])
            patch.setattr(controls, "draw_menu", lambda *_: next(chosen, None))
            page.run()
        assert not page.exception

    return delete


@pytest.fixture
def prune_deleted(store):
    """prune_deleted(): remove the deleted runs for good, as a day later."""

    def prune_deleted() -> None:
        with store.database.writing() as db:
            db.exec_driver_sql("UPDATE runs SET deleted_at = 1 WHERE deleted_at IS NOT NULL")
        prune(store, Limits())

    return prune_deleted


@pytest.fixture
def other(workspace, corpus, work):
    """A second run of the visitor."""
    return work(workspace.create(corpus, SMALL, pause_at=100))


@pytest.mark.parametrize("at", PAGES)
def test_every_page_says_that_a_run_was_deleted_and_undoes_it(
    open_page, cats, other, workspace, delete, at
):
    page = open_page(run=cats.id)
    delete(page)
    assert "Run 1 was deleted." in words(page)
    go(page, at)
    page.run()
    assert "Run 1 was deleted." in words(page)
    click(page, "Undo")
    assert "Run 1 was deleted." not in words(page)
    assert {run.id for run in workspace.runs()} == {cats.id, other.id}
    assert workspace.run(cats.id).desired == "paused"
    shown = page.query_params["compare" if at == "compare" else "run"]
    assert cats.id in shown


def test_the_notice_can_be_closed(open_page, cats, delete, workspace):
    page = open_page(run=cats.id)
    delete(page)
    click(page, "Close")
    assert "was deleted" not in words(page)
    assert workspace.runs() == []


def test_deleted_runs_are_listed_and_restored_in_a_new_session(open_page, cats, other, workspace):
    workspace.rename(other.id, "**my** [run]")
    for run in (cats, other):
        workspace.delete(run.id)
    page = open_page("compare")
    assert "No runs yet" in words(page)
    assert [e.label for e in page.expander] == ["Deleted runs (2)"]
    restore = [as_read(b.label) for b in page.button if b.label.startswith("Restore")]
    assert restore == ["Restore **my** [run]", "Restore Run 1"]  # last deleted first
    click(page, "Restore Run 1")
    assert [run.id for run in workspace.runs()] == [cats.id]
    assert page.query_params["compare"] == cats.id
    assert [e.label for e in page.expander] == ["Deleted runs (1)"]


def test_a_run_that_was_pruned_is_neither_listed_nor_announced(
    open_page, cats, other, delete, prune_deleted
):
    page = open_page(run=cats.id)
    delete(page)
    prune_deleted()
    for at in PAGES:
        go(page, at)
        page.run()
        assert not page.exception
        assert "Run 1" not in words(page)
        assert len([e for e in page.expander if e.label.startswith("Deleted")]) == 0


@pytest.mark.parametrize("label", ["Undo", "Restore Run 1"])
def test_restoring_a_run_that_was_pruned_meanwhile_says_so(
    open_page, cats, other, delete, prune_deleted, label
):
    page = open_page(run=cats.id)
    delete(page)
    go(page, "compare")
    page.run()
    prune_deleted()
    click(page, label)
    (sentence,) = [error.value for error in page.error]
    assert sentence.startswith("Run 1 can no longer be restored: ")
    page.run()
    assert not page.exception
    assert [run["label"] for run in _listed(page)] == ["Run 2"]


def _listed(page: AppTest) -> list[dict]:
    import json

    data = [component.proto.json for component in page.get("bidi_component")]
    return [box for box in map(json.loads, filter(None, data)) if "label" in box]


@pytest.mark.parametrize("removed", [False, True], ids=["deleted", "pruned"])
@pytest.mark.parametrize("label", ["Pause", "Reset", "Resume", "Step"])
def test_an_action_on_a_run_deleted_in_another_tab_says_so(
    open_page, cats, store, workspace, prune_deleted, label, removed
):
    if label == "Pause":
        store.runs.request(cats.id, desired="running", pause_at=None)
    page = open_page(run=cats.id)
    workspace.delete(cats.id)
    if removed:
        prune_deleted()
    click(page, label)
    assert len(page.error) == 0
    if removed:
        (sentence,) = [w.value for w in page.warning]
        assert "it was deleted" in sentence
    else:
        assert "Run 1 was deleted." in words(page)
        assert "Undo" in buttons(page)
    assert "run" not in page.query_params
    click(page, "Train")
    assert workspace.runs()[0].active


def test_train_starts_a_changed_copy_of_a_run_deleted_in_another_tab(
    open_page, cats, workspace, started
):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size_slider").set_value(16).run()
    workspace.delete(cats.id)
    click(page, "Train")
    assert started == [run.id for run in workspace.runs()]
    assert workspace.runs()[0].config.hidden_size == 16


@pytest.mark.parametrize("at", PAGES)
def test_a_link_to_a_deleted_run_says_so_and_restores_it(open_page, cats, workspace, at):
    workspace.delete(cats.id)
    page = open_page(at, run=cats.id)
    assert "Run 1 was deleted." in words(page)
    assert "not found" not in words(page)
    click(page, "Undo")
    assert workspace.run(cats.id).id == cats.id


@pytest.mark.parametrize("at", PAGES)
def test_a_page_that_shows_a_run_when_it_is_pruned_goes_on_without_it(
    open_page, cats, other, workspace, prune_deleted, at, monkeypatch
):
    monkeypatch.setattr(drafts, "SECONDS", 0.0)  # Write draws itself again and again
    page = open_page(at, run=cats.id, compare=f"{cats.id},{other.id}")
    workspace.delete(cats.id)
    prune_deleted()
    page.run()
    assert not page.exception
    assert "not found" in words(page)
    page.run()
    assert "not found" not in words(page)


# --- Dialogs -------------------------------------------------------------------------------------


def the_dialog():
    """The dialog named in the session, drawn on every rerun."""
    import streamlit as st

    from charrnn.ui import selection
    from charrnn.ui.shared.run_actions import branch, duplicate, rename, save, share, sweep

    selection.read_url("Train")
    run, name = st.session_state["the_run"], st.session_state["name"]
    modules = (branch, duplicate, rename, save, share, sweep)
    dialog = next(getattr(m, name) for m in modules if hasattr(m, name))
    dialog(run, *((100,) if name == "branch" else ()))


@pytest.mark.parametrize("theirs", [False, True], ids=["own", "shared"])
@pytest.mark.parametrize("removed", [False, True], ids=["deleted", "pruned"])
@pytest.mark.parametrize("name", ["branch", "duplicate", "rename", "save", "share", "sweep"])
def test_a_dialog_about_a_run_deleted_in_another_tab_says_so(
    store, corpus, work, prune_deleted, name, removed, theirs
):
    workspace = Workspace(store, "s" * 32 if theirs else WORKSPACE)
    run = work(workspace.create(corpus, SMALL, pause_at=250))
    page = AppTest.from_function(the_dialog, default_timeout=60)
    enter(page)
    page.session_state["the_run"], page.session_state["name"] = run, name
    page.run()
    assert not page.exception
    assert GONE not in words(page)
    workspace.delete(run.id)
    if removed:
        prune_deleted()
    page.run()
    assert not page.exception
    assert f"Run 1 {GONE}" in words(page)
    labels = [b.label for b in page.button]
    assert labels == ([] if removed or theirs else ["Restore it"])
    if labels:
        click(page, "Restore it")
        assert GONE not in words(page)
        assert workspace.run(run.id).id == run.id


def test_a_branch_of_a_run_deleted_in_another_tab_is_not_started(
    open_page, store, corpus, work, workspace
):
    run = work(workspace.create(corpus, RunConfig(hidden_size=8, iterations=400)))
    store.leases.fail(run.id, "Training diverged.")
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE runs SET failure = 'diverged'")
    page = open_page(run=run.id)
    workspace.delete(run.id)
    click(page, next(b.label for b in page.button if b.label.startswith("Go back to")))
    assert workspace.runs() == []
    assert "Run 1 was deleted." in words(page)

"""What people see, and what the log says, when a page fails or a run is gone."""

import json

from playwright.sync_api import expect
from sqlalchemy import update

from charrnn.runs.config import RunConfig
from charrnn.runs.store import schema
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from tests.support.browser import button, cookie
from tests.support.server import Server
from tests.support.store import TEXT, WORKSPACE

SECRET = "Bearbeitet"


def test_a_page_that_fails_says_so_and_logs_one_event_without_a_traceback(browser, tmp_path):
    server = Server(tmp_path / "store", tmp_path / "server.log")
    try:
        store = Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")
        run = Workspace(store, WORKSPACE).create(store.corpora.add("cats", TEXT), RunConfig())
        store.runs.request(run.id, desired="paused")
        with store.database.writing() as db:  # settings that no version has written
            db.execute(update(schema.runs).values(config={SECRET: SECRET}))
        page = browser.new_page()
        page.context.add_cookies([cookie(server.url, WORKSPACE)])
        page.goto(f"{server.url}/?run={run.id}")
        expect(page.get_by_role("alert")).to_contain_text("unexpected error")
        page.close()
    finally:
        server.stop()
    log = server.log.read_text()
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    failures = [event for event in events if event["event"] == "page_failed"]
    assert failures
    for failure in failures:
        assert failure["at"].startswith("charrnn.runs.config:")
        assert failure["path"].startswith("charrnn.ui.train.page:")
    assert "Traceback" not in log
    assert SECRET not in log


def test_a_run_deleted_in_another_tab_can_be_restored_where_it_was_shown(
    open_page, trained, workspace
):
    run = trained(iterations=400)
    page = open_page(f"/?run={run.id}", key=workspace.key)
    button(page, "More").click()
    page.get_by_text("Rename").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Name")).to_be_visible()
    workspace.delete(run.id)  # in another tab
    dialog.get_by_role("textbox", name="Name").fill("cats")
    dialog.get_by_role("textbox", name="Name").press("Enter")
    expect(dialog).to_contain_text("Run 1 was deleted, perhaps in another tab.")
    assert workspace.deleted()[0].name == ""
    button(dialog, "Restore it").click()
    dialog.get_by_role("textbox", name="Name").press("Enter")
    expect(dialog).to_have_count(0)
    workspace.delete(run.id)
    expect(page.get_by_text("Run 1 was deleted.")).to_be_visible()  # the page notices by itself
    button(page, "Undo").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 400 of")
    assert [each.id for each in workspace.runs()] == [run.id]

"""A real server and a real Chromium."""

import os
import secrets
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from tests.support import workers
from tests.support.browser import cookie
from tests.support.server import CHROMIUM_OPTIONS, Server
from tests.support.store import TEXT

# All that a test waits for, however busy the machine is. What is promised to people has its own.
WAIT_SECONDS = 60
expect.set_options(timeout=1000 * WAIT_SECONDS)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder / "store", folder / "server.log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def store(server) -> Store:
    """The server's own store."""
    return Store(f"sqlite:///{server.log.parent / 'store' / 'charrnn.sqlite'}")


@pytest.fixture
def workspace(store) -> Workspace:
    """A workspace of its own; open_page(key=...) opens a page as its owner."""
    return Workspace(store, secrets.token_urlsafe(24))


@pytest.fixture
def trained(store, workspace, work, eventually):
    """trained(hidden_size=...): a run of this workspace that has been trained to its end."""

    def trained(**settings) -> Run:
        small = {"hidden_size": 24, "iterations": 4000, "sample_interval": 500}
        corpus = store.corpora.add("cats", TEXT)
        run = workspace.create(corpus, RunConfig(**small | settings))
        if store.leases.claim(run.id, workers.NAME):  # saves starting a worker process
            work(run)
        eventually(lambda: not workspace.run(run.id).moving)
        return workspace.run(run.id)

    return trained


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
    assert path, "the browser tests need a Chromium; set CHARRNN_CHROMIUM to its path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, server: Server, store: Store):
    """open_page(path="", **context options): a page in a browser context of its own.

    key: that of the workspace, which the browser has in its cookie; without one, a new visitor.
    heading: what stands on the page when it is there; without one, its button "Step".
    """
    contexts = []
    messages = []  # of the browser's console

    def open_(path: str = "", *, key: str = "", heading: str | None = None, **options) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
        contexts.append(context)
        if key:
            context.add_cookies([cookie(server.url, key)])
        context.on("console", lambda message: messages.append(message.text))
        page = context.new_page()
        page.set_default_timeout(1000 * WAIT_SECONDS)
        page.goto(path if path.startswith("http") else server.url + path)
        there = (
            page.get_by_role("heading", name=heading, exact=True)
            if heading
            else page.get_by_role("button", name="Step")
        )
        expect(there).to_be_visible()
        return page

    yield open_
    for run in store.runs.runnable():  # the next test has the machine for itself
        store.runs.request(run.id, desired="paused")
    for context in contexts:
        context.close()
    assert "Traceback" not in server.log.read_text()
    assert [text for text in messages if "Content Security Policy" in text] == []

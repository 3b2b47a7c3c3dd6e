"""A real server and a real Chromium."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serving import CHROMIUM_OPTIONS, Server

expect.set_options(timeout=20_000)


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
def browser():
    path = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
    assert path, "the browser tests need a Chromium; set CHARRNN_CHROMIUM to its path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, server: Server):
    """open_page(path="", **context options): a page in a browser context of its own."""
    contexts = []

    def open_(path: str = "", **options) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.goto(path if path.startswith("http") else server.url + path)
        expect(page.get_by_role("button", name="Step")).to_be_visible(timeout=60_000)
        return page

    yield open_
    for context in contexts:
        for page in context.pages:
            pause = page.get_by_role("button", name="Pause")
            if pause.count():
                pause.first.click()
                expect(page.get_by_role("button", name="Resume")).to_be_visible()
        context.close()
    assert "Traceback" not in server.log.read_text()

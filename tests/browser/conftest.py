"""A real server and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Server:
    """`streamlit run dashboard.py` with a store of its own."""

    def __init__(self, folder: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "server.log"
        self.store_folder = folder / "store"
        options = (
            f"--server.headless true --server.address 127.0.0.1 --server.port {port} "
            "--server.fileWatcherType none"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "dashboard.py", *options.split()],
            cwd=ROOT,
            env=os.environ | {"CHARRNN_STORE": str(self.store_folder)},
            stdout=self.log.open("w"),  # a file: a full pipe would stop the server
            stderr=subprocess.STDOUT,
        )
        self._wait_until_healthy()

    def _wait_until_healthy(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health") as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError):
                pass
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
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

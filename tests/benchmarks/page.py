"""Does watching slow the learning down? Training speed with the page open, and with it closed.

One run trains all the while. A real Chromium shows its live page for some seconds, then an empty
page for as long, in turn; the speeds are those that the store says.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from charrnn.runs import library
from charrnn.runs.config import RunConfig
from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from tests.serving import CHROMIUM_OPTIONS, Server

ROUNDS = 8
SECONDS = 6.0
SETTLING_SECONDS = 1.5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/charrnn.sqlite")
        corpus = store.add_corpus("story", library.load(library.offers()[0].key))
        shelf = Shelf(store, "w" * 32)
        run = shelf.create(corpus, RunConfig(hidden_size=83, iterations=100_000_000))
        server, url = _serve(folder)
        try:
            opened, closed = _watch(store, run.id, f"{url}/?w={shelf.workspace}&run={run.id}")
        finally:
            server.terminate()
            server.wait()
    ratios = [o / c for o, c in zip(opened, closed, strict=True)]
    per_window = run.config.seq_length
    print("\nTraining while the page is open and live (hidden 83, seq 25, one stream)")
    print(f"  page closed  {statistics.median(closed):8,.0f} windows/s", end="")
    print(f"  {statistics.median(closed) * per_window:10,.0f} characters/s")
    print(f"  page open    {statistics.median(opened):8,.0f} windows/s", end="")
    print(f"  {statistics.median(opened) * per_window:10,.0f} characters/s")
    quartiles = statistics.quantiles(ratios, n=4)
    print(f"  kept         {statistics.median(ratios):8.1%} (target 95 %)", end="")
    print(f"  quartiles {quartiles[0]:.1%} to {quartiles[2]:.1%} of {ROUNDS} rounds")


def _watch(store: Store, run_id: str, url: str) -> tuple[list[float], list[float]]:
    chromium = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
    opened, closed = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for round_ in range(ROUNDS + 1):
            page.goto(url)
            page.get_by_role("button", name="Pause").wait_for()
            open_speed = _speed(store, run_id, page)
            page.goto("about:blank")
            closed_speed = _speed(store, run_id, page)
            if round_:  # the first warms up
                opened.append(open_speed)
                closed.append(closed_speed)
        browser.close()
    return opened, closed


def _speed(store: Store, run_id: str, page) -> float:
    """Windows a second over a while."""
    page.wait_for_timeout(SETTLING_SECONDS * 1000)
    before, started = _published(store, run_id)
    page.wait_for_timeout(SECONDS * 1000)
    after, ended = _published(store, run_id)
    return (after - before) / (ended - started)


def _published(store: Store, run_id: str) -> tuple[int, float]:
    """(iteration, time) of what the worker last wrote."""
    run = store.run(run_id)
    return run.iteration, run.heartbeat


def _serve(folder: str) -> tuple[subprocess.Popen, str]:
    """A server whose store is the folder, and its address."""
    server = Server(Path(folder), Path(folder) / "server.log")
    return server.process, server.url

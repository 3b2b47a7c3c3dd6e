"""Training speed while the Train page is open, compared with the speed while it is closed.

One run trains all the time. A real Chromium shows its live page and an empty page in turn, for some
seconds each. The speeds are calculated from what the worker publishes.
"""

import os
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from charrnn.runs.config import RunConfig
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from tests.support.server import CHROMIUM_OPTIONS, Server

ROUNDS = 8
SECONDS = 6.0
SETTLING_SECONDS = 1.5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/charrnn.sqlite")
        corpus = store.corpora.add("story", library.load(library.available()[0].key))
        workspace = Workspace(store, "w" * 32)
        run = workspace.create(corpus, RunConfig(hidden_size=83, iterations=100_000_000))
        server = Server(Path(folder), Path(folder) / "server.log")
        try:
            url = f"{server.url}/?w={workspace.key}&run={run.id}"
            opened, closed = _measure(store, run.id, url)
        finally:
            server.stop()
    ratios = [o / c for o, c in zip(opened, closed, strict=True)]
    per_window = run.config.seq_length
    print("\nTraining while the page is open and live (hidden 83, seq 25, one stream)")
    print(f"  page closed  {statistics.median(closed):8,.0f} windows/s", end="")
    print(f"  {statistics.median(closed) * per_window:10,.0f} characters/s")
    print(f"  page open    {statistics.median(opened):8,.0f} windows/s", end="")
    print(f"  {statistics.median(opened) * per_window:10,.0f} characters/s")
    quartiles = statistics.quantiles(ratios, n=4)
    print(f"  ratio        {statistics.median(ratios):8.1%} (target 95 %)", end="")
    print(f"  quartiles {quartiles[0]:.1%} to {quartiles[2]:.1%} of {ROUNDS} rounds")


def _measure(store: Store, run_id: str, url: str) -> tuple[list[float], list[float]]:
    """Windows per second in each round: (with the page open, with it closed)."""
    chromium = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
    opened, closed = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for round_ in range(ROUNDS + 1):
            page.goto(url)
            page.get_by_role("button", name="Pause").wait_for()
            open_speed = training_speed(store, run_id, page)
            page.goto("about:blank")
            closed_speed = training_speed(store, run_id, page)
            if round_:  # the first warms up
                opened.append(open_speed)
                closed.append(closed_speed)
        browser.close()
    return opened, closed


def training_speed(store: Store, run_id: str, page: Page) -> float:
    """Windows per second over SECONDS, during which the browser goes on."""
    page.wait_for_timeout(SETTLING_SECONDS * 1000)
    before, started = _published(store, run_id)
    page.wait_for_timeout(SECONDS * 1000)
    after, ended = _published(store, run_id)
    return (after - before) / (ended - started)


def _published(store: Store, run_id: str) -> tuple[int, float]:
    """(iteration, seconds since 1970) of what the worker last published."""
    run = store.runs.get(run_id)
    return run.iteration, run.heartbeat

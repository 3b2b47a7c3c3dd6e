"""The page Inside: how fast it opens and refreshes, and how much training slows down beside it.

Each view is computed and drawn without a browser, for a network of 256 hidden units. Opening is
timed in a real Chromium, from the click on "Inside" until the network is drawn. While the page is
closed it does nothing at all. What workers measure in any case is in gauges.py.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, Playwright, sync_playwright
from streamlit.testing.v1 import AppTest

from charrnn.engine.analysis.gradient_check import gradient_check
from charrnn.engine.parameters import Parameters
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.records import Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from charrnn.ui.inside.page import VIEWS
from tests.benchmarks.page import ROUNDS, training_speed
from tests.support.server import CHROMIUM_OPTIONS, Server
from tests.support.visitor import enter

WORKSPACE = "w" * 32
REPEATS = 7
VISITS = 7
STARTS = 5  # of the server
CURVE = ".stVegaLiteChart .mark-line path"
COMPLETE = "() => document.querySelectorAll('.inside-network .bar').length > 0"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["CHARRNN_STORE"] = folder
        store = Store(f"sqlite:///{folder}/charrnn.sqlite")
        paused = _run(store, hidden_size=256, pause_at=2000)
        with _served(playwright, folder) as (page, url):
            page.goto(_address(url, paused))
            _wait_until_paused(store, paused)
            _print_opening(page, url, paused)
            _print_views(store, paused)
            _print_watching(page, store, url)
        _print_first_opening(playwright, folder, paused)


@contextmanager
def _served(playwright: Playwright, folder: str) -> Iterator[tuple[Page, str]]:
    """A page of a new browser, and the URL of a new server."""
    server = Server(Path(folder), Path(folder) / "server.log")
    try:
        chromium = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield browser.new_page(viewport={"width": 1440, "height": 900}), server.url
        browser.close()
    finally:
        server.stop()


def _print_opening(page: Page, url: str, run: Run) -> None:
    page.goto(_address(url, run))
    page.wait_for_function(COMPLETE)
    seconds = []
    for _ in range(VISITS):
        page.get_by_role("link", name="Train").click()
        seconds.append(_opening(page))
    print("\nOpening the page Inside by a click (hidden 256)")
    _print_seconds("once it has been open", seconds)


def _print_first_opening(playwright: Playwright, folder: str, run: Run) -> None:
    seconds = []
    for _ in range(STARTS):
        with _served(playwright, folder) as (page, url):
            page.goto(f"{url}/?run={run.id}&w={WORKSPACE}")
            seconds.append(_opening(page))
    print("Opening it by a click for the first time after the server was started")
    _print_seconds(f"{STARTS} servers and browsers", seconds)


def _opening(page: Page) -> float:
    """Seconds from a click on the page Train, once it is complete, until the network is drawn."""
    page.get_by_role("button", name="Resume").wait_for()
    page.locator(CURVE).first.wait_for()
    started = time.perf_counter()
    page.get_by_role("link", name="Inside").click()
    page.wait_for_function(COMPLETE)
    return time.perf_counter() - started


def _print_seconds(what: str, seconds: list[float]) -> None:
    median, most = statistics.median(seconds), max(seconds)
    print(f"  {what:22} {median:.2f} s, at most {most:.2f} s   (target 1 s)", flush=True)


def _print_views(store: Store, run: Run) -> None:
    print("Each view (hidden 256): when first opened, after a new checkpoint, after a click")
    for view in VIEWS:
        page = AppTest.from_function(_the_page, default_timeout=60)
        enter(page, key=WORKSPACE, run=run.id, view=view)
        first, refreshed, clicked = _timed(page), [], []
        for _ in range(REPEATS):
            _train_on(store, run)
            refreshed.append(_timed(page))
            clicked.append(_timed(page))
        figures = (
            f"{first:6.0f} {statistics.median(refreshed):6.0f} {statistics.median(clicked):6.0f}"
        )
        print(f"  {view:16}{figures} ms   (target 300 ms)")
    _, data = store.snapshots.checkpoint(run.id) or (0, b"")
    state = state_from_bytes(data)
    corpus = store.corpora.get(run.sha256)
    ids = Vocabulary(corpus.vocabulary).encode(store.corpora.text(run.sha256))
    weights = Parameters(len(corpus.vocabulary), run.config.hidden_size, run.config.dtype)
    weights.unpack(state["weights"])
    started = time.perf_counter()
    gradient_check(weights, ids[:26], state["hidden"][0], np.random.default_rng(0))
    print(f"  the check itself {time.perf_counter() - started:11.2f} s    (target 2 s)")


def _timed(page: AppTest) -> float:
    """Milliseconds to draw the page once more."""
    started = time.perf_counter()
    page.run()
    assert not page.exception, page.exception[0].message
    return 1000 * (time.perf_counter() - started)


def _train_on(store: Store, run: Run) -> None:
    """A few more iterations, and a new checkpoint."""
    until = store.runs.get(run.id).iteration + 10
    store.runs.request(run.id, desired="running", pause_at=until)
    _wait_until_paused(store, run)


def _wait_until_paused(store: Store, run: Run) -> None:
    while store.runs.get(run.id).moving:
        time.sleep(0.05)


def _print_watching(page: Page, store: Store, url: str) -> None:
    """Training speed with the page open and with it closed, in turn; the network plays."""
    run = _run(store, hidden_size=83, pause_at=None)
    ratios = []
    for round_ in range(ROUNDS + 1):
        page.goto(_address(url, run))
        page.wait_for_function(COMPLETE)
        page.locator(".inside-network .play").click()
        open_speed = training_speed(store, run.id, page)
        page.goto("about:blank")
        closed_speed = training_speed(store, run.id, page)
        if round_:  # the first warms up
            ratios.append(open_speed / closed_speed)
    quartiles = statistics.quantiles(ratios, n=4)
    print("Training while the page is open and plays (hidden 83, seq 25, one stream)")
    print(f"  kept {statistics.median(ratios):.1%} (target 95 %)", end="")
    print(f"  quartiles {quartiles[0]:.1%} to {quartiles[2]:.1%} of {ROUNDS} rounds")


def _run(store: Store, *, hidden_size: int, pause_at: int | None) -> Run:
    config = RunConfig(hidden_size=hidden_size, iterations=100_000_000)
    offer = library.available()[0]
    corpus = store.corpora.add(offer.title, library.load(offer.key))
    return Workspace(store, WORKSPACE).create(corpus, config, pause_at=pause_at)


def _address(url: str, run: Run) -> str:
    return f"{url}/inside?run={run.id}&w={WORKSPACE}"


def _the_page() -> None:
    from charrnn.ui import selection
    from charrnn.ui.inside import page

    selection.read_url("Inside")
    page.show()

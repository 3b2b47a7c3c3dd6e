"""The Alphabet page: how fast it opens, and how much training slows down while it is open.

Opening is timed in a real Chromium with a text of 1 MB and with a text of 5,000 different
characters. It is timed from the click on "Alphabet" until the last chart is drawn, for a run that
has trained a little; and again by its address, when the browser has to load the whole dashboard
first.
"""

import os
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from tests.benchmarks.page import ROUNDS, training_speed
from tests.support.server import CHROMIUM_OPTIONS, Server

LONG_CHARACTERS = 1_000_000
MANY_CHARACTERS = 5000
WORKSPACE = "w" * 32
VISITS = 7
COMPLETE = """() => document.querySelector('.one-hot b') && [...document.querySelectorAll(
    '[data-testid=stVegaLiteChart]')].filter(c => c.querySelector('svg, canvas')).length === 5"""


def main(text_file: Path | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Store(f"sqlite:///{folder}/charrnn.sqlite")
        # Each run pauses after 1,000 iterations, so that nothing trains while opening is timed.
        texts = {
            "1 MB of text": (_long_text(text_file), 1.0),
            "5,000 characters": (_many_characters(), 3.0),
        }
        runs = {name: _run(store, name, text, 1000) for name, (text, _) in texts.items()}
        server = Server(Path(folder), Path(folder) / "server.log")
        try:
            chromium = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            print("\nOpening the Alphabet page, not for the first time")
            for name, run in runs.items():
                text, target = texts[name]
                print(f"  {name} ({len(text):,} characters, {len(set(text)):,} different)")
                _print_opening(page, store, server.url, run, target)
            _print_watching(page, store, server.url)
            browser.close()
        finally:
            server.stop()


def _print_opening(page: Page, store: Store, url: str, run: Run, target: float) -> None:
    page.goto(_address(url, run))
    page.wait_for_function(COMPLETE)
    while store.runs.get(run.id).active:
        page.wait_for_timeout(100)
    clicked, loaded = [], []
    for _ in range(VISITS):
        page.get_by_role("link", name="Train").click()
        page.get_by_role("button", name="Resume").wait_for()
        started = time.perf_counter()
        page.get_by_role("link", name="Alphabet").click()
        page.wait_for_function(COMPLETE)
        clicked.append(time.perf_counter() - started)
        started = time.perf_counter()
        page.goto(_address(url, run))
        page.wait_for_function(COMPLETE)
        loaded.append(time.perf_counter() - started)
    print(f"    by a click           {_spread(clicked)}   (target {target:.0f} s)")
    print(f"    by its address       {_spread(loaded)}")


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):5.2f} s, at most {max(seconds):.2f} s"


def _print_watching(page: Page, store: Store, url: str) -> None:
    """Training speed with the page open and with it closed, in turn."""
    run = _run(store, "story", library.load(library.available()[0].key), None)
    ratios = []
    for round_ in range(ROUNDS + 1):
        page.goto(_address(url, run))
        page.wait_for_function(COMPLETE)
        open_speed = training_speed(store, run.id, page)
        page.goto("about:blank")
        closed_speed = training_speed(store, run.id, page)
        if round_:  # the first warms up
            ratios.append(open_speed / closed_speed)
    quartiles = statistics.quantiles(ratios, n=4)
    print("Training while the page is open (hidden 83, seq 25, one stream)")
    print(f"  kept {statistics.median(ratios):.1%} (target 95 %)", end="")
    print(f"  quartiles {quartiles[0]:.1%} to {quartiles[2]:.1%} of {ROUNDS} rounds")


def _run(store: Store, name: str, text: str, pause_at: int | None) -> Run:
    config = RunConfig(hidden_size=83, iterations=100_000_000)
    corpus = store.corpora.add(name, text)
    return Workspace(store, WORKSPACE).create(corpus, config, pause_at=pause_at)


def _address(url: str, run: Run) -> str:
    return f"{url}/alphabet?run={run.id}&w={WORKSPACE}"


def _long_text(text_file: Path | None) -> str:
    if text_file:
        return text_file.read_text(encoding="utf-8")
    texts = "\n".join(library.load(offer.key) for offer in library.available())
    return (texts * (LONG_CHARACTERS // len(texts) + 1))[:LONG_CHARACTERS]


def _many_characters() -> str:
    """A text of MANY_CHARACTERS different characters: a few are frequent, most are rare."""
    rng = random.Random(0)
    frequent = (min(MANY_CHARACTERS - 1, int(20 * rng.paretovariate(0.6))) for _ in range(200_000))
    return "".join(chr(0x4E00 + i) for i in (*frequent, *range(MANY_CHARACTERS)))

"""How long the Compare page takes with ten long runs, and the Write page with 200 characters.

The runs are written into a store as a worker would, with as many rows, and with samples made of
words of the text. Opening the page is measured in a real Chromium: from the click on "Compare"
until every curve, every sample and the table are visible, and again from the address bar, where
the browser has to load Streamlit's own page first. Then two of the runs train on, and the
benchmark measures how often the page updates and how soon it follows the slider.
"""

import math
import os
import random
import shutil
import statistics
import tempfile
import time
from itertools import pairwise, product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import sample, sample_rng
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.recording import should_record
from charrnn.runs.serialization import state_to_bytes
from charrnn.runs.store.records import Corpus, Progress, Run
from charrnn.runs.store.store import Store
from charrnn.runs.texts import library
from charrnn.runs.workers.checkpointing import should_snapshot
from tests.support.server import CHROMIUM_OPTIONS, Server

ITERATIONS = 100_000
RATES, SIZES = (0.05, 0.1), (32, 64, 83, 100, 128)
WORKSPACE = "compare-benchmark-workspace"
REPEATS = 9
OPENING_TARGET = 2.0  # seconds
LIVE_SECONDS = 20.0  # of watching the training runs
WRITTEN, WRITING_SIZE, WRITING_TARGET_MS = 200, 256, 50

COMPLETE = """n => document.querySelectorAll('.stVegaLiteChart .mark-line path').length === n &&
    document.querySelectorAll('.st-key-samples .written').length === n &&
    document.querySelector('[data-testid=stDataFrame] canvas')"""
WATCH_UPDATES = """() => {
    window.updates = [];
    let before = '';
    window.watching = setInterval(() => {
        const now = document.querySelector('.run-legend').textContent;
        if (now !== before) window.updates.push(performance.now());
        before = now;
    }, 20);
}"""


def main(text_file: Path | None = None) -> None:
    text = (
        text_file.read_text(encoding="utf-8")
        if text_file
        else library.load(library.available()[0].key)
    )
    _print_sampling(text)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Store(f"sqlite:///{folder}/charrnn.sqlite")
        runs = fill(store, store.corpora.add("text", text), WORKSPACE)
        server = Server(Path(folder), Path(folder) / "server.log")
        try:
            chromium = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            keys = ",".join(run.id for run in runs)
            address = f"{server.url}/compare?compare={keys}&w={WORKSPACE}"
            n = len(runs)
            print(f"\nThe page /compare opens {n} runs of {ITERATIONS:,} iterations each")
            _print_opening(page, address, n)
            _print_live(page, store, address, runs)
            browser.close()
        finally:
            server.stop()


def fill(store: Store, corpus: Corpus, workspace: str) -> list[Run]:
    """Ten finished runs of one text: every combination of two learning rates and five sizes."""
    configs = [
        RunConfig(learning_rate=rate, hidden_size=size, iterations=ITERATIONS)
        for rate, size in product(RATES, SIZES)
    ]
    return [_finished(store, corpus, config, workspace) for config in configs]


def _finished(store: Store, corpus: Corpus, config: RunConfig, workspace: str) -> Run:
    """A run with everything its worker would have written."""
    text = store.corpora.text(corpus.sha256)
    ids = Vocabulary(corpus.vocabulary).encode(text)
    trainer = Trainer(ids, len(corpus.vocabulary), **config.trainer_settings())
    trainer.step()
    rng = random.Random(f"{config.learning_rate} {config.hidden_size}")
    words = text.split(" ")
    floor = rng.uniform(1.9, 2.6)
    updates, smooth, best = Progress(), 0.0, math.inf
    for n in range(ITERATIONS + 1):
        bits = floor + (math.log2(len(corpus.vocabulary)) - floor) / (1 + n / 1500) ** 0.8
        smooth = config.seq_length * math.log(2) * (bits + rng.gauss(0, 0.004))
        best = min(best, smooth)
        if should_record(n):
            loss = smooth * rng.uniform(0.75, 1.3)
            row = {"iteration": n, "loss": loss, "smooth_loss": smooth, "seconds": n * 4e-4}
            updates.metrics.append(row)
        if n % config.sample_interval == 0:
            written = " ".join(rng.choices(words, k=80))[: config.sample_length]
            updates.samples.append({"iteration": n, "text": written})
            held_out = {"iteration": n, "held_out_loss": smooth / config.seq_length * 1.03}
            updates.evaluations.append(held_out)
        if should_snapshot(n):
            trainer.iteration, trainer.smooth_loss = n, smooth
            state = state_to_bytes(trainer.state())
            updates.snapshots.append({"iteration": n, "state": state, "seconds": n * 4e-4})
    updates.checkpoint = updates.snapshots[-1]
    facts = {
        "status": "finished",
        "iteration": ITERATIONS,
        "smooth_loss": smooth,
        "best_smooth_loss": best,
        "recent_loss": smooth,
        "seconds": ITERATIONS * 4e-4,
        "characters_per_second": 62_500.0,
        "greedy_sample": text[:60],
    }
    run = store.runs.create(corpus, config, workspace=workspace)
    store.leases.claim(run.id, "benchmark")
    store.leases.publish(run.id, "benchmark", facts, updates)
    store.leases.release(run.id, "benchmark")
    return store.runs.get(run.id)


def _print_opening(page: Page, address: str, n: int) -> None:
    page.goto(address)
    page.wait_for_function(COMPLETE, arg=n)
    by_click, by_address = [], []
    for _ in range(REPEATS):
        page.get_by_role("link", name="Train").click()
        page.get_by_role("button", name="Step").wait_for()
        started = time.perf_counter()
        page.get_by_role("link", name="Compare").click()
        page.wait_for_function(COMPLETE, arg=n)
        by_click.append(time.perf_counter() - started)
        started = time.perf_counter()
        page.goto(address)
        page.wait_for_function(COMPLETE, arg=n)
        by_address.append(time.perf_counter() - started)
    print(f"  by a click           {_spread(by_click)}   (target {OPENING_TARGET:.0f} s)")
    print(f"  by its address       {_spread(by_address)}")


def _print_live(page: Page, store: Store, address: str, runs: list[Run]) -> None:
    """How often the page updates while two of the runs train on."""
    for run in runs[-2:]:
        store.runs.request(run.id, iterations=100_000_000, desired="running")
    while any(store.runs.get(run.id).iteration <= ITERATIONS for run in runs[-2:]):
        page.wait_for_timeout(200)
    page.goto(address)
    page.wait_for_function(COMPLETE, arg=len(runs))
    page.evaluate(WATCH_UPDATES)
    page.wait_for_timeout(1000 * LIVE_SECONDS)
    updates = page.evaluate("() => { clearInterval(window.watching); return window.updates }")
    intervals = [(after - before) / 1000 for before, after in pairwise(updates)]
    print("  while two of them train")
    print(f"    updates every            {_spread(intervals)}")
    delays = []
    slider = page.locator(".st-key-at input[type=range]")
    slider.focus()
    for _ in range(REPEATS):
        before = page.locator(".st-key-samples").inner_text()
        started = time.perf_counter()
        slider.press("ArrowLeft")
        page.wait_for_function(
            "before => document.querySelector('.st-key-samples').innerText !== before", arg=before
        )
        delays.append(time.perf_counter() - started)
    print(f"    follows the slider in    {_spread(delays)}")
    for run in runs[-2:]:
        store.runs.request(run.id, desired="paused")


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):5.2f} s, at most {max(seconds):.2f} s"


def _print_sampling(text: str) -> None:
    """The engine alone: sample(), which computes the probabilities of every character."""
    V = len(Vocabulary.of(text))
    weights = Parameters.initial(V, WRITING_SIZE, seed=0)
    hidden = weights.zeros_like().bh
    milliseconds = []
    for _ in range(30):
        started = time.perf_counter()
        sample(weights, sample_rng(0, 0), hidden=hidden, first=0, length=WRITTEN)
        milliseconds.append(1000 * (time.perf_counter() - started))
    print(f"\n{WRITTEN} characters at hidden {WRITING_SIZE} ({V} different ones)")
    print(f"  {statistics.median(milliseconds):.1f} ms, at most {max(milliseconds):.1f}", end="")
    print(f"   (target {WRITING_TARGET_MS} ms)")


if __name__ == "__main__":
    main()

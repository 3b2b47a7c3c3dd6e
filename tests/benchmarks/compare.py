"""Ten long runs on the page /compare, and 200 characters for the page /write: what each takes.

The runs are written into a store as a worker would write them, row by row as dense, with samples
made of the words of the text. Opening is measured in a real Chromium, from the click on "Compare"
until every curve, every sample and the table are there; and once more from the address bar, where
the browser has to load Streamlit's own page first. Then two of the runs train on, and it is
measured how often the page says something new, and how soon it follows the slider.
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

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import sample, sample_rng
from charrnn.engine.training import Trainer
from charrnn.runs import library
from charrnn.runs.archive import state_to_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.grid import looked_back_on, recorded
from charrnn.runs.records import Corpus, Progress, Run
from charrnn.runs.store import Store
from tests.serving import CHROMIUM_OPTIONS, Server

ITERATIONS = 100_000
RATES, SIZES = (0.05, 0.1), (32, 64, 83, 100, 128)
WORKSPACE = "compare-benchmark-workspace"
VISITS = 9
OPENING_TARGET = 2.0  # seconds
LIVE_SECONDS = 20.0
WRITTEN, WRITING_SIZE, WRITING_TARGET_MS = 200, 256, 50

COMPLETE = """n => document.querySelectorAll('.stVegaLiteChart .mark-line path').length === n &&
    document.querySelectorAll('.st-key-samples .written').length === n &&
    document.querySelector('[data-testid=stDataFrame] canvas')"""
NEWS = """() => {
    window.news = [];
    let before = '';
    window.watching = setInterval(() => {
        const now = document.querySelector('.legend-of-runs').textContent;
        if (now !== before) window.news.push(performance.now());
        before = now;
    }, 20);
}"""


def main(text_file: Path | None = None) -> None:
    text = (
        text_file.read_text(encoding="utf-8")
        if text_file
        else library.load(library.offers()[0].key)
    )
    _print_writing(text)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Store(f"sqlite:///{folder}/charrnn.sqlite")
        runs = fill(store, store.add_corpus("text", text), WORKSPACE)
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
    """Ten finished runs of one text, every combination of two rates and five sizes."""
    configs = [
        RunConfig(learning_rate=rate, hidden_size=size, iterations=ITERATIONS)
        for rate, size in product(RATES, SIZES)
    ]
    return [_finished(store, corpus, config, workspace) for config in configs]


def _finished(store: Store, corpus: Corpus, config: RunConfig, workspace: str) -> Run:
    """A run with all that its worker would have left behind."""
    text = store.text(corpus.sha256)
    ids = Vocabulary(corpus.vocabulary).encode(text)
    trainer = Trainer(ids, len(corpus.vocabulary), **config.trainer_settings())
    trainer.step()
    dice = random.Random(f"{config.learning_rate} {config.hidden_size}")
    words = text.split(" ")
    floor = dice.uniform(1.9, 2.6)
    news, smooth = Progress(), 0.0
    for n in range(ITERATIONS + 1):
        bits = floor + (math.log2(len(corpus.vocabulary)) - floor) / (1 + n / 1500) ** 0.8
        smooth = config.seq_length * math.log(2) * (bits + dice.gauss(0, 0.004))
        if recorded(n):
            loss = smooth * dice.uniform(0.75, 1.3)
            row = {"iteration": n, "loss": loss, "smooth_loss": smooth, "seconds": n * 4e-4}
            news.metrics.append(row)
        if n % config.sample_interval == 0:
            written = " ".join(dice.choices(words, k=80))[: config.sample_length]
            news.samples.append({"iteration": n, "text": written})
            held_out = {"iteration": n, "held_out_loss": smooth / config.seq_length * 1.03}
            news.evaluations.append(held_out)
        if looked_back_on(n):
            trainer.iteration, trainer.smooth_loss = n, smooth
            state = state_to_bytes(trainer.state())
            news.snapshots.append({"iteration": n, "state": state, "seconds": n * 4e-4})
    news.checkpoint = news.snapshots[-1]
    facts = {
        "status": "finished",
        "iteration": ITERATIONS,
        "smooth_loss": smooth,
        "seconds": ITERATIONS * 4e-4,
        "characters_per_second": 62_500.0,
        "likeliest": text[:60],
    }
    run = store.create_run(corpus, config, workspace=workspace)
    store.claim(run.id, "benchmark")
    store.publish(run.id, "benchmark", facts, news)
    store.release(run.id, "benchmark")
    return store.run(run.id)


def _print_opening(page: Page, address: str, n: int) -> None:
    page.goto(address)
    page.wait_for_function(COMPLETE, arg=n)
    clicked, loaded = [], []
    for _ in range(VISITS):
        page.get_by_role("link", name="Train").click()
        page.get_by_role("button", name="Step").wait_for()
        started = time.perf_counter()
        page.get_by_role("link", name="Compare").click()
        page.wait_for_function(COMPLETE, arg=n)
        clicked.append(time.perf_counter() - started)
        started = time.perf_counter()
        page.goto(address)
        page.wait_for_function(COMPLETE, arg=n)
        loaded.append(time.perf_counter() - started)
    print(f"  by a click           {_spread(clicked)}   (target {OPENING_TARGET:.0f} s)")
    print(f"  by its address       {_spread(loaded)}")


def _print_live(page: Page, store: Store, address: str, runs: list[Run]) -> None:
    """How often the page says something new while two of the runs train on."""
    for run in runs[-2:]:
        store.wish(run.id, iterations=100_000_000, desired="running")
    while any(store.run(run.id).iteration <= ITERATIONS for run in runs[-2:]):
        page.wait_for_timeout(200)
    page.goto(address)
    page.wait_for_function(COMPLETE, arg=len(runs))
    page.evaluate(NEWS)
    page.wait_for_timeout(1000 * LIVE_SECONDS)
    news = page.evaluate("() => { clearInterval(window.watching); return window.news }")
    between = [(after - before) / 1000 for before, after in pairwise(news)]
    print("  while two of them train")
    print(f"    says something new every {_spread(between)}")
    followed = []
    slider = page.locator(".st-key-at input[type=range]")
    slider.focus()
    for _ in range(VISITS):
        before = page.locator(".st-key-samples").inner_text()
        started = time.perf_counter()
        slider.press("ArrowLeft")
        page.wait_for_function(
            "before => document.querySelector('.st-key-samples').innerText !== before", arg=before
        )
        followed.append(time.perf_counter() - started)
    print(f"    follows the slider in    {_spread(followed)}")
    for run in runs[-2:]:
        store.wish(run.id, desired="paused")


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):5.2f} s, at most {max(seconds):.2f} s"


def _print_writing(text: str) -> None:
    """The engine alone: sample() with the odds of every character worked out."""
    V = len(Vocabulary.of(text))
    weights = Parameters.initial(V, WRITING_SIZE, seed=0)
    hidden = weights.like().bh
    took = []
    for _ in range(30):
        started = time.perf_counter()
        sample(weights, sample_rng(0, 0), hidden=hidden, first=0, length=WRITTEN)
        took.append(1000 * (time.perf_counter() - started))
    print(f"\n{WRITTEN} characters at hidden {WRITING_SIZE} ({V} different ones)")
    print(f"  {statistics.median(took):.1f} ms, at most {max(took):.1f}", end="")
    print(f"   (target {WRITING_TARGET_MS} ms)")


if __name__ == "__main__":
    main()

"""Thirty people at once: do the pages answer, and do the runs still get the machine?

Thirty visitors open a page each, press Train, stay, and now and then pause, resume or move the
learning rate. First they are alone with the server; then a real Chromium joins them and times
clicks until they are to be seen. Visitors and browser take time from the same cores, which is
said; in life they would have machines of their own.
"""

import asyncio
import contextlib
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, async_playwright

from charrnn.runs import library
from charrnn.runs.config import RunConfig
from charrnn.runs.store import Store
from tests.benchmarks import processes
from tests.benchmarks.visitor import Visitor
from tests.serving import CHROMIUM_OPTIONS, Server

VISITORS = int(os.environ.get("CROWD_VISITORS", 30))
ARRIVAL_SECONDS = 0.25  # between two visitors
SETTLING_SECONDS = 20.0  # the pages of young runs look more often
MEASURED_SECONDS = 20.0
ALONE_SECONDS = 5.0
IDLE_SECONDS = 20.0  # between two clicks of one visitor, on average
CLICKS = 20  # in the real browser
BAD_WORDS = ("ERROR", "Traceback", "page_failed", "store_failed", "hung", "given_up")

TIMED_CLICK = """async ([from, to]) => {
    const find = (name) => [...document.querySelectorAll('button')].find(
        (button) => button.innerText.trim().endsWith(name) && button.offsetParent);
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const started = performance.now();
    find(from).click();
    while (!find(to)) {
        if (performance.now() - started > 30000) throw new Error(`${from} was not answered`);
        await painted();
    }
    await painted();
    return (performance.now() - started) / 1000;
}"""


@dataclass
class Share:
    """Seconds that each party has computed, and how many have passed."""

    wall: float
    workers: float
    server: float
    visitors: float
    browser: float
    machine: float
    iterations: int

    @classmethod
    def now(cls, server: Server, store: Store, browser: list[int]) -> "Share":
        return cls(
            wall=time.perf_counter(),
            workers=sum(map(processes.cpu_seconds, processes.children(server.process.pid))),
            server=processes.cpu_seconds(server.process.pid),
            visitors=processes.cpu_seconds(os.getpid()),
            browser=sum(map(processes.cpu_seconds, browser)),
            machine=processes.machine_seconds(),
            iterations=sum(run.iteration for run in store.wanted()),
        )

    def since(self, before: "Share") -> "Share":
        return Share(*(getattr(self, f) - getattr(before, f) for f in self.__dataclass_fields__))

    @property
    def others(self) -> float:
        """What has nothing to do with this, and takes from the cores all the same."""
        return self.machine - self.workers - self.server - self.visitors - self.browser

    def of_cores(self, seconds: float) -> float:
        return seconds / (self.wall * len(os.sched_getaffinity(0)))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "store", Path(folder) / "server.log")
        try:
            asyncio.run(_measure(server, Path(folder) / "store"))
        finally:
            server.stop()
        say_log(server.log)


async def _measure(server: Server, folder: Path) -> None:
    store = Store(f"sqlite:///{folder}/charrnn.sqlite")
    async with Visitor(server.url) as first:
        await first.slide("learning rate", "0.05")
    alone = await _speed_alone(store)
    empty = processes.resident(server.process.pid)
    async with contextlib.AsyncExitStack() as stack:
        visitors = []
        for _ in range(VISITORS):
            visitors.append(await stack.enter_async_context(Visitor(server.url)))
            await visitors[-1].press("Train")
            await asyncio.sleep(ARRIVAL_SECONDS)
        answers: list[float] = []
        unanswered: list[str] = []
        clicking = [asyncio.create_task(_click(v, answers, unanswered)) for v in visitors]
        await asyncio.sleep(SETTLING_SECONDS)
        answers.clear()
        ticks, before = sum(v.ticks for v in visitors), Share.now(server, store, [])
        await asyncio.sleep(MEASURED_SECONDS)
        share = Share.now(server, store, []).since(before)
        ticks = sum(v.ticks for v in visitors) - ticks
        full = processes.resident(server.process.pid)
        workers = processes.children(server.process.pid)
        _say_share("with visitors without a screen", share)
        print(f"  {share.iterations / share.wall:,.0f} windows/s of all runs", end="")
        print(f"; two runs without pages {alone:,.0f}")
        _say_seconds("click until the page has answered", answers)
        print(f"  {ticks / share.wall:.1f} parts of pages drawn a second, ", end="")
        print(f"{1000 * share.server / max(1, ticks):.1f} ms of the server for each")
        print(f"  server {empty:.0f} MB empty, {full:.0f} MB with {VISITORS} pages: ", end="")
        print(f"{(full - empty) / VISITORS:.2f} MB a page (resident)")
        print(f"  {len(workers)} workers, ", end="")
        own = statistics.mean(map(processes.proportional, workers))
        print(f"{own:.1f} MB each (PSS), ", end="")
        print(f"{statistics.mean(map(processes.resident, workers)):.1f} MB (resident)")
        answers.clear()
        await _with_browser(server, store)
        _say_seconds("meanwhile, click until the page has answered", answers)
        for task in clicking:
            task.cancel()
        for result in await asyncio.gather(*clicking, return_exceptions=True):
            if not isinstance(result, asyncio.CancelledError):
                print(f"  a visitor failed: {result!r}")
        print(f"  clicks without an answer: {len(unanswered) or 'none'}")
        print(f"  errors on pages: {[error for v in visitors for error in v.errors] or 'none'}")


async def _with_browser(server: Server, store: Store) -> None:
    async with _chromium(server.url) as page:
        browser = [
            pid
            for child in processes.children(os.getpid())
            if child != server.process.pid
            for pid in processes.descendants(child)
        ]
        await page.get_by_role("button", name="Train", exact=True).click()
        await page.get_by_role("button", name="Pause", exact=True).wait_for()
        before, painted = Share.now(server, store, browser), []
        for _ in range(CLICKS // 2):
            for click in (("Pause", "Resume"), ("Resume", "Pause")):
                await asyncio.sleep(random.uniform(0.5, 1.0))
                painted.append(await page.evaluate(TIMED_CLICK, click))
        share = Share.now(server, store, browser).since(before)
        _say_share("with a real browser among them", share)
        _say_seconds("click until it is painted", painted)


@contextlib.asynccontextmanager
async def _chromium(url: str) -> AsyncIterator[Page]:
    path = os.environ.get("CHARRNN_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        await page.goto(url)
        await page.get_by_role("button", name="Train", exact=True).wait_for()
        yield page
        await browser.close()


async def _speed_alone(store: Store) -> float:
    """Windows a second of as many runs as there are cores, while nobody looks."""
    corpus = store.add_corpus("story", library.load(library.offers()[0].key))
    cores = len(os.sched_getaffinity(0))
    runs = [store.create_run(corpus, RunConfig(), workspace="alone") for _ in range(cores)]
    while not all(store.run(run.id).iteration for run in runs):
        await asyncio.sleep(0.1)
    first = [store.run(run.id) for run in runs]
    await asyncio.sleep(ALONE_SECONDS)
    last = [store.run(run.id) for run in runs]
    for run in runs:
        store.wish(run.id, desired="paused")
    return sum(
        (b.iteration - a.iteration) / (b.heartbeat - a.heartbeat)
        for a, b in zip(first, last, strict=True)
    )


async def _click(visitor: Visitor, answers: list[float], unanswered: list[str]) -> None:
    """Now and then, something that people do."""
    dice = random.Random()
    while True:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * IDLE_SECONDS)
        try:
            if "Resume" in visitor.buttons:
                answers.append(await visitor.press("Resume"))
            elif dice.random() < 0.5:
                answers.append(await visitor.press("Pause"))
                await asyncio.sleep(1.0)
                answers.append(await visitor.press("Resume"))
            else:
                answers.append(await visitor.slide("learning rate", dice.choice(["0.05", "0.1"])))
        except TimeoutError:
            unanswered.append(visitor.query)
            await visitor.reload()


def _say_share(title: str, share: Share) -> None:
    print(f"\n{VISITORS} pages, {VISITORS} runs, {title} ({share.wall:.0f} s)")
    for name in ("workers", "server", "visitors", "browser", "others"):
        print(f"  {name:8} {share.of_cores(getattr(share, name)):6.1%} of the cores")
    left = share.workers / (share.wall * len(os.sched_getaffinity(0)) - share.others)
    print(f"  training has {left:.1%} of what others left of the cores (target 85 %)")


def _say_seconds(name: str, seconds: list[float]) -> None:
    p = statistics.quantiles(seconds, n=20, method="inclusive")
    print(f"  {name}: {len(seconds)} times, ", end="")
    print(f"p50 {p[9]:.3f} s, p95 {p[18]:.3f} s, longest {max(seconds):.3f} s")


def say_log(log: Path) -> None:
    """What the server's log holds against it."""
    bad = [line for line in log.read_text().splitlines() if any(word in line for word in BAD_WORDS)]
    print(f"  bad lines in the server's log: {len(bad) or 'none'}")
    for line in bad[:10]:
        print(f"    {line}")

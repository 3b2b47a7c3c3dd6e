"""Load test: with thirty visitors, how fast are the pages, and how much CPU time does training get?

Thirty simulated visitors open a page each, press Train, stay, and now and then pause, resume or
move the learning rate. First the server has only them; then a real Chromium joins in, and the time
from a click until its effect is painted is measured. Visitors and browser use the same cores as
the server, where in practice they have computers of their own; their share is reported.
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

from charrnn.runs.config import RunConfig
from charrnn.runs.store.store import Store
from charrnn.runs.texts import library
from tests.benchmarks import processes
from tests.benchmarks.visitor import Visitor
from tests.support.server import CHROMIUM_OPTIONS, Server

VISITORS = int(os.environ.get("CHARRNN_LOAD_VISITORS", 30))
ARRIVAL_SECONDS = 0.25  # between two visitors
SETTLING_SECONDS = 20.0  # pages of new runs refresh more often
MEASURED_SECONDS = 20.0
ALONE_SECONDS = 5.0
CLICK_INTERVAL = 20.0  # seconds between two clicks of one visitor, on average
CLICKS = 20  # in the real browser
LOG_ERRORS = ("ERROR", "Traceback", "page_failed", "store_failed", "hung", "given_up", "crashed")

TIMED_CLICK = """async ([from, to]) => {
    const find = (name) => [...document.querySelectorAll('button')].find(
        (button) => button.innerText.trim().endsWith(name) && button.offsetParent);
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const started = performance.now();
    find(from).click();
    while (!find(to)) {
        if (performance.now() - started > 30000) throw new Error(`${from} had no effect`);
        await painted();
    }
    await painted();
    return (performance.now() - started) / 1000;
}"""


@dataclass
class Usage:
    """CPU seconds used by each group of processes, and the wall-clock time, from some start."""

    wall: float
    workers: float
    server: float
    visitors: float
    browser: float
    machine: float
    iterations: int

    @classmethod
    def now(cls, server: Server, store: Store, browser: list[int]) -> "Usage":
        return cls(
            wall=time.perf_counter(),
            workers=sum(map(processes.cpu_seconds, processes.children(server.process.pid))),
            server=processes.cpu_seconds(server.process.pid),
            visitors=processes.cpu_seconds(os.getpid()),
            browser=sum(map(processes.cpu_seconds, browser)),
            machine=processes.machine_seconds(),
            iterations=sum(run.iteration for run in store.runs.runnable()),
        )

    def since(self, before: "Usage") -> "Usage":
        return Usage(*(getattr(self, f) - getattr(before, f) for f in self.__dataclass_fields__))

    @property
    def others(self) -> float:
        """CPU seconds of all processes that have nothing to do with this test."""
        return self.machine - self.workers - self.server - self.visitors - self.browser

    def share_of_cores(self, seconds: float) -> float:
        return seconds / (self.wall * len(os.sched_getaffinity(0)))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "store", Path(folder) / "server.log")
        try:
            asyncio.run(_measure(server, Path(folder) / "store"))
        finally:
            server.stop()
        print_log_errors(server.log)


async def _measure(server: Server, folder: Path) -> None:
    store = Store(f"sqlite:///{folder}/charrnn.sqlite")
    async with Visitor(server.url) as first:
        await first.slide("learning rate", "0.05")
    speed_alone = await _speed_alone(store)
    empty_megabytes = processes.resident(server.process.pid)
    async with contextlib.AsyncExitStack() as stack:
        visitors = []
        for _ in range(VISITORS):
            visitors.append(await stack.enter_async_context(Visitor(server.url)))
            await visitors[-1].press("Train")
            await asyncio.sleep(ARRIVAL_SECONDS)
        responses: list[float] = []
        timeouts: list[str] = []
        clicking = [asyncio.create_task(click_on(v, responses, timeouts)) for v in visitors]
        await asyncio.sleep(SETTLING_SECONDS)
        responses.clear()
        await _with_simulated_visitors(server, store, visitors)
        print(f"  one run per core without pages: {speed_alone:,.0f} windows/s")
        print_seconds("click until the page is updated", responses)
        _print_memory(server, empty_megabytes)
        responses.clear()
        await _with_browser(server, store)
        print_seconds("simulated visitors meanwhile, click until the page is updated", responses)
        for task in clicking:
            task.cancel()
        for result in await asyncio.gather(*clicking, return_exceptions=True):
            if not isinstance(result, asyncio.CancelledError):
                print(f"  a visitor failed: {result!r}")
        print(f"  clicks that timed out: {len(timeouts) or 'none'}")
        print(f"  errors on pages: {[error for v in visitors for error in v.errors] or 'none'}")


async def _with_simulated_visitors(server: Server, store: Store, visitors: list[Visitor]) -> None:
    ticks, before = sum(v.ticks for v in visitors), Usage.now(server, store, [])
    await asyncio.sleep(MEASURED_SECONDS)
    usage = Usage.now(server, store, []).since(before)
    ticks = sum(v.ticks for v in visitors) - ticks
    print_usage(f"{VISITORS} pages, {VISITORS} runs, simulated visitors only", usage)
    print(f"  {usage.iterations / usage.wall:,.0f} windows/s of all runs")
    print(f"  {ticks / usage.wall:.1f} fragment runs a second, ", end="")
    print(f"{1000 * usage.server / max(1, ticks):.1f} ms of server CPU time each")


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
        before, painted = Usage.now(server, store, browser), []
        for _ in range(CLICKS // 2):
            for click in (("Pause", "Resume"), ("Resume", "Pause")):
                await asyncio.sleep(random.uniform(1.2, 1.7))  # no double click
                painted.append(await page.evaluate(TIMED_CLICK, click))
        usage = Usage.now(server, store, browser).since(before)
        print_usage(f"{VISITORS} pages, {VISITORS} runs, and a real browser", usage)
        print_seconds("click until it is painted", painted)


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
    """Windows per second of as many runs as there are cores, while no page shows them."""
    corpus = store.corpora.add("story", library.load(library.available()[0].key))
    cores = len(os.sched_getaffinity(0))
    runs = [store.runs.create(corpus, RunConfig(), workspace="alone") for _ in range(cores)]
    while not all(store.runs.get(run.id).iteration for run in runs):
        await asyncio.sleep(0.1)
    first = [store.runs.get(run.id) for run in runs]
    await asyncio.sleep(ALONE_SECONDS)
    last = [store.runs.get(run.id) for run in runs]
    for run in runs:
        store.runs.request(run.id, desired="paused")
    return sum(
        (b.iteration - a.iteration) / (b.heartbeat - a.heartbeat)
        for a, b in zip(first, last, strict=True)
    )


async def click_on(visitor: Visitor, responses: list[float], timeouts: list[str]) -> None:
    """Click something now and then. responses: gets seconds. timeouts: gets query strings."""
    rng = random.Random()
    while True:
        await asyncio.sleep(rng.uniform(0.5, 1.5) * CLICK_INTERVAL)
        try:
            if "Resume" in visitor.buttons:
                responses.append(await visitor.press("Resume"))
            elif rng.random() < 0.5:
                responses.append(await visitor.press("Pause"))
                await asyncio.sleep(1.5)  # sooner, it would pass for a double click
                responses.append(await visitor.press("Resume"))
            else:
                responses.append(await visitor.slide("learning rate", rng.choice(["0.05", "0.1"])))
        except TimeoutError:
            timeouts.append(visitor.query)
            await visitor.reload()


def print_usage(title: str, usage: Usage) -> None:
    print(f"\n{title} ({usage.wall:.0f} s)")
    for name in ("workers", "server", "visitors", "browser", "others"):
        print(f"  {name:8} {usage.share_of_cores(getattr(usage, name)):6.1%} of the cores")
    available = usage.wall * len(os.sched_getaffinity(0)) - usage.others
    print(f"  training gets {usage.workers / available:.1%} of what others leave (target 85 %)")


def _print_memory(server: Server, empty_megabytes: float) -> None:
    """empty_megabytes: memory of the server before the visitors came."""
    full = processes.resident(server.process.pid)
    print(f"  server: {empty_megabytes:.0f} MB, {full:.0f} MB with {VISITORS} pages: ", end="")
    print(f"{(full - empty_megabytes) / VISITORS:.2f} MB a page (resident)")
    workers = processes.children(server.process.pid)
    proportional = statistics.mean(map(processes.proportional, workers))
    resident = statistics.mean(map(processes.resident, workers))
    print(
        f"  {len(workers)} workers: {proportional:.1f} MB each (PSS), {resident:.1f} MB (resident)"
    )


def print_seconds(name: str, seconds: list[float]) -> None:
    p = statistics.quantiles(seconds, n=20, method="inclusive")
    print(f"  {name}: {len(seconds)} times, ", end="")
    print(f"p50 {p[9]:.3f} s, p95 {p[18]:.3f} s, longest {max(seconds):.3f} s")


def print_log_errors(log: Path) -> None:
    """Print the lines of a server's log that report an error."""
    lines = log.read_text().splitlines()
    errors = [line for line in lines if any(word in line for word in LOG_ERRORS)]
    print(f"  errors in the server's log: {len(errors) or 'none'}")
    for line in errors[:10]:
        print(f"    {line}")

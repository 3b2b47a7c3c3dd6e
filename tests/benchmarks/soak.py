"""Soak test: does memory use stay level for ten minutes, and do all workers end with the server?

Visitors open the page, press Train, watch, pause, resume, and leave; some delete their run first.
Ten times, the memory of the server and of all its workers is measured.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.load import print_log_errors
from tests.benchmarks.visitor import Visitor
from tests.support.server import Server

SECONDS = float(os.environ.get("CHARRNN_SOAK_SECONDS", 600))
VISITORS = 12  # at a time
MEASUREMENTS = 10
STAY_SECONDS = 5.0, 25.0
WORKER_END_SECONDS = 10.0  # for all workers to end after their server


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store_folder = Path(folder) / "store"
        server = Server(store_folder, Path(folder) / "server.log")
        try:
            asyncio.run(_simulate_visitors(server, store_folder))
            running = processes.workers(store_folder)
        finally:
            server.stop()
        deadline = time.monotonic() + WORKER_END_SECONDS
        while (remaining := processes.workers(store_folder)) and time.monotonic() < deadline:
            time.sleep(0.1)
        print(f"  workers before the server stopped: {len(running)}; afterwards: {len(remaining)}")
        print_log_errors(server.log)


async def _simulate_visitors(server: Server, store_folder: Path) -> None:
    until = time.monotonic() + SECONDS
    counts = dict.fromkeys(("visits", "runs", "deleted", "errors", "timeouts"), 0)
    visitors = [_visit_repeatedly(server.url, until, counts) for _ in range(VISITORS)]
    print(f"\n{VISITORS} visitors at a time, for {SECONDS / 60:.1f} minutes")
    print("  minute   server MB   workers   MB each   store MB")
    measuring = asyncio.create_task(_measure_memory(server, store_folder))
    await asyncio.gather(*visitors)
    await measuring
    print("  " + ", ".join(f"{count} {name}" for name, count in counts.items()))


async def _visit_repeatedly(url: str, until: float, counts: dict[str, int]) -> None:
    """One visitor after another, until a time of time.monotonic()."""
    rng = random.Random()
    while time.monotonic() < until:
        await asyncio.sleep(rng.uniform(0.0, 3.0))
        async with Visitor(url) as visitor:
            try:
                await _visit(visitor, rng, counts)
            except TimeoutError:
                counts["timeouts"] += 1
            counts["errors"] += len(visitor.errors)


async def _visit(visitor: Visitor, rng: random.Random, counts: dict[str, int]) -> None:
    counts["visits"] += 1
    await visitor.press("Train")
    counts["runs"] += 1
    await asyncio.sleep(rng.uniform(*STAY_SECONDS))
    await visitor.press("Pause")
    await asyncio.sleep(rng.uniform(1.5, 3.0))  # sooner, Resume would pass for a double click
    await visitor.slide("learning rate", "0.05")
    await visitor.press("Resume")
    await asyncio.sleep(rng.uniform(*STAY_SECONDS))
    if rng.random() < 0.5:
        await visitor.pick("More", "Delete")
        counts["deleted"] += 1
    elif rng.random() < 0.8:
        await visitor.press("Pause")
    # Otherwise the run goes on after the visitor has left.


async def _measure_memory(server: Server, store_folder: Path) -> None:
    for n in range(MEASUREMENTS + 1):
        pids = processes.children(server.process.pid)
        memory = processes.resident(server.process.pid)
        own = statistics.mean(map(processes.proportional, pids)) if pids else 0.0
        size = sum(file.stat().st_size for file in store_folder.glob("*")) / processes.MEGABYTE
        print(f"  {n * SECONDS / MEASUREMENTS / 60:6.1f}{memory:12.0f}", end="")
        print(f"{len(pids):10}{own:10.1f}{size:11.0f}", flush=True)
        if n < MEASUREMENTS:
            await asyncio.sleep(SECONDS / MEASUREMENTS)

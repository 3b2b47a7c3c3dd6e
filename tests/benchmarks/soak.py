"""Ten minutes of coming and going: does the memory stay level, is any worker left over?

Visitors open the page, press Train, look, pause, resume, and leave; some throw their run away
first. Every minute the server and all its workers are weighed.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.crowd import say_log
from tests.benchmarks.visitor import Visitor
from tests.serving import Server

SECONDS = float(os.environ.get("CHARRNN_SOAK_SECONDS", 600))
VISITORS = 12  # at a time
WEIGHINGS = 10
STAY_SECONDS = 5.0, 25.0
LEFT_OVER_SECONDS = 10.0  # until every worker is gone after its server


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store_folder = Path(folder) / "store"
        server = Server(store_folder, Path(folder) / "server.log")
        try:
            asyncio.run(_live(server, store_folder))
            kept = processes.workers(store_folder)
        finally:
            server.stop()
        deadline = time.monotonic() + LEFT_OVER_SECONDS
        while (left := processes.workers(store_folder)) and time.monotonic() < deadline:
            time.sleep(0.1)
        print(f"  workers when the server was stopped: {len(kept)}; left over: {len(left)}")
        say_log(server.log)


async def _live(server: Server, store_folder: Path) -> None:
    until = time.monotonic() + SECONDS
    counts = dict.fromkeys(("visits", "runs", "deleted", "errors", "without an answer"), 0)
    guests = [_guest(server.url, until, counts) for _ in range(VISITORS)]
    print(f"\n{VISITORS} visitors at a time come and go, for {SECONDS / 60:.0f} minutes")
    print("  minute   server MB   workers   MB each   store MB")
    weighing = asyncio.create_task(_weigh(server, store_folder))
    await asyncio.gather(*guests)
    await weighing
    print("  " + ", ".join(f"{count} {name}" for name, count in counts.items()))


async def _guest(url: str, until: float, counts: dict[str, int]) -> None:
    """One place in the room: somebody comes, and when they have left, somebody else."""
    dice = random.Random()
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(0.0, 3.0))
        async with Visitor(url) as visitor:
            try:
                await _visit(visitor, dice, counts)
            except TimeoutError:
                counts["without an answer"] += 1
            counts["errors"] += len(visitor.errors)


async def _visit(visitor: Visitor, dice: random.Random, counts: dict[str, int]) -> None:
    counts["visits"] += 1
    await visitor.press("Train")
    counts["runs"] += 1
    await asyncio.sleep(dice.uniform(*STAY_SECONDS))
    await visitor.press("Pause")
    await asyncio.sleep(dice.uniform(0.0, 2.0))
    await visitor.slide("learning rate", "0.05")
    await visitor.press("Resume")
    await asyncio.sleep(dice.uniform(*STAY_SECONDS))
    if dice.random() < 0.5:
        await visitor.pick("More", "Delete")
        counts["deleted"] += 1
    elif dice.random() < 0.8:
        await visitor.press("Pause")
    # Or the run goes on without anybody looking.


async def _weigh(server: Server, store_folder: Path) -> None:
    for n in range(WEIGHINGS + 1):
        pids = processes.children(server.process.pid)
        memory = processes.resident(server.process.pid)
        own = statistics.mean(map(processes.proportional, pids)) if pids else 0.0
        size = sum(file.stat().st_size for file in store_folder.glob("*")) / processes.MEGABYTE
        print(f"  {n * SECONDS / WEIGHINGS / 60:6.1f}{memory:12.0f}", end="")
        print(f"{len(pids):10}{own:10.1f}{size:11.0f}", flush=True)
        if n < WEIGHINGS:
            await asyncio.sleep(SECONDS / WEIGHINGS)

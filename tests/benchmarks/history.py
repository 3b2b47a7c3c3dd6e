"""What a long history costs: a look at a run, and the worker's writing.

A look: the CPU time that a server needs to draw the Train page of a paused run, once at iteration
1,000 and once at 1,000,000, for several sample intervals. The histories are written into the store
as a worker would have, with as many rows. The pages are drawn in turn.

Writing: a worker trains networks of several sizes in this process. Its share is the time spent on
serializing states and writing to the store, of all the time since it started; and the same of the
CPU time, since on a busy machine other programs keep the disk waiting.
"""

import asyncio
import random
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.recording import should_record
from charrnn.runs.serialization import state_to_bytes
from charrnn.runs.store.records import Corpus, Progress, Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from charrnn.runs.workers.checkpointing import should_snapshot
from charrnn.runs.workers.recorder import Recorder
from charrnn.runs.workers.worker import Worker
from tests.benchmarks import processes
from tests.benchmarks.visitor import Visitor
from tests.support.server import Server

SHORT, LONG = 1_000, 1_000_000  # iterations
INTERVALS = (100, 1_000, 10_000, 1_000_000)
ROUNDS, LOOKS = 5, 12  # looks in a row, since the CPU time is counted in hundredths of a second
LOOK_TARGET = 0.20

# Hidden size, distinct characters, seconds of training.
SIZES = ((8, 60, 20), (100, 60, 20), (512, 100, 30), (1024, 100, 40), (1024, 4300, 90))
WRITING_TARGET = 0.05
MEGABYTE = 2**20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _print_looks(Path(folder))
    print("\nWriting to the store (25 characters, one stream)")
    heads = f"{'hidden':>8}{'characters':>12}{'a state':>11}{'of time':>9}{'of CPU':>8}"
    print(f"{heads}{'a minute':>12}")
    for hidden, characters, seconds in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            _print_writing(Path(folder), hidden, characters, seconds)


# --- A look at a run ----------------------------------------------------------------------------


def _print_looks(folder: Path) -> None:
    store = Store(f"sqlite:///{folder}/charrnn.sqlite")
    corpus = store.corpora.add("story", library.load(library.available()[0].key))
    workspace = Workspace(store, "w" * 32)
    runs = {
        (interval, n): _trained(workspace, corpus, interval, n)
        for interval in INTERVALS
        for n in (SHORT, LONG)
    }
    server = Server(folder, folder / "server.log")
    try:
        costs = asyncio.run(_looks(server, workspace, runs))
    finally:
        server.stop()
    print("\nCPU time of drawing the Train page, ms")
    print(f"{'interval':>10}{f'{SHORT:,}':>12}{f'{LONG:,}':>12}{'ratio':>8}   (1 ± {LOOK_TARGET})")
    for interval in INTERVALS:
        short, long = costs[interval, SHORT], costs[interval, LONG]
        ratio = statistics.median(b / a for a, b in zip(short, long, strict=True))
        middle = (1000 * statistics.median(each) for each in (short, long))
        print(f"{interval:>10,}" + "".join(f"{each:>12.1f}" for each in middle) + f"{ratio:>8.2f}")


async def _looks(
    server: Server, workspace: Workspace, runs: dict[Any, Run]
) -> dict[Any, list[float]]:
    """CPU seconds of a look at each run, one figure per round."""
    costs: dict[Any, list[float]] = {name: [] for name in runs}
    async with AsyncExitStack() as stack:
        pages = {
            name: await stack.enter_async_context(
                Visitor(server.url, f"w={workspace.key}&run={run.id}")
            )
            for name, run in runs.items()
        }
        for round_ in range(ROUNDS + 1):
            for name, page in pages.items():
                before = processes.cpu_seconds(server.process.pid)
                for _ in range(LOOKS):
                    await page.reload()
                if round_:  # the first warms up
                    seconds = processes.cpu_seconds(server.process.pid) - before
                    costs[name].append(seconds / LOOKS)
        errors = [error for page in pages.values() for error in page.errors]
    if errors:
        raise RuntimeError(f"the pages showed {errors}")
    return costs


def _trained(workspace: Workspace, corpus: Corpus, interval: int, iteration: int) -> Run:
    """A paused run with everything its worker would have written."""
    config = RunConfig(sample_interval=interval, iterations=2 * LONG)
    store, text = workspace.store, workspace.store.corpora.text(corpus.sha256)
    trainer = Trainer(Vocabulary(corpus.vocabulary).encode(text), len(corpus.vocabulary))
    updates = Progress()
    for n in range(0, iteration + 1, interval):
        updates.samples.append({"iteration": n, "text": text[n % 5000 :][:200]})
        updates.evaluations.append({"iteration": n, "held_out_loss": 2.0 + 2 / (1 + n / 1000)})
    for n in range(iteration + 1):
        smooth = 25 * (1.5 + 2 / (1 + n / 1000))
        if should_record(n):
            row = {"iteration": n, "loss": smooth, "smooth_loss": smooth, "seconds": n / 1000}
            updates.metrics.append(row)
        if should_snapshot(n):
            state = {"iteration": n, "seconds": n / 1000, "state": state_to_bytes(trainer.state())}
            updates.snapshots.append(state)
    updates.checkpoint = updates.snapshots[-1]
    run = workspace.create(corpus, config)
    store.runs.request(run.id, desired="paused")
    store.leases.claim(run.id, "benchmark")
    facts = {"status": "paused", "iteration": iteration, "seconds": iteration / 1000}
    facts |= dict.fromkeys(("smooth_loss", "recent_loss", "best_smooth_loss"), smooth)
    store.leases.publish(run.id, "benchmark", facts | {"greedy_sample": text[:60]}, updates)
    store.leases.release(run.id, "benchmark")
    return store.runs.get(run.id)


# --- Writing ------------------------------------------------------------------------------------


class Stopwatch:
    """The time that passes inside of it, and the CPU time."""

    def __init__(self) -> None:
        self.seconds, self.cpu_seconds = 0.0, 0.0

    def __enter__(self) -> None:
        self.seconds -= time.perf_counter()
        self.cpu_seconds -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter()
        self.cpu_seconds += time.process_time()


class MeasuredWorker(Worker):
    """A worker that measures what its writing takes."""

    def __init__(self, store: Store, run: Run):
        self.writing, self.states_written = Stopwatch(), 0
        store.leases.claim(run.id, "benchmark")
        with patch("charrnn.runs.workers.worker.Recorder", self._measured_recorder):
            super().__init__(store, run, "benchmark")
        publish = store.leases.publish

        def measured(*arguments: Any, **options: Any) -> float:
            with self.writing:
                return publish(*arguments, **options)

        store.leases.publish = measured  # type: ignore[method-assign]

    def _measured_recorder(self, *arguments: Any, **options: Any) -> Recorder:
        recorder = Recorder(*arguments, **options)
        state_row = recorder._state_row

        def measured(*arguments: Any, **options: Any) -> dict[str, Any]:
            self.states_written += 1
            with self.writing:
                return state_row(*arguments, **options)

        recorder._state_row = measured  # type: ignore[method-assign]
        return recorder


def _print_writing(folder: Path, hidden: int, characters: int, seconds: float) -> None:
    store = Store(f"sqlite:///{folder}/charrnn.sqlite")
    alphabet = [chr(0x4E00 + i) for i in range(characters)]
    text = "".join(alphabet + random.Random(0).choices(alphabet, k=60_000))
    corpus = store.corpora.add("random", text)
    config = RunConfig(hidden_size=hidden, learning_rate=1e-4, iterations=100_000_000)
    first = replace(config, hidden_size=1, sample_interval=100, iterations=1000)
    MeasuredWorker(store, store.runs.create(corpus, first)).train(1000)  # compiles the SQL
    run = store.runs.create(corpus, config)
    with (whole := Stopwatch()):
        worker = MeasuredWorker(store, run)
        worker.publish("running")
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            worker.train(config.iterations)
    state = 2 * worker.trainer.weights.flat.nbytes / MEGABYTE
    print(
        f"{hidden:>8,}{characters:>12,}{state:>8.1f} MB"
        f"{worker.writing.seconds / whole.seconds:>9.1%}"
        f"{worker.writing.cpu_seconds / whole.cpu_seconds:>8.1%}"
        f"{worker.states_written * state / whole.seconds * 60:>9.1f} MB   "
        f"(target {WRITING_TARGET:.0%})"
    )

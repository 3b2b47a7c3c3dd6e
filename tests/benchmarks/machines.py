"""What more than one machine brings, and costs: measured with all parts on this one.

Training with 1, 2 and 4 Dask workers of one slot each, beside as many processes of a dashboard's
own; the time from a click on Train to the first sample either way; how many pages one dashboard and
two load in a second; and how many runs may publish at the same time before reading one takes
long (see publishing.py). On a machine with two cores, more than two runs share them.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from tests.benchmarks import publishing
from tests.benchmarks.visitor import Visitor
from tests.support.dask_cluster import DaskCluster
from tests.support.postgresql import PostgreSQL, empty_schema
from tests.support.server import Server

RUNS = (1, 2, 4)
ROUNDS = 2  # each way of training is measured so often, in turn
MEASURED_SECONDS = 6.0
STARTS = 7  # for the time to the first sample
PAGES_AT_ONCE = 8
PAGE_SECONDS = 10.0
WAIT_SECONDS = 60.0


def main() -> None:
    cores = len(os.sched_getaffinity(0))
    print(f"\nAll parts on one machine with {cores} cores; the store is PostgreSQL")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = PostgreSQL()
        stack.callback(database.stop)
        _compare_training(folder, database)
        _compare_dashboards(folder, database)
        publishing.compare(folder, database)


class _Place:
    """A dashboard with a store of its own, and the runs that train there."""

    def __init__(self, url: str, server: Server):
        self.store, self.server = Store(url), server
        self.workspace = Workspace(self.store, "w" * 32)

    def characters_per_second(self, count: int) -> float:
        """The speed of so many runs together."""
        corpus = self.store.corpora.add("story", library.load(library.available()[0].key))
        runs = [self.workspace.create(corpus, RunConfig()) for _ in range(count)]
        _wait_until(lambda: all(self._read(run).iteration for run in runs))
        first = [self._read(run) for run in runs]
        time.sleep(MEASURED_SECONDS)
        last = [self._read(run) for run in runs]
        self.end(runs)
        config = runs[0].config
        return sum(
            (b.iteration - a.iteration)
            * config.characters_per_iteration
            / (b.heartbeat - a.heartbeat)
            for a, b in zip(first, last, strict=True)
        )

    def seconds_to_first_sample(self) -> float:
        """From a click on Train until the first sample is in the store."""

        async def train() -> tuple[float, str]:
            async with Visitor(self.server.url) as visitor:
                started = time.perf_counter()
                clicked = asyncio.create_task(visitor.press("Train"))
                while not (runs := self.store.runs.runnable()) or not self._has_sample(runs[0]):
                    await asyncio.sleep(0.005)
                seconds = time.perf_counter() - started
                await clicked
                return seconds, runs[0].id

        seconds, run_id = asyncio.run(train())
        self.end([self.store.runs.get(run_id)])
        return seconds

    def _has_sample(self, run: Run) -> bool:
        return self.store.history.last_sample(run.id, 10**9) is not None

    def _read(self, run: Run) -> Run:
        return self.store.runs.get(run.id)

    def end(self, runs: list[Run]) -> None:
        """End the workers of some runs, so that the next measurement has the machine."""
        for run in runs:
            self.store.runs.request(run.id, iterations=max(1, self._read(run).iteration))
            self.store.runs.request(run.id, desired="paused")
        _wait_until(lambda: not any(self._read(run).status == "running" for run in runs))


def _compare_training(folder: Path, database: PostgreSQL) -> None:
    with (
        _cluster(folder) as cluster,
        _dashboard(folder / "local", database) as local,
        _dashboard(folder / "cluster", database, cluster) as remote,
    ):
        print("\n  characters/s of all runs    own processes     Dask workers    ratio")
        machines = 0
        for count in RUNS:
            for _ in range(count - machines):
                cluster.add_machine(remote.store.database.url, slots=1)
            machines = count
            speeds = [
                (local.characters_per_second(count), remote.characters_per_second(count))
                for _ in range(ROUNDS)
            ]
            own, dask = (statistics.median(each) for each in zip(*speeds, strict=True))
            print(f"  {count} at once{own:>31,.0f}{dask:>17,.0f}{dask / own:>9.2f}", flush=True)
        seconds = [
            (local.seconds_to_first_sample(), remote.seconds_to_first_sample())
            for _ in range(STARTS)
        ]
        own, dask = (statistics.median(each) for each in zip(*seconds, strict=True))
        print(f"  Train to first sample, s{own:>16.2f}{dask:>17.2f}", flush=True)


@contextmanager
def _cluster(folder: Path) -> Iterator[DaskCluster]:
    (folder / "dask").mkdir()
    cluster = DaskCluster(folder / "dask")
    try:
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def _dashboard(
    folder: Path, database: PostgreSQL, cluster: DaskCluster | None = None
) -> Iterator[_Place]:
    """A dashboard on a new store, whose runs train in its own processes or on a cluster."""
    folder.mkdir()
    environment = {}
    if cluster:
        environment = cluster.environment | {"CHARRNN_CLUSTER": cluster.address}
    with empty_schema(database.url) as url:
        server = Server(url, folder / "log", environment=environment)
        try:
            yield _Place(url, server)
        finally:
            server.stop()


def _compare_dashboards(folder: Path, database: PostgreSQL) -> None:
    """How many pages a second are loaded, while nothing trains."""
    with empty_schema(database.url) as url:
        servers = [Server(url, folder / f"dashboard-{n}.log") for n in (1, 2)]
        try:
            speeds = [
                asyncio.run(_pages_per_second([server.url for server in used]))
                for used in (servers[:1], servers)
            ]
        finally:
            for server in servers:
                server.stop()
    print(f"\n  pages/s, {PAGES_AT_ONCE} browsers       1 dashboard     2 dashboards    ratio")
    one, two = speeds
    print(f"  {one:>39.1f}{two:>17.1f}{two / one:>9.2f}", flush=True)


async def _pages_per_second(urls: list[str]) -> float:
    """How many times a second simulated browsers, each at one dashboard, can load the page."""
    started = time.perf_counter()
    until = started + PAGE_SECONDS

    async def browse(url: str) -> int:
        loaded = 0
        while time.perf_counter() < until:
            async with Visitor(url):
                loaded += 1
        return loaded

    browsers = [browse(urls[n % len(urls)]) for n in range(PAGES_AT_ONCE)]
    loaded = sum(await asyncio.gather(*browsers))
    return loaded / (time.perf_counter() - started)


def _wait_until(condition) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {WAIT_SECONDS} s"
        time.sleep(0.05)

"""How many runs may publish at the same time until reading a run takes long.

Each simulated run publishes what a worker does, as often as one that has the machine to itself:
four times a second. More and more of them do so, until the time to read a run as a page does
passes its bound. Workers on a busy machine publish less often (see runs/workers/worker.py), so a
store bears more real runs than this.
"""

import random
import statistics
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Progress
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.workers.worker import PUBLISH_SECONDS
from tests.support.postgresql import PostgreSQL, empty_schema
from tests.support.server import ROOT

RUNS = (8, 16, 32, 64, 128, 256)
PROCESSES = 2  # the simulated runs are threads of so many processes
BOUND_SECONDS = 0.1
MEASURED_SECONDS = 5.0
LOOK_INTERVAL = 0.05
ITERATIONS = 500  # of training between two publications
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 60


def compare(folder: Path, database: PostgreSQL) -> None:
    print("\n  runs that publish        publications/s     a look at a run, p95")
    _print_until_bound("SQLite", f"sqlite:///{folder / 'charrnn.sqlite'}")
    with empty_schema(database.url) as url:
        _print_until_bound("PostgreSQL", url)


def _print_until_bound(name: str, url: str) -> None:
    store = Store(url)
    for runs in RUNS:
        published, looks = _measure(store, runs)
        p95 = statistics.quantiles(looks, n=20)[-1]
        print(f"  {name:12}{runs:>6}{published:>23,.0f}{1000 * p95:>22.0f} ms", flush=True)
        if p95 > BOUND_SECONDS:
            return


def _measure(store: Store, runs: int) -> tuple[float, list[float]]:
    """(Publications per second, the seconds of each look) with so many runs."""
    corpus = store.corpora.add("cats", TEXT)
    workspace = Workspace(store, f"{runs:032}")
    ids = [workspace.create(corpus, RunConfig(sample_interval=1000)).id for _ in range(runs)]
    command = [sys.executable, "-m", "tests.benchmarks.publishing", store.database.url]
    processes = [
        subprocess.Popen(
            [*command, *ids[n::PROCESSES]],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    for process in processes:
        process.stdout.readline()  # it has begun
    looks, until = [], time.perf_counter() + MEASURED_SECONDS
    while (started := time.perf_counter()) < until:
        store.history.observe(random.choice(ids))
        looks.append(time.perf_counter() - started)
        time.sleep(LOOK_INTERVAL)
    published = sum(float(process.communicate()[0]) for process in processes)
    for run_id in ids:
        store.runs.request(run_id, desired="paused")
    return published, looks


def _publish(url: str, ids: list[str]) -> None:
    """Publish for some runs until standard input closes; print how often a second in all."""
    store, stop = Store(url), threading.Event()
    publications = count()

    def work(run_id: str) -> None:
        store.leases.claim(run_id, run_id)
        iteration, due = 0, time.perf_counter() + random.uniform(0, PUBLISH_SECONDS)
        while not stop.wait(max(0.0, due - time.perf_counter())):
            due = max(due + PUBLISH_SECONDS, time.perf_counter())
            iteration += ITERATIONS
            row = {"iteration": iteration, "loss": 50.0, "smooth_loss": 50.0, "seconds": 1.0}
            samples = [{"iteration": iteration, "text": TEXT[:200]}]
            progress = Progress(metrics=[row], samples=samples if iteration % 1000 == 0 else [])
            store.leases.publish(run_id, run_id, {"iteration": iteration}, progress)
            next(publications)
        store.leases.release(run_id, run_id)

    threads = [threading.Thread(target=work, args=(run_id,)) for run_id in ids]
    for thread in threads:
        thread.start()
    started, before = time.perf_counter(), next(publications)
    print("begun", flush=True)
    sys.stdin.read()
    published = (next(publications) - before) / (time.perf_counter() - started)
    stop.set()
    for thread in threads:
        thread.join()
    print(published, flush=True)


if __name__ == "__main__":
    _publish(sys.argv[1], sys.argv[2:])

"""What a round of the supervisor costs: the CPU time of one, idle and while runs train.

The workers are simulated, so that nothing else takes the CPU. A server does a round a second.
"""

import statistics
import tempfile
import threading
import time

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits
from charrnn.runs.store.records import Progress, Run
from charrnn.runs.store.store import Store
from charrnn.runs.texts import library
from charrnn.runs.workers.supervisor import Supervisor

RUNS = (0, 1, 8)
ROUNDS = 400


def main() -> None:
    print("\nA round of the supervisor (one a second), SQLite, CPU time")
    for runs in RUNS:
        print(f"  {runs} runs train {1000 * seconds_per_round(runs):12.2f} ms", flush=True)


def seconds_per_round(count: int) -> float:
    """The mean CPU time of a round while so many runs train, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/charrnn.sqlite")
        corpus = store.corpora.add("story", library.load(library.available()[0].key))
        runs = [store.runs.create(corpus, RunConfig()) for _ in range(count)]
        clock, launcher = _Clock(), _Simulated(store)
        limits = Limits(server_runs=count + 1, visitor_runs=count + 1)
        supervisor = Supervisor(store, launcher=launcher, limits=limits, clock=clock)
        cpu_seconds = []
        for _ in range(ROUNDS):
            for run in runs:
                launcher.publish(run)
            clock.seconds += 1.0
            started = time.thread_time()
            supervisor.reconcile()
            cpu_seconds.append(time.thread_time() - started)
        assert all(run.leased for run in map(store.runs.get, [run.id for run in runs]))
        launcher.ended.set()
    return statistics.fmean(cpu_seconds[ROUNDS // 4 :])  # the first ones warm up


class _Clock:
    """A clock on which every round is a second after the one before."""

    seconds = time.time()

    def __call__(self) -> float:
        return self.seconds


class _Simulated:
    """A launcher whose workers hold leases and do nothing else."""

    shared_place = slots = None

    def __init__(self, store: Store):
        self._store, self._names = store, set[str]()
        self.ended = threading.Event()

    def start(self, run: Run) -> "_Worker":
        self._names.add(run.id)
        assert self._store.leases.claim(run.id, run.id)
        return _Worker(run.id, self.ended)

    def publish(self, run: Run) -> None:
        """Let the worker of a run renew its lease, if it has been started."""
        if run.id in self._names:
            self._store.leases.publish(run.id, run.id, {"status": "running"}, Progress())


class _Worker:
    """A simulated worker; a WorkerHandle."""

    exit_status = None

    def __init__(self, name: str, ended: threading.Event):
        self.id = self.name = name
        self._ended = ended

    def stop(self) -> None:
        pass

    def kill(self) -> None:
        raise AssertionError("it hangs")

    def wait(self, seconds: float | None = None) -> bool:
        return self._ended.wait(seconds)

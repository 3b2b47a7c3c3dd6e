"""A supervisor in a process of its own, which can be killed, and what it and its workers log."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from charrnn.runs.limits import Limits
from charrnn.runs.store.placement import Decisions
from charrnn.runs.store.records import Run
from charrnn.runs.store.store import Store
from charrnn.runs.workers.queue import find_pauses
from charrnn.runs.workers.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
# Commands that can stand in for the Python of a worker process.
FAILS_AT_ONCE = shutil.which("false")
SUCCEEDS_AT_ONCE = shutil.which("true")
SUPERVISOR = """
import sys
from charrnn.runs.events import log_to_stderr
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import default_url
from charrnn.runs.workers.supervisor import Supervisor

log_to_stderr()
supervisor = Supervisor(Store(default_url()), hang_seconds=float(sys.argv[1]))
supervisor.watch()
sys.stdin.read()
supervisor.close()
"""


class Log:
    """A file with the events that supervisors and workers log, one line of JSON each."""

    def __init__(self, file: Path):
        self.file = file
        file.touch()

    def events(self, name: str) -> list[dict]:
        """All events of a name so far, without a last line that is still being written."""
        lines = self.file.read_text().split("\n")[:-1]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def workers(self) -> list[int]:
        """The process ids of the workers that were started and have not ended."""
        return [pid for event in self.events("started") if alive(pid := event["worker"])]


class SupervisorProcess:
    """A server without pages: a supervisor of the store that CHARRNN_STORE names."""

    def __init__(
        self,
        log: Log,
        *,
        hang_seconds: float = 15.0,
        environment: Mapping[str, str] | None = None,
    ):
        """environment: further environment variables."""
        with log.file.open("a") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISOR, str(hang_seconds)],
                cwd=ROOT,
                env=os.environ | dict(environment or {}),
                stdin=subprocess.PIPE,
                stderr=stderr,
            )

    def kill(self) -> None:
        """End it without warning, like the kernel when memory runs out."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def close(self) -> None:
        """Let it end as it does on Ctrl-C, after last checkpoints."""
        self.process.stdin.close()
        self.process.wait(20)


class AdjustableClock:
    """A clock, plus what a test adds to `offset`, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self.offset = clock, 0.0

    def __call__(self) -> float:
        return self._clock() + self.offset


def pass_time(clock: AdjustableClock, seconds: float, *supervisors: Supervisor) -> None:
    """Let so many seconds pass, in each of which the supervisors do a round."""
    for _ in range(math.ceil(seconds)):
        clock.offset += 1.0
        for supervisor in supervisors:
            supervisor.reconcile()


def apply_pause_rules(
    store: Store,
    limits: Limits,
    runs: list[Run],
    *,
    unseen_minutes: Mapping[str, float] = MappingProxyType({}),
    quotas: bool = True,
) -> list[Run]:
    """Pause the runs that have to, as a server does; returns the others.

    unseen_minutes: run id -> for how long no page has shown a run.
    """
    pauses = find_pauses(
        store,
        limits,
        runs,
        unseen_seconds=lambda run: 60 * unseen_minutes.get(run.id, 0.0),
        quotas=quotas,
    )
    store.servers.renew("a server", 1)
    decisions = Decisions(paused=[(pause.run, pause.reason) for pause in pauses])
    assert store.placement.apply("a server", decisions)
    paused = {pause.run.id for pause in pauses}
    return [run for run in runs if run.id not in paused]


class FakeWorker:
    """A worker process that does nothing; a WorkerHandle."""

    id, name = 1, "elsewhere:1"

    def __init__(self):
        self.exit_status, self.stopped = None, False
        self._ended = threading.Event()

    def end(self, exit_status: int) -> None:
        self.exit_status = exit_status
        self._ended.set()

    def stop(self) -> None:
        self.stopped = True
        self.end(0)

    def kill(self) -> None:
        self.end(-9)

    def wait(self, seconds: float | None = None) -> bool:
        return self._ended.wait(seconds)


class PlacesOnly:
    """A launcher whose workers never start: what is placed where can be seen in the store."""

    shared_place = slots = None

    def start(self, run):
        raise OSError


def alive(pid: int) -> bool:
    """Whether a process runs. One that has ended and was not waited for (a zombie) does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def can_restore_priority() -> bool:
    """Whether this user may raise the priority of a process that has lowered it."""
    lower_and_restore = "import os; os.nice(1); os.setpriority(os.PRIO_PROCESS, 0, 0)"
    command = [sys.executable, "-c", lower_and_restore]
    return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0


def restore_priority(pid: int) -> None:
    """Give a worker normal priority; the time it takes to end then depends less on other load."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), 0)


def kill(pid: int) -> None:
    """kill -9, if the process still runs."""
    if alive(pid):
        os.kill(pid, signal.SIGKILL)


def open_at_once(url: str, processes: int) -> None:
    """Open a store from several processes at the same time, and add a text from each."""
    code = """
import sys
from charrnn.runs.store.store import Store
print("ready", flush=True)
sys.stdin.read()
Store(sys.argv[1]).corpora.add("cats", "the cat sat on the mat")
"""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-c", code, url]
    opened = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(processes)]
    for process in opened:
        assert process.stdout.readline() == b"ready\n"
    for process in opened:
        process.stdin.close()
    errors = [process.stderr.read() for process in opened]
    assert [process.wait(30) for process in opened] == [0] * processes, errors

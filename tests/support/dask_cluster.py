"""A Dask scheduler and its workers on this machine, over TLS as the README sets it up."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks import processes
from tests.support.ports import free_port, wait_for_port
from tests.support.server import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CERTIFICATES = re.search(r"```\n(openssl .*?)```", README, re.DOTALL)[1]
VARIABLES = re.search(r"```\n(export .*?)```", README, re.DOTALL)[1]
WORKER = re.search(r"-m dask worker (.*)\n", README.replace("\\\n", ""))[1]
START_SECONDS = 60.0
STOP_SECONDS = 20.0


def missing() -> str | None:
    """Why no cluster can be started here, as a sentence; None if one can."""
    if find_spec("distributed") is None:
        return "the package distributed is not installed: no cluster to test with"
    if not shutil.which("openssl"):
        return "openssl is not installed: no certificate for a cluster"
    return None


def _exported(commands: str) -> dict[str, str]:
    """The environment variables that shell commands export."""
    shell = ["env", "-i", "bash", "-ec", f"{commands}\nenv -0"]
    answer = subprocess.run(shell, check=True, capture_output=True, encoding="utf-8").stdout
    lines = [line.partition("=") for line in answer.split("\0") if line]
    return {name: value for name, _, value in lines if name.startswith("DASK_")}


class Machine:
    """A Dask worker, which stands for a machine of its own.

    Where that is allowed, its processes have numbers of their own, so that a dashboard cannot find
    out whether one of them lives.
    """

    def __init__(self, process: subprocess.Popen, log: Path):
        """log: what the process writes."""
        self._process, self._log = process, log

    @property
    def joined(self) -> bool:
        """Whether the scheduler knows it. Until then it does not notice that the scheduler ends."""
        return "Registered to:" in self._log.read_text(encoding="utf-8")

    def trains(self, worker: str) -> bool:
        """Whether a worker process of this name runs on it (see leases.worker_name)."""
        _, container, number = worker.rsplit(":", 2)
        for pid in processes.descendants(self._process.pid):
            with suppress(OSError):
                own = re.search(r"^NSpid:.*?(\d+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
                if own[1] == number and container in os.readlink(f"/proc/{pid}/ns/pid"):
                    return True
        return False

    def kill(self) -> None:
        """kill -9 everything on it, as when the power fails."""
        for pid in processes.descendants(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Let it end as it does when the machine is shut down."""
        first = processes.children(self._process.pid)[0] if _own_numbers() else self._process.pid
        os.kill(first, signal.SIGTERM)
        self._process.wait(STOP_SECONDS)

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None


@cache
def _own_numbers() -> list[str]:
    """A command that gives a program and its children process ids of their own, if allowed."""
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with suppress(OSError):
        if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return []


class DaskCluster:
    """A running scheduler. address: for CHARRNN_CLUSTER. environment: what its clients need."""

    def __init__(self, folder: Path):
        self._folder, self._port = folder, free_port()
        self.address = f"tls://127.0.0.1:{self._port}"
        subprocess.run(["bash", "-ec", CERTIFICATES], cwd=folder, check=True, capture_output=True)
        self.environment = _exported(VARIABLES.replace("/etc/charrnn", str(folder)))
        self._machines: list[Machine] = []
        self.start_scheduler()

    @property
    def machines(self) -> list[Machine]:
        """Those that are still there."""
        return [machine for machine in self._machines if not machine.ended]

    def start_scheduler(self) -> None:
        """Start the scheduler, again at the same address after it was killed."""
        options = f"--host {self.address} --no-dashboard --no-show"
        log = self._folder / "scheduler.log"
        self._scheduler = self._start("scheduler", options.split(), {}, log)
        wait_for_port(self._port, lambda: self._scheduler.poll() is None, seconds=START_SECONDS)

    def kill_scheduler(self) -> None:
        self._scheduler.kill()
        self._scheduler.wait()

    def add_machine(
        self, store: str, *, slots: int = 2, environment: Mapping[str, str] | None = None
    ) -> Machine:
        """Start a Dask worker for so many runs at once.

        store: a value for CHARRNN_STORE. environment: further variables, for this machine only.
        """
        options = WORKER.replace("tls://scheduler.example.org:8786", self.address)
        options = options.replace("slot=8", f"slot={slots}").replace(
            "nthreads 8", f"nthreads {slots}"
        )
        options += f" --local-directory {self._folder}"
        variables = {"CHARRNN_STORE": store} | dict(environment or {})
        log = self._folder / f"worker-{len(self._machines)}.log"
        process = self._start("worker", options.split(), variables, log, within=_own_numbers())
        self._machines.append(Machine(process, log))
        return self._machines[-1]

    def _start(
        self,
        part: str,
        options: list[str],
        environment: Mapping[str, str],
        log: Path,
        within: Iterable[str] = (),
    ) -> subprocess.Popen:
        with log.open("a") as output:
            return subprocess.Popen(
                [*within, sys.executable, "-m", "dask", part, *options],
                cwd=ROOT,
                env=os.environ | self.environment | environment,
                stdout=output,
                stderr=output,
            )

    def stop(self) -> None:
        for machine in self.machines:
            machine.kill()
        self.kill_scheduler()

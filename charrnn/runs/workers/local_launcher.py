"""Workers as processes of this machine. They end with the server that started them."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import charrnn
from charrnn.runs.store.leases import worker_name
from charrnn.runs.store.records import Run
from charrnn.runs.store.url import URL_VARIABLE
from charrnn.runs.workers.blas import ONE_THREAD
from charrnn.runs.workers.process import STARTUP_NICENESS, lower_priority


class LocalWorker:
    """A worker process of this server; a WorkerHandle."""

    def __init__(self, process: subprocess.Popen[bytes]):
        self.process = process

    @property
    def id(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def name(self) -> str:
        """The name under which it holds the lease of its run."""
        return worker_name(self.process.pid)

    @property
    def exit_status(self) -> int | None:
        """The exit status; negative after a signal."""
        return self.process.poll()

    def stop(self) -> None:
        """Ask it to end after a last checkpoint, by closing its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        if hasattr(signal, "SIGCONT"):  # not on Windows
            self.process.send_signal(signal.SIGCONT)  # one that was stopped could not end

    def kill(self) -> None:
        """End it at once; its last checkpoint may be two minutes old if it is large."""
        self.process.kill()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the process has ended."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


class LocalLauncher:
    """Starts worker processes on this machine; a Launcher."""

    shared_place = slots = None

    def __init__(
        self,
        url: str,
        *,
        python: str = sys.executable,
        environment: Mapping[str, str] | None = None,
    ):
        """url: of the store. python: the interpreter for worker processes.

        environment: further environment variables for them.
        """
        self._url, self._python, self._environment = url, python, dict(environment or {})

    def start(self, run: Run) -> LocalWorker:
        """Start a worker process. Raises OSError if no process or memory is available.

        A process of its own: threads would wait for each other, and multiprocessing would run
        the page's script again.
        """
        arguments = [run.id, str(os.getpid()), *([run.server] if run.server else [])]
        process = subprocess.Popen(
            [self._python, "-m", "charrnn.runs.workers.process", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=Path(charrnn.__file__).parent.parent,
            # The URL is passed in the environment because it may contain a password.
            env=os.environ | ONE_THREAD | self._environment | {URL_VARIABLE: self._url},
        )
        lower_priority(process.pid, STARTUP_NICENESS)
        return LocalWorker(process)

    def close(self) -> None:
        """Nothing to do."""

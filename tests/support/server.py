"""A real server, and the options of a real Chromium, for the browser tests and the benchmarks."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60.0
STOP_SECONDS = 20.0


class Server:
    """`streamlit run` on a free port; it is ready once constructed."""

    def __init__(
        self,
        store: Path | str,
        log: Path,
        *,
        script: Path = ROOT / "dashboard.py",
        arguments: Iterable[Path | str] = (),
        environment: Mapping[str, str] | None = None,
    ):
        """store: a value for CHARRNN_STORE. log: the file for its standard output and error.

        environment: further environment variables.
        """
        port = free_port()
        self.url, self.log = f"http://127.0.0.1:{port}", log
        options = (
            f"--server.headless true --server.address 127.0.0.1 --server.port {port} "
            "--server.fileWatcherType none"
        )
        self._command = [
            *(sys.executable, "-m", "streamlit", "run", str(script), *options.split()),
            *("--", *map(str, arguments)),
        ]
        self._environment = os.environ | {"CHARRNN_STORE": str(store)} | dict(environment or {})
        self.start()

    def start(self) -> None:
        """Start it, again if it was killed."""
        with self.log.open("a") as output:  # not a pipe: a full one would block the server
            self.process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_healthy()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health") as response:
                    if response.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError):
                pass
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)

    def kill(self) -> None:
        """End it without warning, like the kernel when memory runs out."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Let it end as it does on Ctrl-C, after last checkpoints."""
        self.process.terminate()
        self.process.wait(STOP_SECONDS)

"""A real server without its pages: it looks after the runs of a store, and can be killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENDS_AT_ONCE = shutil.which("false")  # a command to stand for a worker's
SERVER = """
import sys
from charrnn.runs.database import default_url
from charrnn.runs.events import write_to_stderr
from charrnn.runs.launcher import Launcher
from charrnn.runs.store import Store

write_to_stderr()
launcher = Launcher(Store(default_url()), hang_seconds=float(sys.argv[1]))
launcher.watch()
sys.stdin.read()
launcher.close()
"""


class Log:
    """What servers and workers say, line by line."""

    def __init__(self, file: Path):
        self.file = file
        file.touch()

    def events(self, name: str) -> list[dict]:
        """Every event of a name so far; a line that is not whole yet is left out."""
        lines = self.file.read_text().split("\n")[:-1]
        return [said for said in map(json.loads, lines) if said["event"] == name]

    def workers(self) -> list[int]:
        """The process ids of the workers that were started and have not ended."""
        return [pid for said in self.events("started") if alive(pid := said["worker"])]


class LauncherServer:
    """A launcher in a process of its own, with the store of this process's environment."""

    def __init__(self, log: Log, *, hang_seconds: float = 15.0):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(hang_seconds)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=log.file.open("a"),
        )

    def kill(self) -> None:
        """As the kernel does it, or whoever pulls the plug."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def close(self) -> None:
        """As Ctrl-C does it."""
        self.process.stdin.close()
        self.process.wait(20)


def alive(pid: int) -> bool:
    """Whether a process is there. One that has ended and waits to be noticed is not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def hurry(pid: int) -> None:
    """Let a worker be as important as anything else, where that is allowed.

    How long it takes to end is then its own affair, not that of whatever else this machine does.
    """
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), 0)


def kill(pid: int) -> None:
    """kill -9, if it is still there."""
    if alive(pid):
        os.kill(pid, signal.SIGKILL)


def open_at_once(url: str, processes: int) -> None:
    """Open a store from so many processes at one moment, and keep a text in it from each."""
    code = """
import sys
from charrnn.runs.store import Store
print("ready", flush=True)
sys.stdin.read()
Store(sys.argv[1]).add_corpus("cats", "the cat sat on the mat")
"""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-c", code, url]
    opened = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(processes)]
    for process in opened:
        assert process.stdout.readline() == b"ready\n"
    for process in opened:
        process.stdin.close()
    said = [process.stderr.read() for process in opened]
    assert [process.wait(30) for process in opened] == [0] * processes, said

"""Running python -m charrnn in a process of its own, and comparing the runs it saves."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from charrnn.runs.files import archive

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "charrnn"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 40
QUICK = ("--hidden-size", "12", "--sample-length", "30", "--iterations", "2000")


def run(*arguments, cwd=ROOT):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def start(*arguments, ignored=(), **streams):
    """Start a command that runs until it is stopped. ignored: signals, as nohup ignores SIGHUP."""

    def set_signals():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        env=ENVIRONMENT,
        encoding="utf-8",
        preexec_fn=set_signals,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams,
    )


def run_in_terminal(*arguments):
    """What a command prints if its standard output is a terminal."""
    pty = pytest.importorskip("pty")
    terminal, output = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, env=ENVIRONMENT, stdout=output
    ) as process:
        os.close(output)
        shown = b""
        # At the end, Linux reports an input/output error instead of an end of file.
        with contextlib.suppress(OSError):
            while part := os.read(terminal, 4096):
                shown += part
        os.close(terminal)
        assert process.wait(timeout=60) == 0
    return shown.decode()


def comparable(path):
    """The contents of a saved run, without times, which differ every time."""
    run = archive.load(path)
    history = run.history
    return {
        "state": {name: array.tobytes() for name, array in run.state.items()},
        # The config has the iterations that were first requested; only the last count.
        "config": replace(run.config, iterations=run.iterations),
        "metrics": [row[:3] for row in history.metrics],
        "rest": (history.evaluations, history.rate_changes, history.samples),
        "about": (run.vocabulary.characters, run.name, run.sha256, run.text_name),
        "requested": (run.learning_rate, run.iterations),
    }

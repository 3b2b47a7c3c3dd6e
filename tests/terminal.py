"""python -m charrnn in a process of its own, and what it has to leave in a file."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from charrnn.runs import archive

ROOT = Path(__file__).parents[1]
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


def kept(path):
    """A saved run without what is different every time: how long it took."""
    run = archive.load(path)
    past = run.past
    return {
        "state": {name: array.tobytes() for name, array in run.state.items()},
        # Where it was to end at first is of no account any more.
        "config": replace(run.config, iterations=run.iterations),
        "metrics": [row[:3] for row in past.metrics],
        "rest": (past.evaluations, past.rate_changes, past.samples),
        "about": (run.vocabulary.characters, run.name, run.sha256, run.text_name),
        "wishes": (run.learning_rate, run.iterations),
    }

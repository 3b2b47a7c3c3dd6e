"""Measure the figures in the README: python -m tests.benchmarks [name ...] [--text FILE]"""

import argparse
import importlib
import inspect
import os
from pathlib import Path

from charrnn.runs.workers.blas import ONE_THREAD

# As in a worker. This has to happen before the benchmarks import NumPy.
os.environ.update(ONE_THREAD)

# name: module with a function main(), which may take text_file, marks, only and spread
BENCHMARKS = {
    "engine": "tests.benchmarks.engine",
    "evaluation": "tests.benchmarks.evaluation",
    "gauges": "tests.benchmarks.gauges",
    "challenges": "tests.benchmarks.challenges",
    "rounds": "tests.benchmarks.rounds",
    "page": "tests.benchmarks.page",
    "alphabet": "tests.benchmarks.alphabet",
    "inside": "tests.benchmarks.inside",
    "overlap": "tests.benchmarks.overlap",
    "compare": "tests.benchmarks.compare",
    "history": "tests.benchmarks.history",
    "load": "tests.benchmarks.load",
    "room": "tests.benchmarks.room",
}
ONLY_BY_NAME = {
    "soak": "tests.benchmarks.soak",  # takes ten minutes
    "memory": "tests.benchmarks.memory",  # takes gigabytes
    "machines": "tests.benchmarks.machines",  # needs PostgreSQL and Dask
    "threads": "tests.benchmarks.threads",
    "learning": "tests.benchmarks.learning",  # takes two hours, or less with --marks and --only
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    known = BENCHMARKS | ONLY_BY_NAME
    names, long = ", ".join(known), ", ".join(ONLY_BY_NAME)
    choices = f"one of: {names} (default: all except {long})"
    parser.add_argument("names", nargs="*", metavar="name", help=choices)
    parser.add_argument(
        "--text",
        dest="text_file",
        metavar="FILE",
        type=Path,
        help="a UTF-8 text file (default: one of data/)",
    )
    parser.add_argument(
        "--marks", type=float, nargs="+", help="learning: the seconds after which to measure"
    )
    parser.add_argument("--only", nargs="+", help="learning: the recipes to measure")
    parser.add_argument(
        "--spread",
        action="store_true",
        help="learning: hold out ten stretches from all over the text, not its end",
    )
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in known:
            parser.error(f"unknown benchmark {name!r}; choose from: {names}")
    for name in arguments.names or BENCHMARKS:
        run = importlib.import_module(known[name]).main
        run(**{name: getattr(arguments, name) for name in inspect.signature(run).parameters})


if __name__ == "__main__":
    main()

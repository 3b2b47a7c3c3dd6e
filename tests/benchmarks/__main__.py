"""Measure what the README states: python -m tests.benchmarks [name ...] [--text FILE]"""

import argparse
import importlib
import inspect
import os
from pathlib import Path

# One BLAS thread, like a worker has. Set before NumPy is imported, which the benchmarks do.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

# name -> module with a function main() or main(text_file). A new benchmark is one line here.
BENCHMARKS = {
    "engine": "tests.benchmarks.engine",
    "page": "tests.benchmarks.page",
    "alphabet": "tests.benchmarks.alphabet",
    "copying": "tests.benchmarks.copying",
    "compare": "tests.benchmarks.compare",
    "crowd": "tests.benchmarks.crowd",
}
ONLY_BY_NAME = {
    "soak": "tests.benchmarks.soak",  # ten minutes
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    known = BENCHMARKS | ONLY_BY_NAME
    names, long = ", ".join(known), ", ".join(ONLY_BY_NAME)
    which = f"which: {names} (default: all but {long})"
    parser.add_argument("names", nargs="*", metavar="name", help=which)
    parser.add_argument("--text", type=Path, help="a text file in UTF-8 (default: from data/)")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in known:
            parser.error(f"{name!r} is no benchmark; there are: {names}")
    for name in arguments.names or BENCHMARKS:
        benchmark = importlib.import_module(known[name]).main
        takes_a_text = inspect.signature(benchmark).parameters
        benchmark(arguments.text) if takes_a_text else benchmark()


if __name__ == "__main__":
    main()

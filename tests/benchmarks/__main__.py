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
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = ", ".join(BENCHMARKS)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which: {names} (default: all)")
    parser.add_argument("--text", type=Path, help="a text file in UTF-8 (default: from data/)")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in BENCHMARKS:
            parser.error(f"{name!r} is no benchmark; there are: {names}")
    for name in arguments.names or BENCHMARKS:
        benchmark = importlib.import_module(BENCHMARKS[name]).main
        takes_a_text = inspect.signature(benchmark).parameters
        benchmark(arguments.text) if takes_a_text else benchmark()


if __name__ == "__main__":
    main()

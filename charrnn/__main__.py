"""The command line: train a network on a text, let a saved one write, move runs between stores.

    python -m charrnn train FILE --iterations 2000 --out run.safetensors
    python -m charrnn sample run.safetensors --prime "the "
    python -m charrnn export RUN_ID --out run.safetensors
    python -m charrnn import run.safetensors

What is asked for goes to standard output. Whatever is wrong is one line on standard error, with
exit status 2 (the request cannot be met) or 1 (it went wrong on the way).
"""

import argparse
import os
import sys
from contextlib import suppress
from typing import NoReturn

from charrnn.commands import moving, sample, tidy, train
from charrnn.commands.terminal import INTERRUPTED, WENT_WRONG, WRONG_REQUEST, Refused, complain
from charrnn.runs.blas import ONE_THREAD

# Before NumPy is loaded, which the commands do when they are called.
for _name, _value in ONE_THREAD.items():
    os.environ.setdefault(_name, _value)

PROGRAM = "python -m charrnn"

# name: (what it does, its options, its help)
COMMANDS = {
    "train": (train.train, train.add_options, "train a network on a text file"),
    "sample": (sample.sample, sample.add_options, "let a saved network write"),
    "export": (
        moving.export_run,
        moving.add_export_options,
        "save a run of the local store in a file",
    ),
    "import": (
        moving.import_run,
        moving.add_import_options,
        "take a saved run into the local store",
    ),
    "tidy": (tidy.tidy, tidy.add_options, "remove old runs and texts from the local store"),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, without the usage."""
        complain(f"{message} (see {self.prog} --help)")
        sys.exit(WRONG_REQUEST)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    with suppress(AttributeError):
        sys.stdout.reconfigure(errors="replace")  # it may lack a character of the text
    parser = _Parser(prog=PROGRAM, description="A character-level RNN.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (run_command, add_options, text) in COMMANDS.items():
        command = commands.add_parser(
            name, help=text, description=run_command.__doc__, allow_abbrev=False
        )
        add_options(command)
        command.set_defaults(run_command=run_command)
    options = parser.parse_args(arguments)
    try:
        return options.run_command(options)
    except Refused as problem:
        complain(str(problem))
        return problem.status
    except MemoryError:
        complain("there is not enough memory for a network of this size")
        return WENT_WRONG
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # that is a reader who has seen enough
            complain(f"the output cannot be written: {error.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or exit fails as well
        return WENT_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

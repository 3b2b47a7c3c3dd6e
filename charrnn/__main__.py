"""The command line: train a network, sample from a saved run, move runs in and out of the store.

    python -m charrnn train FILE --iterations 2000 --out run.safetensors
    python -m charrnn suggest FILE
    python -m charrnn sample run.safetensors --prompt "the "
    python -m charrnn export RUN_ID --out run.safetensors
    python -m charrnn import run.safetensors
    python -m charrnn prune --dry-run

Results go to standard output. An error is one line on standard error, with exit status 2 if the
command was called wrongly, or 1 if it failed. Stopped by a signal, a command ends with 128 plus
the number of the signal.
"""

import argparse
import io
import os
import sys
from importlib import import_module
from typing import NoReturn

from charrnn.commands.terminal import (
    FAILED,
    INTERRUPTED,
    USAGE_ERROR,
    CommandError,
    discard_output,
    print_error,
)
from charrnn.runs.errors import StoreError
from charrnn.runs.workers.blas import ONE_THREAD

# Before NumPy is imported, which the commands do when they are called.
for _name, _value in ONE_THREAD.items():
    os.environ.setdefault(_name, _value)

PROGRAM = "python -m charrnn"
DESCRIPTION = "Train a character-level RNN on a text, and let it write."
EPILOG = (
    f"{PROGRAM} COMMAND --help lists the options of a command. The local store is where the "
    "dashboard keeps its runs: the folder .charrnn, or where the variable CHARRNN_STORE points."
)

# Command -> the module and function that carry it out (both have this name), and its help.
COMMANDS = {
    "train": ("train", "train a network on a text file"),
    "suggest": ("suggest", "find settings that learn a text file fast"),
    "sample": ("sample", "generate text from a saved run"),
    "export": ("export_run", "save a run of the local store as a file"),
    "import": ("import_run", "import a saved run into the local store"),
    "prune": ("prune", "remove old runs and texts from the local store"),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print one line, without the usage, and exit."""
        print_error(f"{message} (see {self.prog} --help)")
        sys.exit(USAGE_ERROR)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status. arguments: those of the process unless given."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # its encoding may lack a character of the text
    options = _parsed(sys.argv[1:] if arguments is None else arguments)
    try:
        status: int = options.run_command(options)
        return status
    except CommandError as problem:
        print_error(str(problem))
        return problem.status
    except StoreError as problem:
        print_error(str(problem))
        return FAILED
    except MemoryError:
        print_error("there is not enough memory for a network of this size")
        return FAILED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # a reader that wants no more, such as head
            print_error(f"the output cannot be written: {error.strerror}")
        discard_output()
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _parsed(arguments: list[str]) -> argparse.Namespace:
    """The options of the command, and its function as `run_command`. Exits if they are wrong."""
    parser = _Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    called = next((argument for argument in arguments if argument in COMMANDS), None)
    for command, (name, text) in COMMANDS.items():
        subparser = commands.add_parser(command, help=text, allow_abbrev=False)
        if command == called:  # only its module is imported
            module = import_module(f"charrnn.commands.{name}")
            run_command = getattr(module, name)
            subparser.description = run_command.__doc__
            subparser.set_defaults(run_command=run_command)
            module.add_options(subparser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

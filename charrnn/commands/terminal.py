"""What commands share at the terminal: output, errors, signals, and options with numbers."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from charrnn.runs.texts.printable import printable

# Exit statuses: the command failed, it was called wrongly, it was stopped by Ctrl-C. Stopped by
# another signal, it ends with SIGNALLED and the number of the signal, as is usual at a terminal.
FAILED, USAGE_ERROR, INTERRUPTED = 1, 2, 130
SIGNALLED = 128
# Ctrl-C, kill, and a terminal that was closed. Windows does not have all of them.
STOP_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class CommandError(Exception):
    """Why a command cannot be carried out, in one line, and its exit status."""

    def __init__(self, message: str, *, status: int = USAGE_ERROR):
        super().__init__(message)
        self.status = status


def print_output(text: str) -> None:
    """Print to standard output at once.

    A terminal gets no characters that could control it; a file or a pipe gets the text as it is.
    """
    print(printable(text) if sys.stdout.isatty() else text, flush=True)


def print_error(message: str) -> None:
    """Print one line to standard error."""
    line = printable(message).replace("\n", " ")
    with suppress(OSError):  # the terminal was closed
        print(f"charrnn: {line}", file=sys.stderr, flush=True)


def discard_output() -> None:
    """Discard what is still in the buffer of standard output, or exiting would fail as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def file_errors(verb: str, path: str, *, status: int = USAGE_ERROR) -> Iterator[None]:
    """Turn OSError into CommandError. verb: what cannot be done, "read" or "written"."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise CommandError(f"{path} cannot be {verb}: {reason}", status=status) from error


@contextmanager
def stop_signals() -> Iterator[Callable[[], int | None]]:
    """A function that says which of STOP_SIGNALS came first; None while none has come.

    A second Ctrl-C interrupts at once. A signal that is ignored, as under nohup, stays ignored.
    """
    first: int | None = None

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal first
        first = first or number
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    previous = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    handled = [number for number in STOP_SIGNALS if previous[number] is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, on_signal)
    try:
        yield lambda: first
    finally:
        for number in handled:
            signal.signal(number, previous[number])


def add_setting(
    parser: argparse.ArgumentParser,
    option: str,
    name: str,
    *,
    default: Any = None,
    meaning: str | None = None,
) -> None:
    """Add an option for a field of RunConfig, which checks the value later.

    default: the value if the option is not given. meaning: its help. None: as RunConfig has it.
    """
    from charrnn.runs.config import RunConfig, in_digits

    f = RunConfig.__dataclass_fields__[name]
    convert: Callable[[str], Any]
    if "choices" in f.metadata:
        convert, metavar = str, "TYPE"
        allowed, standard = " or ".join(f.metadata["choices"]), f.default
    else:
        convert, metavar = whole_number if f.type is int else number, "N"
        low, high = RunConfig.limits(name)
        allowed, standard = (
            f"{in_digits(low)} to {in_digits(high)}",
            in_digits(getattr(RunConfig(), name)),
        )
    text = f"{meaning or RunConfig.meaning(name)} {allowed}; {standard} unless given."
    parser.add_argument(
        option,
        type=convert,
        default=f.default if default is None else default,
        metavar=metavar,
        help=text.replace("%", "%%"),
    )


def whole_number(text: str) -> int:
    """The value of an option. Raises ArgumentTypeError."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def number(text: str) -> float:
    """The value of an option. Raises ArgumentTypeError."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None

"""What somebody at a terminal meets: what is said, what is refused, and Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from charrnn.runs.printable import printable

WRONG_REQUEST, WENT_WRONG, INTERRUPTED = 2, 1, 130


class Refused(Exception):
    """Why something cannot be done, and the exit status that says so."""

    def __init__(self, message: str, *, status: int = WRONG_REQUEST):
        super().__init__(message)
        self.status = status


def say(text: str) -> None:
    """On standard output."""
    print(printable(text), flush=True)


def complain(message: str) -> None:
    """In one line on standard error."""
    line = printable(message).replace("\n", " ")
    print(f"charrnn: {line}", file=sys.stderr)


@contextmanager
def file_errors(verb: str, path: str, *, status: int = WRONG_REQUEST) -> Iterator[None]:
    """A file that cannot be read or written becomes one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(f"{path} cannot be {verb}: {reason}", status=status) from error


@contextmanager
def ctrl_c() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C asks to stop between two steps; the second interrupts at once."""
    asked = []

    def ask(*_) -> None:
        asked.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def add_setting(
    parser: argparse.ArgumentParser, option: str, name: str, *, default: Any = None
) -> None:
    """An option for a field of RunConfig, which checks the value later.

    default: what it is if it is not given; the field's own unless said otherwise.
    """
    from charrnn.runs.config import RunConfig

    f = RunConfig.__dataclass_fields__[name]
    if "choices" in f.metadata:
        kind, metavar = str, "TYPE"
        text = f"How exactly it counts. {' or '.join(f.metadata['choices'])}; {f.default}"
    else:
        kind, metavar = whole if f.type is int else number, "N"
        low, high = RunConfig.limits(name)
        text = f"{RunConfig.meaning(name)} {low:,} to {high:,}; {f.default:,}"
    text = f"{text} unless given.".replace("%", "%%")
    default = f.default if default is None else default
    parser.add_argument(option, type=kind, default=default, metavar=metavar, help=text)


def whole(text: str) -> int:
    return _parsed(int, text, "a whole number")


def number(text: str) -> float:
    return _parsed(float, text, "a number")


def _parsed(kind: type, text: str, name: str):
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not {name}") from None

"""The log: one line of JSON for each event of a run. It never contains a visitor's text.

So it contains no traceback either: the message of an error may quote a text, and so may a line of
a stack. Errors are logged by their type and by the module and line where they were raised.
"""

import json
import logging
import sys
import time
from contextlib import suppress
from traceback import walk_tb
from types import TracebackType
from typing import Any

_logger = logging.getLogger("charrnn.events")


def log_event(name: str, **facts: str | int | float | None) -> None:
    """Log one event. facts: ids, numbers and error types, never what a visitor wrote."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    _logger.info(json.dumps({"time": when, "event": name, **facts}))


class _StderrHandler(logging.Handler):
    """Writes to the current sys.stderr, one line per write: many processes share the stream."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):  # a closed stream must not stop the work
            sys.stderr.write(f"{record.getMessage()}\n")
            sys.stderr.flush()


def log_to_stderr() -> None:
    """Write events to standard error from now on; before this call they are dropped."""
    _logger.handlers[:] = [_StderrHandler()]
    _logger.setLevel(logging.INFO)
    _logger.propagate = False


def log_crashes(**facts: str) -> None:
    """Log an uncaught exception as an event, with its type and where it was raised.

    facts: as for log_event().
    """

    def log_crash(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        log_event("crashed", **facts, error=kind.__name__, at=place(error))

    sys.excepthook = log_crash


def place(error: BaseException) -> str | None:
    """Where an error was raised, as "module:line"; None if it never was."""
    steps = path(error)
    return steps[-1] if steps else None


def path(error: BaseException) -> list[str]:
    """The calls that led to an error, each as "module:line", outermost first."""
    return [
        f"{frame.f_globals.get('__name__')}:{line}" for frame, line in walk_tb(error.__traceback__)
    ]


def drop_tracebacks() -> None:
    """Let every logger of this process write the type and place of an error, never a traceback.

    Streamlit and the web server have loggers of their own, which would write it in full.
    """
    logging.setLogRecordFactory(_RecordWithoutTraceback)


class _RecordWithoutTraceback(logging.LogRecord):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        error = self.exc_info[1] if self.exc_info else None
        if error:
            self.msg = f"{self.msg} ({type(error).__name__} at {place(error)})"
        self.exc_info = self.stack_info = None

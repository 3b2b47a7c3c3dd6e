"""The log: one line of JSON for each event of a run. It never contains a visitor's text."""

import json
import logging
import sys
import time
from contextlib import suppress
from types import TracebackType

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

    Its message is left out, because it may quote a visitor's text. facts: as for log_event().
    """

    def log_crash(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        while traceback and traceback.tb_next:
            traceback = traceback.tb_next
        where = None
        if traceback:
            where = f"{traceback.tb_frame.f_globals.get('__name__')}:{traceback.tb_lineno}"
        log_event("crashed", **facts, error=kind.__name__, at=where)

    sys.excepthook = log_crash

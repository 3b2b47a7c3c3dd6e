"""What happens to runs, one line of JSON for each event. No text of a visitor is ever in one."""

import json
import logging
import sys
import time
from contextlib import suppress

_logger = logging.getLogger("charrnn.events")


def event(name: str, **facts: str | int | float | None) -> None:
    """Note that something happened. facts: ids and numbers, never what somebody wrote."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    _logger.info(json.dumps({"time": when, "event": name, **facts}))


class _ToStderr(logging.Handler):
    """To standard error as it is then, each line in one piece: many processes write there."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):  # nobody listens: work goes on all the same
            sys.stderr.write(f"{record.getMessage()}\n")
            sys.stderr.flush()


def write_to_stderr() -> None:
    """From now on; until then events go nowhere."""
    _logger.handlers[:] = [_ToStderr()]
    _logger.setLevel(logging.INFO)
    _logger.propagate = False


def crashes_are_events(**facts: str) -> None:
    """From now on an error that nobody caught is one line too: its kind and where it happened.

    Not its message, which may quote what somebody wrote.
    """

    def crashed(kind, error, traceback):
        while traceback.tb_next:
            traceback = traceback.tb_next
        place = f"{traceback.tb_frame.f_globals.get('__name__')}:{traceback.tb_lineno}"
        event("crashed", **facts, error=kind.__name__, at=place)

    sys.excepthook = crashed

"""What happens to runs, one line of JSON for each event. No text of a visitor is ever in one."""

import json
import logging
import sys
import time

_logger = logging.getLogger("charrnn.events")


def event(name: str, **facts: str | int | float | None) -> None:
    """Note that something happened. facts: ids and numbers, never what somebody wrote."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    _logger.info(json.dumps({"time": when, "event": name, **facts}))


def write_to_stderr() -> None:
    """From now on; until then events go nowhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _logger.handlers[:] = [handler]
    _logger.setLevel(logging.INFO)
    _logger.propagate = False

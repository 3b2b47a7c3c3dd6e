"""Ports on this machine, for the servers that tests start."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, alive: Callable[[], bool], *, seconds: float) -> None:
    """Wait until something listens on a port of 127.0.0.1.

    alive: whether the process that should do so still runs.
    """
    deadline = time.monotonic() + seconds
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        assert alive(), "the server has ended instead of listening"
        assert time.monotonic() < deadline, f"the server does not listen after {seconds} s"
        time.sleep(0.05)

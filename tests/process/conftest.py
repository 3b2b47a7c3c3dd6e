"""What the tests of processes share: the process of a worker, without starting one."""

import logging
import os
import signal
import threading

import numpy as np
import pytest

from charrnn.runs import process


@pytest.fixture
def main(monkeypatch):
    """process.main in this process, whose priority, input, Ctrl-C and errors are left alone."""
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(os, "nice", lambda by: by, raising=False)
    monkeypatch.setattr(process, "_when_input_closes", lambda _: threading.Event())
    with np.errstate():
        yield process.main
    signal.signal(signal.SIGINT, before)
    logging.getLogger("charrnn.events").handlers.clear()

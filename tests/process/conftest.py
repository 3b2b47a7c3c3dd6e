"""What the tests of processes share: a worker's main, launchers, and a run of the command line."""

import logging
import os
import signal
import threading

import numpy as np
import pytest

from charrnn.runs import process
from charrnn.runs.launcher import Launcher
from tests import terminal
from tests.launching import ENDS_AT_ONCE
from tests.working import ENDLESS


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


@pytest.fixture
def run(store, corpus):
    return store.create_run(corpus, ENDLESS)


@pytest.fixture
def started(monkeypatch):
    """The processes that were started, in order: (run id, process)."""
    processes = []
    spawn = Launcher._spawn

    def remember(launcher, run):
        processes.append((run.id, spawn(launcher, run)))
        return processes[-1][1]

    monkeypatch.setattr(Launcher, "_spawn", remember)
    yield processes
    for _, child in processes:
        child.kill()
        child.wait()


@pytest.fixture
def launcher(store, started, tmp_path, monkeypatch):
    # Workers are told where they belong, whatever directory and environment they are started in.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "elsewhere"))
    return Launcher(store)


@pytest.fixture
def hopeless(store, started):
    """A launcher whose workers end before they have begun."""
    return Launcher(store, python=ENDS_AT_ONCE)


@pytest.fixture(scope="session")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "cats.txt"
    path.write_text(terminal.TEXT)
    return path


@pytest.fixture(scope="session")
def trained(text):
    """One run with everything said, and its file."""
    saved = text.with_name("run.safetensors")
    return terminal.run("train", text, *terminal.QUICK, "--out", saved), saved

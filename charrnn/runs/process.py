"""A worker as a process of its own: how it begins, how it gives way to pages, and how it ends."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

import numpy as np

from charrnn.engine.training import Diverged
from charrnn.runs.database import default_url
from charrnn.runs.events import crashes_are_events, event, write_to_stderr
from charrnn.runs.lease import LeaseLost, worker_name
from charrnn.runs.records import StoreError
from charrnn.runs.store import Store
from charrnn.runs.worker import BROKE_DOWN, WISH_SECONDS, Worker

NICENESS = 15  # pages answer before workers compute
LOADING_NICENESS = 5  # before those that compute, else a crowd makes it last a quarter minute
END_SECONDS = 1.5  # to leave a last checkpoint in when the server is gone
STORE_FAILED = 75  # the exit status of a worker that could not save: it is not the run's fault


def step_aside(pid: int, niceness: int = NICENESS) -> None:
    """Let a worker compute only while no page has to."""
    if hasattr(os, "setpriority"):  # not on Windows
        with suppress(OSError):  # it has ended
            os.setpriority(os.PRIO_PROCESS, pid, niceness)


def main(run_id: str, server: int | None = None) -> int:
    """Train a run until it is not wanted any more, or standard input closes.

    server: the process that started this one.
    """
    # Ctrl-C in a terminal is for the server. When that has ended, standard input closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    step_aside(os.getpid())
    write_to_stderr()
    np.seterr(over="ignore", invalid="ignore")  # Diverged says it, with the iteration
    stop = _when_input_closes(server or os.getppid())
    name = worker_name(os.getpid())
    try:
        store = Store(default_url())
        if not store.claim(run_id, name):
            event("stepped_back", run=run_id)
            return 0  # another worker is at it
        try:
            return _train(store, run_id, name, stop)
        except LeaseLost:
            event("stepped_back", run=run_id)
            return 0  # another worker has taken over, or the run was deleted
        except StoreError as error:
            # What could not be saved comes again from the last checkpoint.
            event("store_failed", run=run_id, reason=str(error))
            store.pause(run_id, f"Paused: {error}", worker=name)
    except StoreError as error:
        event("store_failed", run=run_id, reason=str(error))
    return STORE_FAILED


def _train(store: Store, run_id: str, name: str, stop: threading.Event) -> int:
    try:
        worker = Worker(store, store.run(run_id), name)
    except (ValueError, KeyError, MemoryError) as error:
        if isinstance(error, StoreError):
            raise  # a limit that is none
        reason = str(error).removesuffix(".")
        if isinstance(error, KeyError):
            reason = "its text is not kept any more"
        elif isinstance(error, MemoryError):
            reason = "there is not enough memory"
        store.fail(run_id, f"This run cannot be started: {reason}.", worker=name)
        event("not_started", run=run_id, error=type(error).__name__)
        return 1
    try:
        worker.work(stop)
    except Diverged as error:
        event("diverged", run=run_id, iteration=worker.trainer.iteration)
        worker.publish(
            "failed",
            message=f"{BROKE_DOWN}: {error}. A smaller learning rate helps.",
            checkpoint=True,
        )
    store.release(run_id, name)
    return 0


def _when_input_closes(server: int) -> threading.Event:
    """Set when the server that started this process ends. If that is gone, so is this one soon."""
    closed = threading.Event()

    def watch():
        # Not sys.stdin.read(): it would hold a lock that the interpreter needs to exit.
        while os.read(sys.stdin.fileno(), 4096):
            pass
        closed.set()
        while os.getppid() == server:  # it waits for last checkpoints, see Launcher.close
            time.sleep(WISH_SECONDS)
        # Then an alarm ends the process, in the middle of whatever takes so long; the last
        # checkpoint is safe. No thread has to come to its turn for that.
        if hasattr(signal, "setitimer"):  # not on Windows
            signal.setitimer(signal.ITIMER_REAL, END_SECONDS)

    threading.Thread(target=watch, daemon=True).start()
    return closed


if __name__ == "__main__":
    crashes_are_events(run=sys.argv[1])
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:3])))

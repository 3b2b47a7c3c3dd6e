"""A worker process: trains one run at low priority, as long as the server that started it lives.

    python -m charrnn.runs.workers.process RUN_ID [SERVER_PID [PLACE]]

The supervisor keeps the standard input of this process open. When it closes, the process writes
a last checkpoint and ends.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress

import numpy as np

from charrnn.engine.training import Diverged
from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_crashes, log_event, log_to_stderr
from charrnn.runs.store.database_errors import StoreUnreachable
from charrnn.runs.store.leases import LeaseLost, worker_name
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import default_url
from charrnn.runs.workers.worker import POLL_SECONDS, Worker

NICENESS = 15  # while training: pages come first
# While starting: ahead of the workers that train, or under load a start takes fifteen seconds.
STARTUP_NICENESS = 5
SHUTDOWN_SECONDS = 1.5  # for a last checkpoint once the server is gone
_PR_SET_PDEATHSIG = 1  # from <sys/prctl.h>
OUTAGE_SECONDS = 60.0  # for which a worker waits for a database server that does not answer
OUTAGE_POLL_SECONDS = 0.5
STORE_FAILED = 75  # exit status when the store could not be used, which is not the run's fault


def lower_priority(pid: int, niceness: int = NICENESS) -> None:
    """Lower the priority of a process, so that pages get the CPU first."""
    if hasattr(os, "setpriority"):  # not on Windows
        with suppress(OSError):  # the process has ended
            os.setpriority(os.PRIO_PROCESS, pid, niceness)


def main(run_id: str, server_pid: int | None = None, place: str | None = None) -> int:
    """Train a run until it finishes, fails, stays paused for a while, or standard input closes.

    server_pid: the process that started this one; by default, the parent process. place: see
    Worker. Returns the exit status: 0, 1 if the run cannot be started, or STORE_FAILED.
    """
    # Ctrl-C in a terminal is for the server. Standard input closes when the server has ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lower_priority(os.getpid())
    _resume_when_parent_ends()
    log_to_stderr()
    np.seterr(over="ignore", invalid="ignore")  # the trainer checks, and raises Diverged
    stop = _stop_when_input_closes(server_pid or os.getppid())
    name = worker_name(os.getpid())
    try:
        store = Store(default_url())
        if not store.leases.claim(run_id, name):
            log_event("lease_refused", run=run_id)  # another worker trains this run
            return 0
        try:
            return _train_through_outages(store, run_id, name, stop, place)
        except LeaseLost:
            log_event("lease_lost", run=run_id)  # another worker took over, or the run was deleted
            return 0
        except StoreUnreachable:
            raise  # it cannot even be paused
        except StoreError as error:
            # Nothing is lost: what could not be saved is computed again from the checkpoint.
            log_event("store_failed", run=run_id, reason=str(error))
            store.leases.pause(run_id, f"Paused. {error}", worker=name)
    except StoreError as error:
        log_event("store_failed", run=run_id, reason=str(error))
    return STORE_FAILED


def _train_through_outages(
    store: Store, run_id: str, name: str, stop: threading.Event, place: str | None
) -> int:
    """Like _train(), and again from the last checkpoint after the database was restarted."""
    while True:
        try:
            return _train(store, run_id, name, stop, place)
        except StoreUnreachable as error:
            log_event("store_failed", run=run_id, reason=str(error))
            if not _answers_again(store, run_id, stop):
                raise


def _answers_again(store: Store, run_id: str, stop: threading.Event) -> bool:
    """Wait until the database answers; returns whether it does in time."""
    deadline = time.monotonic() + OUTAGE_SECONDS
    while time.monotonic() < deadline and not stop.wait(OUTAGE_POLL_SECONDS):
        with suppress(StoreUnreachable):
            store.runs.get(run_id)
            return True
    return False


def _train(store: Store, run_id: str, name: str, stop: threading.Event, place: str | None) -> int:
    """Train a run whose lease this process holds under `name`; returns the exit status.

    Raises LeaseLost, StoreError.
    """
    try:
        worker = Worker(store, store.runs.get(run_id), name, place=place)
    except StoreError:  # comes first because BadLimit is a ValueError as well
        raise
    except (ValueError, KeyError, MemoryError) as error:
        message = f"This run cannot be started: {_start_failure(error)}."
        store.leases.fail(run_id, message, worker=name)
        log_event("start_failed", run=run_id, error=type(error).__name__)
        return 1
    try:
        worker.work(stop)
    except Diverged as error:
        log_event("diverged", run=run_id, iteration=worker.trainer.iteration)
        worker.fail(error)
    store.leases.release(run_id, name)
    return 0


def _start_failure(error: Exception) -> str:
    """Why a run cannot be started, as the second half of a sentence."""
    if isinstance(error, KeyError):
        return "its text has been deleted"
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    reason = str(error).removesuffix(".")
    return reason[:1].lower() + reason[1:]


def _resume_when_parent_ends() -> None:
    """Let Linux continue this process when its server ends, in case a signal has stopped it.

    Otherwise it could not notice that its standard input is closed, and would stay forever.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)


def _stop_when_input_closes(server_pid: int) -> threading.Event:
    """An event that is set when standard input closes.

    If the server has ended as well, this process ends SHUTDOWN_SECONDS later at the latest.
    """
    stop = threading.Event()

    def watch() -> None:
        # Not sys.stdin.read(), which would hold a lock that the interpreter needs to exit.
        while os.read(sys.stdin.fileno(), 4096):
            pass
        stop.set()
        while os.getppid() == server_pid:  # a closing server waits for last checkpoints
            time.sleep(POLL_SECONDS)
        # The alarm ends the process even in the middle of a long step, without waiting until a
        # thread gets the interpreter lock. The previous checkpoint stays valid.
        if hasattr(signal, "setitimer"):  # not on Windows
            signal.setitimer(signal.ITIMER_REAL, SHUTDOWN_SECONDS)

    threading.Thread(target=watch, daemon=True).start()
    return stop


if __name__ == "__main__":
    run_id, *others = sys.argv[1:]
    log_crashes(run=run_id)
    server_pid = int(others[0]) if others else None
    sys.exit(main(run_id, server_pid, others[1] if len(others) > 1 else None))

"""What a machine of a cluster does for a run: it starts the run's worker process, and watches it.

The cluster calls train() in a thread of a Dask worker. The worker process is the same as on a
single machine: it takes the lease of the run, follows what the pages request, and publishes to the
store. Its standard input stays open as long as the Dask worker lives.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache

from charrnn.runs.errors import RunNotFound, StoreError
from charrnn.runs.events import log_event, log_to_stderr
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import URL_VARIABLE, default_url
from charrnn.runs.workers.cores import available_cores
from charrnn.runs.workers.launcher import WorkerHandle
from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.pool import HANG_SECONDS
from charrnn.runs.workers.process import STORE_FAILED

PLACE = "cluster"  # the server, in the store, of a run that the cluster is to train
SLOT = "slot"  # the resource of a Dask worker of which every run takes one
POLL_SECONDS = 1.0
START_SECONDS = 60.0  # for a worker process to take the lease, on a busy machine
# Exit statuses besides those of the worker process. The first two: this machine does not find the
# run. The third: nothing is to be done. Another worker trains the run, or it has lost its slot, or
# this task has run before and its attempt has failed, together with a machine.
NO_STORE, RUN_NOT_FOUND, NOT_NEEDED = 76, 77, 78


def train(run_id: str, limits: Mapping[str, str]) -> int:
    """Train a run in a process of its own until that ends; returns its exit status.

    limits: the environment variables that limit a run, as the dashboard has them. The URL of the
    store does not come along, because it may contain a password: this machine has its own
    CHARRNN_STORE.
    """
    from distributed import get_worker

    log_to_stderr()
    dask_worker = get_worker()
    slots = dask_worker.state.total_resources.get(SLOT, 1.0)
    if URL_VARIABLE not in os.environ:
        return NO_STORE
    try:
        store = _store_at(default_url())
        run = store.runs.get(run_id)
    except RunNotFound:
        return RUN_NOT_FOUND
    except StoreError as error:
        log_event("store_failed", run=run_id, reason=str(error))
        return STORE_FAILED
    attempt = store.attempts.last(run_id)
    if run.server != PLACE or run.leased or (attempt and attempt.reason):
        return NOT_NEEDED
    worker = LocalLauncher(store.database.url, environment=limits).start(run)
    log_event("started", run=run_id, worker=worker.id)
    status = watch(
        worker,
        store,
        run_id,
        hang_seconds=HANG_SECONDS * max(1.0, slots / available_cores()),
        leaving=lambda: dask_worker.status.name not in ("running", "paused"),
    )
    log_event("ended", run=run_id, worker=worker.id, exit_status=status)
    return status


def watch(
    worker: WorkerHandle,
    store: Store,
    run_id: str,
    *,
    hang_seconds: float = HANG_SECONDS,
    leaving: Callable[[], bool] = lambda: False,
) -> int:
    """Wait for a worker to end; returns its exit status, or NOT_NEEDED if it never had the lease.

    leaving: whether this machine is about to leave the cluster; then the worker has to end after a
    last checkpoint. A worker that has not renewed its lease for `hang_seconds` is killed, and so is
    one that has lost it to another and does not notice.
    """
    renewed, renewed_at = None, time.monotonic()
    while not worker.wait(POLL_SECONDS):
        if leaving():
            worker.stop()
        try:
            run = store.runs.get(run_id)
        except RunNotFound:
            worker.stop()
            continue
        except StoreError:
            renewed_at = time.monotonic()  # nobody can renew a lease now
            continue
        if run.worker == worker.name and run.heartbeat != renewed:
            renewed, renewed_at = run.heartbeat, time.monotonic()
        allowed = START_SECONDS if renewed is None else hang_seconds
        if (silent := time.monotonic() - renewed_at) > allowed:
            silent_seconds = round(silent, 1)
            log_event("hung", run=run_id, worker=worker.id, silent_seconds=silent_seconds)
            worker.kill()
    if worker.name is not None:
        with suppress(StoreError):  # then it expires
            store.leases.release(run_id, worker.name)
    status = worker.exit_status
    assert status is not None
    return NOT_NEEDED if status == 0 and renewed is None else status


@cache
def _store_at(url: str) -> Store:
    return Store(url)

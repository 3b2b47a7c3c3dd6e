"""Workers on a cluster of machines: Dask finds a machine for a run and starts its worker there.

Dask only finds a place. What should train, and what does, is in the store, and a worker takes the
lease of its run there as it does on a single machine. So nothing is lost when Dask loses a task,
and when it runs one twice, the second worker does not get the lease and ends.

The package distributed is imported only if CHARRNN_CLUSTER is set.
"""

import logging
import secrets
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_event
from charrnn.runs.limits import Limits
from charrnn.runs.store.records import Run
from charrnn.runs.workers import cluster_task
from charrnn.runs.workers.launcher import LOST
from charrnn.runs.workers.process import STORE_FAILED

if TYPE_CHECKING:
    from distributed import Client, Future

CLUSTER_VARIABLE = "CHARRNN_CLUSTER"
POLL_SECONDS = 1.0  # between two queries of the cluster
ANSWER_SECONDS = 5.0  # a scheduler that takes longer counts as gone
FAILURE_SECONDS = 30.0  # for which pages say why a task has failed; the next try is sooner
KILLED = -9  # exit status after several machines have died with it

UNREACHABLE = (
    "The machines that train runs cannot be reached at the moment. Nothing is lost: runs continue "
    "by themselves when the machines are back."
)
NO_MACHINE = (
    "No machine is available to train runs at the moment. Nothing is lost: runs continue by "
    "themselves when there is one."
)
WRONG_STORE = (
    "The machines that train runs do not find them: the operator of this server has to set "
    "CHARRNN_STORE there to the same database as here."
)
BROKEN = (
    "The machines that train runs cannot start a worker: the operator of this server has to "
    "install the same version of charrnn there as here."
)


class BadCluster(StoreError):
    """CHARRNN_CLUSTER cannot be used. The message is meant for people."""


class ClusterWorker:
    """A task that trains a run on some machine of the cluster; a WorkerHandle.

    exit_status: that of the worker process, or LOST or KILLED.
    """

    # Not known here: the machine starts the process, which writes its name into the store.
    name: str | None = None

    def __init__(self, task: str):
        """task: its key in the cluster."""
        self.id = task
        self.exit_status: int | None = None
        self._ended = threading.Event()

    def note_end(self, exit_status: int) -> None:
        """Note that the task has ended, unless it counts as lost."""
        if not self._ended.is_set():
            self.exit_status = exit_status
            self._ended.set()

    def stop(self) -> None:
        """Nothing to do: a worker ends when its run loses its slot, as it reads in the store."""

    def kill(self) -> None:
        """Count it as lost. Its machine is out of reach, or else kills it by itself."""
        self.note_end(LOST)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the task has ended."""
        return self._ended.wait(seconds)


class ClusterLauncher:
    """The connection of this server to a cluster; a Launcher. Safe to use from any thread."""

    shared_place = cluster_task.PLACE

    def __init__(self, address: str):
        """address: of the scheduler, tcp://host:port or tls://host:port.

        Does not wait for the cluster. Raises BadCluster.
        """
        if not _is_scheduler(address):
            raise BadCluster(
                f"{CLUSTER_VARIABLE} is {address[:80]!r}; it must be the address of a Dask "
                "scheduler, like tcp://host:8786 or tls://host:8786."
            )
        _import_distributed()
        self._slots = 0  # when they were last counted
        self._address = address
        self._client: Client | None = None
        self._problem = UNREACHABLE  # with the connection
        self._failure, self._failed_at = "", 0.0  # of the last task that failed; time.monotonic()
        self._closing = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="cluster", daemon=True)
        self._watching.start()

    @property
    def problem(self) -> str:
        """Why no run can be started now, as a sentence for people; "" if nothing is known."""
        if not self._problem and time.monotonic() < self._failed_at + FAILURE_SECONDS:
            return self._failure
        return self._problem

    @property
    def slots(self) -> int:
        """How many runs the machines can train at once; 0 if the cluster does not answer."""
        client = self._client
        return self._slots if client and client.status == "running" else 0

    def start(self, run: Run) -> ClusterWorker:
        """Submit a task that trains a run. Raises OSError if the cluster cannot be reached."""
        from distributed import fire_and_forget

        client = self._client
        if client is None or client.status != "running":
            raise ConnectionError
        task = client.submit(
            cluster_task.train,
            run.id,
            Limits.variables(),
            key=f"train-{secrets.token_hex(8)}",  # with the key of an earlier task it would be that
            pure=False,
            retries=0,  # the supervisor counts attempts
            resources={cluster_task.SLOT: 1},
        )
        worker = ClusterWorker(task.key)
        task.add_done_callback(lambda task: worker.note_end(self._exit_status(task)))
        fire_and_forget(task)  # it goes on when this server ends
        return worker

    def close(self) -> None:
        """Leave the cluster. What trains there goes on."""
        self._closing.set()
        self._watching.join(2 * ANSWER_SECONDS)
        self._disconnect()

    def _exit_status(self, task: "Future[int]") -> int:
        """The exit status of a worker whose task has ended, or LOST or KILLED."""
        from distributed import KilledWorker

        try:
            status = int(task.result(timeout=ANSWER_SECONDS))
        except KilledWorker:
            return KILLED
        except Exception as error:
            if task.status != "error":  # but canceled, as when the connection broke
                return LOST
            self._note_failure(BROKEN, error)
            return STORE_FAILED  # not the run's fault, and to be tried again after a while
        if status in (cluster_task.NO_STORE, cluster_task.RUN_NOT_FOUND):
            self._note_failure(WRONG_STORE)
            return STORE_FAILED
        return LOST if status == cluster_task.NOT_NEEDED else status

    def _note_failure(self, failure: str, error: Exception | None = None) -> None:
        self._failure, self._failed_at = failure, time.monotonic()
        log_event("cluster_failed", reason=failure, error=type(error).__name__ if error else None)

    def _watch(self) -> None:
        """Keep the connection, and know how many slots there are, until close()."""
        logged = None
        while not self._closing.is_set():
            error = None
            try:
                slots = self._count_slots()
                problem = "" if slots else NO_MACHINE
            except Exception as failed:  # whatever fails in Dask: the cluster is out of reach
                slots, problem, error = 0, UNREACHABLE, type(failed).__name__
            self._slots, self._problem = slots, problem
            if logged != (slots, problem):
                logged = slots, problem
                log_event("cluster", slots=slots, reason=problem, error=error)
            self._closing.wait(POLL_SECONDS)

    def _count_slots(self) -> int:
        client = self._client
        if client is None or client.status == "closed":
            from distributed import Client

            self._disconnect()
            client = Client(self._address, timeout=ANSWER_SECONDS, set_as_default=False)
            self._client = client
        scheduler = client.sync(
            client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS
        )
        return sum(
            int(machine["resources"].get(cluster_task.SLOT, 0))
            for machine in scheduler["workers"].values()
            if machine["status"] == "running"
        )

    def _disconnect(self) -> None:
        if self._client is not None:
            with suppress(Exception):  # it is of no further use
                self._client.close(timeout=ANSWER_SECONDS)
            self._client = None


def _is_scheduler(address: str) -> bool:
    """Whether this can be the address of a scheduler."""
    with suppress(ValueError):
        parts = urlsplit(address)
        return parts.scheme in ("tcp", "tls") and bool(parts.hostname and parts.port)
    return False


def _import_distributed() -> None:
    """Import Dask, and keep its messages out of the log. Raises BadCluster."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise BadCluster(
            f"{CLUSTER_VARIABLE} needs the package distributed, which is not installed: install "
            f"it, or unset {CLUSTER_VARIABLE} to train on this machine."
        ) from error
    for name in ("distributed", "distributed.client", "distributed.gc"):
        logging.getLogger(name).setLevel(logging.CRITICAL)

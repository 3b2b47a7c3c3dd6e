"""The interface between the supervisor, which decides, and what starts and stops workers.

local_launcher.py implements it with processes of this machine, cluster.py with those of others.
"""

from typing import Protocol

from charrnn.runs.store.records import Run

LOST = 79  # exit status of a worker of which nothing more is known: not the run's fault


class WorkerHandle(Protocol):
    """One worker that a launcher has started, running or ended. Safe to use from any thread."""

    @property
    def id(self) -> int | str:
        """What the log calls it, for example a process id."""

    @property
    def name(self) -> str | None:
        """The name under which it holds the lease of its run; None if it is not known (yet)."""

    @property
    def exit_status(self) -> int | None:
        """None until it has ended; then 0, or why it failed: see process.py, or else LOST."""

    def stop(self) -> None:
        """Ask it to end after a last checkpoint. Without effect on one that has ended."""

    def kill(self) -> None:
        """End it at once. Without effect on one that has ended."""

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended, for `seconds` at most; returns whether it has."""


class Launcher(Protocol):
    """Starts workers in one kind of place."""

    @property
    def shared_place(self) -> str | None:
        """The name of the place, if all servers share it; None if each has one of its own.

        In a shared place, such as a cluster, the server that decides starts all workers.
        """

    @property
    def slots(self) -> int | None:
        """How many workers have room in a shared place. 0: none can be started at the moment."""

    def start(self, run: Run) -> WorkerHandle:
        """Start a worker for a run. Raises OSError if that is not possible just now."""

    def close(self) -> None:
        """Release what was needed to start workers. Those that run go on."""

"""How much a workspace may store: its quota, and the room that is left on the disk."""

from typing import NamedTuple

from charrnn.runs.errors import OutOfSpace
from charrnn.runs.limits import MEGABYTE, Limits
from charrnn.runs.store import retention
from charrnn.runs.store.store import Store


class Usage(NamedTuple):
    """What a workspace has stored, and how much it may, in megabytes."""

    used: float
    allowed: float


class Quota:
    """The quota of one workspace. Every method raises StoreError if the database fails."""

    def __init__(self, store: Store, workspace: str, address: str | None):
        """address: see Workspace; all workspaces at one address share a quota as well."""
        self._store, self._workspace, self._address = store, workspace, address

    def usage(self) -> Usage:
        """How much the workspace has stored, and how much it may."""
        limits = Limits.from_environment()
        used = self._store.space.used_megabytes([self._workspace])[self._workspace]
        return Usage(used, self._store.space.allowed_megabytes(limits))

    def ensure_space(self, n_bytes: int = 0, *, keep: str = "") -> None:
        """Raises OutOfSpace unless n_bytes more can be stored.

        To free space, deleted runs and unused texts of the workspace are removed for good. keep:
        the SHA-256 of a text that is about to be used.
        """
        while problem := self._lack_of_space(n_bytes / MEGABYTE):
            if not retention.free_space(self._store, self._workspace, keep=keep):
                raise OutOfSpace(problem)

    def _lack_of_space(self, more: float) -> str:
        """Why `more` megabytes cannot be stored, as a sentence for people; "" if they can."""
        space, limits = self._store.space, Limits.from_environment()
        free = space.free_megabytes()
        if free - more < limits.free_megabytes:
            return (
                f"Only {free:,.0f} MB of disk space are free on the server, and "
                f"{limits.free_megabytes:g} MB of it have to stay free: delete runs that you no "
                "longer need on the page Compare."
            )
        for key, address in ((self._workspace, False), (self._address, True)):
            if key is None:
                continue
            after = space.used_megabytes([key], address=address)[key] + more
            allowed = space.allowed_megabytes(limits, address=address)
            if after > allowed:
                theirs = "all texts and runs from your network address"
                return (
                    f"With this, {theirs if address else 'your texts and runs'} would take "
                    f"{after:,.0f} MB, and {allowed:,.0f} MB are allowed: "
                    f"{self._what_to_delete()}."
                )
        return ""

    def _what_to_delete(self) -> str:
        largest = self._store.space.largest_run(self._workspace)
        if largest is None:
            return "wait until older ones have been removed"
        run_id, megabytes = largest
        title = self._store.runs.get(run_id).title
        return f"delete runs on the page Compare; the largest is {title} with {megabytes:,.0f} MB"

"""How long nothing has been heard of a worker, a server or a page, as seen by one server.

Workers and servers show that they are alive, and pages that they show a run, by renewing a time in
the store. These times are not compared with any clock: clocks can be set, and each machine has its
own. Instead, a server notes in each of its rounds which of them have changed, and measures for how
long the others have not.
"""

import time
from collections.abc import Callable

from charrnn.runs.store.placement import Situation
from charrnn.runs.store.records import Candidate, Server

# The time between two rounds counts as this much at most. While the machine sleeps or the database
# does not answer, nothing can be renewed.
MAX_GAP_SECONDS = 2.0


class Observations:
    """For how long each time that is renewed in the store has been seen unchanged, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        """clock: returns seconds, and is never set."""
        self._clock, self._noted_at = clock, clock()
        self.seconds = 0.0  # for how long this server has been watching
        self._values: dict[tuple[str, str], tuple[object, float]] = {}  # value, first seen

    def note(self, situation: Situation) -> None:
        """Note what a round has read."""
        now = self._clock()
        self.seconds += min(now - self._noted_at, MAX_GAP_SECONDS)
        self._noted_at = now
        values: dict[tuple[str, str], object] = {}
        for server in situation.servers:
            values["server", server.name] = server.seen_at
        for run in situation.runs:
            values["lease", run.id] = run.worker, run.heartbeat
            values["view", run.id] = run.viewed_at
            values["active", run.id] = run.active
        self._values = {
            key: known
            if (known := self._values.get(key)) and known[0] == value
            else (value, self.seconds)
            for key, value in values.items()
        }

    def missing_seconds(self, server: Server) -> float:
        """For how long a server has not renewed its row."""
        return self._unchanged("server", server.name)

    def silent_seconds(self, run: Candidate) -> float:
        """For how long the worker of a run has published nothing."""
        return self._unchanged("lease", run.id)

    def unseen_seconds(self, run: Candidate) -> float:
        """For how long no page has shown a run."""
        return self._unchanged("view", run.id)

    def idle_seconds(self, run: Candidate) -> float:
        """For how long a run that need not train has been so."""
        return self._unchanged("active", run.id)

    def _unchanged(self, kind: str, name: str) -> float:
        _, since = self._values.get((kind, name), (None, self.seconds))
        return self.seconds - since

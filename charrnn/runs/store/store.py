"""The store of texts and runs, behind one database URL."""

import time
from collections.abc import Callable

from charrnn.runs.store.attempts import Attempts
from charrnn.runs.store.corpora import Corpora
from charrnn.runs.store.database import Database
from charrnn.runs.store.games import Games
from charrnn.runs.store.history import Histories
from charrnn.runs.store.leases import Leases
from charrnn.runs.store.placement import Placement
from charrnn.runs.store.rooms import Rooms
from charrnn.runs.store.runs import Runs
from charrnn.runs.store.servers import Servers
from charrnn.runs.store.snapshots import Snapshots
from charrnn.runs.store.space import Space
from charrnn.runs.store.walls import Walls


class Store:
    """Everything that is stored. Safe to use from several threads.

    corpora: the texts. runs: the table of runs and their desired states. history: metrics and
    samples by iteration. snapshots: saved training states. leases: which worker trains a run, and
    what only that worker writes. servers: which servers use the store, and which of them decides.
    placement: what it decides, that is, which runs train and where. attempts: how often a worker
    was started without progress. space: how much room there is, and how much each visitor takes.
    rooms: the rooms of workshops. walls: what their walls show. games: what visitors have scored
    against the networks.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time):
        """Open the store at a database URL; a new one is created, an old one is migrated.

        clock: the time of day in seconds since 1970, which SQLite takes from this machine.

        Raises StoreError, as does every method of its parts, if the database or its disk fails.
        """
        self.database = Database(url, clock=clock)
        self.corpora = Corpora(self.database)
        self.runs = Runs(self.database)
        self.history = Histories(self.database)
        self.snapshots = Snapshots(self.database)
        self.leases = Leases(self.database)
        self.servers = Servers(self.database)
        self.placement = Placement(self.database)
        self.attempts = Attempts(self.database)
        self.space = Space(self.database)
        self.rooms = Rooms(self.database)
        self.walls = Walls(self.database)
        self.games = Games(self.database)

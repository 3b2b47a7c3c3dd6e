"""Which servers use the store, and which of them decides for all.

Each server keeps a row here from its start to its end, and renews it every few seconds while there
are others. The first of them decides what trains. When it ends it removes its row, and the next one
decides; the row of a server that was killed is removed by the others once they see that it is no
longer renewed.
"""

import os
import secrets

from sqlalchemy import Connection, delete, select, update

from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.leases import worker_exited, worker_name
from charrnn.runs.store.records import Server

_S = schema.servers.c
_ALL = select(_S.name, _S.slots, _S.seen_at).order_by(_S.number)


def new_server_name() -> str:
    """A name for a server of this process, which no other one has or had."""
    return f"{secrets.token_hex(4)}:{worker_name(os.getpid())}"


def server_exited(name: str) -> bool:
    """Whether the process of a server has certainly exited: see worker_exited()."""
    return worker_exited(name.partition(":")[2])


class Servers:
    """The table of servers. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def renew(self, name: str, slots: int) -> None:
        """Renew the heartbeat of a server. A new one comes last, and so does one that was removed.

        slots: how many runs it trains at the same time.
        """
        values = {"slots": slots, "seen_at": Now()}
        with self._database.writing() as db:
            if db.execute(update(schema.servers).where(_S.name == name).values(values)).rowcount:
                return
            db.execute(schema.servers.insert().values(values | {"name": name}))

    def remove(self, server: Server) -> None:
        """Remove a server that was killed, unless it has been renewed since it was read."""
        not_renewed = (_S.name == server.name) & (_S.seen_at == server.seen_at)
        with self._database.writing() as db:
            db.execute(delete(schema.servers).where(not_renewed))

    def leave(self, name: str) -> None:
        """Remove a server that ends. Its runs lose their slots, so that others train them."""
        r = schema.runs.c
        with self._database.writing() as db:
            db.execute(update(schema.runs).where(r.server == name).values(server=None))
            db.execute(delete(schema.servers).where(_S.name == name))


def all_servers(db: Connection) -> list[Server]:
    """The servers as they came. The first one decides."""
    return [Server(*row) for row in db.execute(_ALL)]

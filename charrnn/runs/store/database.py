"""Connections to the database of the store, and transactions on it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, event

from charrnn.runs.store.database_errors import StoreMoved, as_store_errors
from charrnn.runs.store.migration import create_or_migrate
from charrnn.runs.store.url import URL_VARIABLE, BadStoreURL, parse_url, sqlite_file

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

BUSY_SECONDS = 30.0  # how long a writer waits for its turn
_WRITE_LOCK = 0x63686172  # an advisory lock of PostgreSQL; any number that nothing else there uses


class Database:
    """Transactions on one database. Safe to use from several threads.

    Opening it, and every transaction, raises StoreError if the database or its disk fails.
    """

    def __init__(self, url: str):
        self.url = url
        with as_store_errors("opened"):
            self._engine = connect(url)
            create_or_migrate(self._engine)
        self._identity = self._file_identity()
        # Each dialect has its own INSERT ... ON CONFLICT; only the one in use is imported.
        dialect = import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}")
        self.insert: Callable[[Table], Insert] = dialect.insert

    @property
    def file(self) -> str | None:
        """The path of the SQLite file, or None for a database server."""
        return self._engine.url.database if self._engine.dialect.name == "sqlite" else None

    def _file_identity(self) -> tuple[int, int] | None:
        """Device and inode of the SQLite file; None for a server, or if the file is missing."""
        with suppress(OSError):
            if self.file is not None:
                status = os.stat(self.file)
                return status.st_dev, status.st_ino
        return None

    def _check_file(self) -> None:
        """Raises StoreMoved if the SQLite file is no longer the one that was opened.

        SQLite itself goes on reading and writing a file that was deleted.
        """
        if self._identity != self._file_identity():
            raise StoreMoved

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: all its queries see the same state of the database."""
        with as_store_errors("read"):
            self._check_file()
            with self._engine.connect() as db:
                yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it is committed, or none if an exception is raised.

        One writer at a time; it waits up to BUSY_SECONDS for its turn.
        """
        writer = self._engine.execution_options(writes=True)
        with as_store_errors("saved"):
            self._check_file()
            with writer.begin() as db:
                yield db

    def upsert(self, table: Table) -> "Insert":
        """An INSERT that replaces the row with the same primary key."""
        insert = self.insert(table)
        keys = [column.name for column in table.primary_key]
        others = {c.name: insert.excluded[c.name] for c in table.c if c.name not in keys}
        return insert.on_conflict_do_update(index_elements=keys, set_=others)

    def compact(self) -> bool:
        """Shrink the SQLite file by what was deleted, unless another program has it open.

        Other programs that open it meanwhile wait. Returns whether the file was compacted.
        """
        if self.file is None:
            return False
        self._engine.dispose()
        with closing(sqlite3.connect(self.file, timeout=0, isolation_level=None)) as db:
            try:
                # SQLite leaves WAL mode only if no other connection has the file open.
                if db.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                    return False
                db.execute("VACUUM")
            except sqlite3.OperationalError:
                return False  # nothing is lost: the file just stays larger than it needs to be
            finally:
                with suppress(sqlite3.OperationalError):
                    db.execute("PRAGMA journal_mode = WAL")
        return True


def connect(url: str) -> Engine:
    """An engine for a database URL; a missing SQLite file is created. Raises BadStoreURL."""
    parsed = parse_url(url)
    file = sqlite_file(parsed)
    try:
        # hide_parameters: an error message must not quote what a visitor wrote. pool_pre_ping: a
        # database server may have been restarted since a connection was last used.
        engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=file is None)
    except ImportError as error:
        raise BadStoreURL(
            f"{parsed.drivername} needs the package {error.name}, which is not installed: install "
            f"it, or set {URL_VARIABLE} to a folder."
        ) from error
    if file is None:
        _set_up_postgresql(engine)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        _set_up_sqlite(engine)
    return engine


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # on_begin() begins the transactions
        # WAL: pages can read while a worker writes. NORMAL: a power failure may lose the last
        # commits, but cannot damage the database.
        for pragma in (
            f"busy_timeout = {int(BUSY_SECONDS * 1000)}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # Python's sqlite3 begins a transaction only at the first write, so several reads could
        # each see a different state. A writer locks at once: after a read it could not wait for
        # another writer, but would fail.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_up_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        # A client that stalls while it writes must not block all others, even if its machine
        # has died without closing the connection.
        with closing(connection.cursor()) as cursor:
            for timeout in ("lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SET {timeout} = {int(BUSY_SECONDS * 1000)}")
        connection.commit()  # SET is undone if its transaction is rolled back

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # The same guarantees as on SQLite: a reader sees one state, and writers take turns.
        # Without turns, two that number a run, create the tables or update viewed_at would
        # collide.
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

"""Connections to the database of the store, and transactions on it."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, create_engine, event

from charrnn.runs.store.clock import set_sqlite_clock
from charrnn.runs.store.database_errors import StoreMoved, as_store_errors, reason_of
from charrnn.runs.store.migration import create_or_migrate
from charrnn.runs.store.url import URL_VARIABLE, BadStoreURL, parse_url, sqlite_file

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

BUSY_SECONDS = 30.0  # how long a writer waits for its turn
INCREMENTAL = 2  # SQLite's number of that mode of auto_vacuum
PAGES_PER_STEP = 500  # are given back before others may write: some hundredths of a second
RESERVE_BYTES = 4 * 2**20
MAX_LIVE_VACUUM_BYTES = 64 * 2**20  # others wait for about a second
_WRITE_LOCK = 0x63686172  # an advisory lock of PostgreSQL; any number that nothing else there uses


class Database:
    """Transactions on one database. Safe to use from several threads.

    Opening it, and every transaction, raises StoreError if the database or its disk fails.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time):
        """clock: the time of day in seconds since 1970, for SQLite; a server has its own."""
        self.url = url
        with as_store_errors("opened"):
            self._engine = connect(url, clock=clock)
            create_or_migrate(self._engine)
            self.keep_reserve()
        self._identity = self._file_identity()
        # Each dialect has its own INSERT ... ON CONFLICT; only the one in use is imported.
        dialect = import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}")
        self.insert: Callable[[Table], Insert] = dialect.insert

    @property
    def file(self) -> str | None:
        """The path of the SQLite file, or None for a database server."""
        return self._engine.url.database if self._engine.dialect.name == "sqlite" else None

    def keep_reserve(self) -> None:
        """Reserve some space on the disk, unless it is short already: see free_reserve()."""
        if self.file is not None and (path := Path(f"{self.file}-reserve")):
            with suppress(OSError):  # the disk is full, or the folder is read-only
                if not path.exists() and shutil.disk_usage(path.parent).free > 4 * RESERVE_BYTES:
                    path.write_bytes(bytes(RESERVE_BYTES))

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

    def size(self) -> "FileSize":
        """How much of the SQLite file is in use. Nothing is known of a database server."""
        if self.file is None:
            return FileSize(used=0, reusable=0)
        with self.reading() as db:
            page, pages, free = (
                int(db.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())
                for pragma in ("page_size", "page_count", "freelist_count")
            )
        return FileSize(used=page * (pages - free), reusable=page * free)

    def compact(self) -> str:
        """Give the space of what was deleted back to the disk, step by step.

        Other programs may use the file meanwhile. Returns why it keeps its size, or "" if it does
        not; nothing is lost either way.
        """
        if self.file is None:
            return "a database server reuses the space by itself"
        try:
            with closing(sqlite3.connect(self.file, BUSY_SECONDS, isolation_level=None)) as db:
                return _compact(db)
        except sqlite3.OperationalError as error:
            return reason_of(error)


class FileSize(NamedTuple):
    """Bytes of a SQLite file. reusable: freed by what was deleted; new rows go there first."""

    used: int
    reusable: int


def _compact(db: sqlite3.Connection) -> str:
    """See Database.compact(). Raises OperationalError."""

    def number(pragma: str) -> int:
        return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])

    if number("auto_vacuum") != INCREMENTAL:
        # A file of an earlier version has to be rewritten, once. Others wait that long, and the
        # disk has to hold the file twice, so a large one is left alone while others have it open.
        used = number("page_size") * (number("page_count") - number("freelist_count"))
        if used > MAX_LIVE_VACUUM_BYTES and not _is_only_user(db):
            return "another program is using it"
        db.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
        db.execute("VACUUM")
    while number("freelist_count"):
        started = time.monotonic()
        # Not execute(), which would free a single page.
        db.executescript(f"PRAGMA incremental_vacuum({PAGES_PER_STEP})")
        time.sleep(time.monotonic() - started)  # others get their turn to write
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return ""


def _is_only_user(db: sqlite3.Connection) -> bool:
    """Whether no other connection has the file open: SQLite leaves WAL mode only then."""
    db.execute("PRAGMA busy_timeout = 0")
    try:
        alone = bool(db.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",))
        db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return alone


def free_reserve(url: str) -> None:
    """Free the space that was reserved, before a store on a full disk is opened for pruning.

    Deleting takes some space at first, for the log of what is written: without it, a full disk
    could never be emptied. Opening the store the next time reserves it again. Raises StoreError.
    """
    file = sqlite_file(parse_url(url))
    if file is not None:
        with as_store_errors("opened"):
            Path(f"{file}-reserve").unlink(missing_ok=True)


def connect(url: str, *, clock: Callable[[], float] = time.time) -> Engine:
    """An engine for a database URL; a missing SQLite file is created. Raises BadStoreURL.

    clock: see Database.
    """
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
        _set_up_sqlite(engine, clock)
    return engine


def _set_up_sqlite(engine: Engine, clock: Callable[[], float]) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        set_sqlite_clock(connection, clock)
        connection.isolation_level = None  # on_begin() begins the transactions
        # WAL: pages can read while a worker writes. NORMAL: a power failure may lose the last
        # commits, but cannot damage the database.
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        if connection.execute("PRAGMA page_count").fetchone() == (0,):
            # What was deleted can be given back while others use the file. This takes effect only
            # before anything is written, or in _compact().
            connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # Some builds overwrite what is deleted, all of it, before they free it.
        connection.execute("PRAGMA secure_delete = FAST")

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
            # A turn to write does not last until the disk has it. As on SQLite, a power failure
            # may lose the last commits, but cannot damage the database. Workers outlive it, and
            # notice: see Leases.publish().
            cursor.execute("SET synchronous_commit = off")
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

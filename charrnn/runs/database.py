"""The connection to the database that holds everything, and what it says when it fails.

SQLite in a folder or a file, or PostgreSQL by its URL (its driver has to be installed). No other
database is taken, nor one in memory: every worker is a process of its own.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from charrnn.runs.migration import bring_up_to_date
from charrnn.runs.records import StoreError

BUSY_SECONDS = 30.0
URL_VARIABLE = "CHARRNN_STORE"
_WRITERS_TURN = 0x63686172  # any number that nothing else locks in the same PostgreSQL database


class BadStoreURL(StoreError, ValueError):
    """A database that cannot be the store. The message names no password."""


def default_url() -> str:
    """Where runs live: CHARRNN_STORE (a folder or a database URL), or ./.charrnn.

    The same place in every working directory: workers have another. Raises BadStoreURL.
    """
    place = os.environ.get(URL_VARIABLE, ".charrnn")
    if "://" not in place:
        return f"sqlite:///{Path(place).resolve() / 'charrnn.sqlite'}"
    url = _parsed(place)
    if url.get_backend_name() != "sqlite":
        return place
    file = Path(url.database).resolve()
    return url.set(database=str(file)).render_as_string(hide_password=False)


def is_missing(url: str) -> bool:
    """Whether the store is a file that is not there yet. Raises BadStoreURL."""
    parsed = _parsed(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database).exists()


def connect(url: str) -> Engine:
    """An engine for a database URL; a SQLite file is made where there is none.

    Raises BadStoreURL.
    """
    parsed = _parsed(url)
    is_file = parsed.get_backend_name() == "sqlite"
    try:
        # No error names a parameter: it may be what somebody wrote. A server may have been
        # restarted since a connection was last used: it is tried first.
        engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=not is_file)
    except ImportError as error:
        raise BadStoreURL(
            f"{parsed.drivername} needs the package {error.name}, which is not installed: install "
            f"it, or set {URL_VARIABLE} to a folder."
        ) from error
    if is_file:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        _listen_for_sqlite(engine)
    else:
        _listen_for_postgresql(engine)
    return engine


def _listen_for_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection, _):
        connection.isolation_level = None  # transactions begin where we say, see below
        # WAL: pages read while a worker writes. NORMAL: a power cut may lose the last commits,
        # never the database.
        for pragma in (
            f"busy_timeout = {int(BUSY_SECONDS * 1000)}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection):
        # Python's SQLite module begins a transaction only at the first write: several reads
        # would each see another moment. A writer takes its turn at once: one that has read
        # first cannot wait for another to finish, it would fail.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _listen_for_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection, _):
        # Who stops in the middle of writing must not keep all others waiting, even if its machine
        # is gone and cannot say so.
        with closing(connection.cursor()) as cursor:
            for timeout in ("lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SET {timeout} = {int(BUSY_SECONDS * 1000)}")
        connection.commit()  # a setting of a transaction that is rolled back is forgotten

    @event.listens_for(engine, "begin")
    def begin(connection):
        # The same promises as SQLite's: several reads see one moment, and one writes at a time.
        # Otherwise two that number a run, make the tables, or note at which runs they look get
        # into each other's way.
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_TURN})")
        else:
            one_moment = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            connection.exec_driver_sql(one_moment)


class Database:
    """Transactions on one database. Safe to use from several threads.

    Opening it and everything done with it raises StoreError if the database or its disk fails.
    """

    def __init__(self, url: str):
        self.url = url
        with failures_in_words("opened"):
            self._engine = connect(url)
            bring_up_to_date(self._engine)
        # "Insert or update" is spelt by dialect; only the one in use is loaded.
        self.insert = import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}").insert

    @property
    def file(self) -> str | None:
        """The SQLite file, or None where the database is a server's."""
        return self._engine.url.database if self._engine.dialect.name == "sqlite" else None

    def compact(self) -> bool:
        """Give the room of what was deleted back to the disk, if nobody else uses the file.

        Returns whether it did. Others who come meanwhile wait.
        """
        if self.file is None:
            return False
        self._engine.dispose()
        with closing(sqlite3.connect(self.file, timeout=0, isolation_level=None)) as db:
            try:
                # Whoever else has the file open keeps it in this mode.
                if db.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                    return False
                db.execute("VACUUM")
            except sqlite3.OperationalError:
                return False  # it is as it was, only larger than need be
            finally:
                with suppress(sqlite3.OperationalError):
                    db.execute("PRAGMA journal_mode = WAL")
        return True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One moment of the database."""
        with failures_in_words("read"), self._engine.connect() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of it or nothing."""
        writer = self._engine.execution_options(writes=True)
        with failures_in_words("saved"), writer.begin() as db:
            yield db

    def upsert(self, table):
        """Insert, or take the place of the row with the same key."""
        insert = self.insert(table)
        keys = [column.name for column in table.primary_key]
        others = {c.name: insert.excluded[c.name] for c in table.c if c.name not in keys}
        return insert.on_conflict_do_update(index_elements=keys, set_=others)


@contextmanager
def failures_in_words(done: str) -> Iterator[None]:
    """What the database or the disk refuses becomes a StoreError: the runs cannot be `done`."""
    try:
        yield
    except (DBAPIError, NoFreeConnection, OSError) as error:
        why, remedy = _reason(error)
        message = f"The runs cannot be {done}: {why}. {remedy}, then try again."
        raise StoreError(message) from error


_FULL = "the disk is full", "Make room"
_LOCKED = "another program keeps the database locked", "Close it or wait for it"
_READ_ONLY = "the database may only be read", "Let this program write to it and to its folder"
_CLOSED = "the database cannot be opened", "See that its folder is there and may be written to"
_SILENT = "the database does not answer, or lets nobody in", "See that it runs"
_DAMAGED = "the file is damaged or no database", f"Put a good one there or change {URL_VARIABLE}"
_SQLITE_REASONS = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: ("the disk reports an error", "Check the disk"),
}
_OS_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
}
_POSTGRESQL_REASONS = {
    "53100": _FULL,  # disk_full
    "55P03": _LOCKED,  # lock_not_available
    "25006": _READ_ONLY,  # read_only_sql_transaction
}


def _reason(error: Exception) -> tuple[str, str]:
    """(why, what to do). Nothing of the error's own text: it may name hosts and users."""
    if isinstance(error, OSError):
        return _OS_REASONS.get(error.errno, _CLOSED)
    if isinstance(error, NoFreeConnection):
        return "too many are at it at once", "Wait a little"
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # without its finer distinctions
        reason = _SQLITE_REASONS.get(code)
    else:
        # The name depends on the driver.
        state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
        reason = _POSTGRESQL_REASONS.get(state)
        if reason is None and isinstance(error, OperationalError | InterfaceError):
            reason = _SILENT
    unknown = f"the database refuses it ({type(cause).__name__})", "Look into what it reports"
    return reason or unknown


def _parsed(url: str) -> URL:
    """Raises BadStoreURL for what cannot be the store."""
    allowed = (
        f"set {URL_VARIABLE} to a folder, a file (sqlite:////folder/file) or a PostgreSQL database "
        "(postgresql+psycopg://user@host/name)."
    )
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()
    except (ArgumentError, ImportError, ValueError) as error:
        raise BadStoreURL(f"This is no URL of a database that is known here: {allowed}") from error
    if dialect.name not in ("sqlite", "postgresql") or dialect.is_async:
        raise BadStoreURL(f"Runs cannot be kept in {parsed.drivername}: {allowed}")
    if dialect.name == "sqlite" and (parsed.database or ":memory:").startswith((":", "file:")):
        raise BadStoreURL(f"Runs cannot be kept in memory, where no worker finds them: {allowed}")
    return parsed

"""Database and disk errors as StoreError: one sentence that says what failed and what to do."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from charrnn.runs.errors import StoreError
from charrnn.runs.store.url import URL_VARIABLE


class StoreUnreachable(StoreError):
    """The database server does not answer at the moment, as while it is restarted."""


class StoreMoved(OSError):
    """The file of the database was deleted, moved or replaced while it was open."""


@contextmanager
def as_store_errors(action: str) -> Iterator[None]:
    """Raise errors of the database or its disk as StoreError: "The runs cannot be <action>: ..."

    action: "opened", "read" or "saved".
    """
    try:
        yield
    except (DBAPIError, NoFreeConnection, OSError) as error:
        reason, remedy = _reason_and_remedy(error)
        message = f"The runs cannot be {action}: {reason}. {remedy}, then try again."
        kind = StoreUnreachable if (reason, remedy) == _NO_ANSWER else StoreError
        raise kind(message) from error


_FULL = "the disk is full", "Free some space"
_LOCKED = "another program has locked the database", "Close that program or wait for it to finish"
_READ_ONLY = "the database is read-only", "Let this program write to it and to its folder"
_CLOSED = "the database cannot be opened", "Check that its folder exists and can be written to"
_MOVED = (
    "the database file was deleted, moved or replaced while this program was using it",
    "Put it back, or restart the dashboard to begin with a new one",
)
_NO_ANSWER = "the database does not answer, or refuses the login", "Check that it is running"
_DAMAGED = (
    "the file is damaged or not a database",
    f"Replace it with a good one or change {URL_VARIABLE}",
)
_DISK_ERROR = "the disk reports an error", "Check the disk"

_SQLITE_REASONS = {
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,  # not even the index of its log fits
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DISK_ERROR,
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


def _reason_and_remedy(
    error: DBAPIError | NoFreeConnection | OSError,
) -> tuple[str, str]:
    """Never quotes the error itself: its text may contain hosts, users and passwords."""
    if isinstance(error, StoreMoved):
        return _MOVED
    if isinstance(error, OSError):
        return _OS_REASONS.get(error.errno or 0, _CLOSED)
    if isinstance(error, NoFreeConnection):
        return "too many connections are in use", "Wait a moment"
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        reason = _sqlite_reason(cause)
    else:
        # Drivers differ in what they call the SQLSTATE code.
        state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
        reason = _POSTGRESQL_REASONS.get(state) if state else None
        if reason is None and isinstance(error, OperationalError | InterfaceError):
            reason = _NO_ANSWER
    unknown = f"the database reports an error ({type(cause).__name__})", "Check its log"
    return reason or unknown


def _sqlite_reason(error: sqlite3.Error) -> tuple[str, str] | None:
    code = getattr(error, "sqlite_errorcode", 0)
    # The lower eight bits are the kind of error; the whole code is more exact.
    return _SQLITE_REASONS.get(code) or _SQLITE_REASONS.get(code & 0xFF)


def reason_of(error: sqlite3.Error) -> str:
    """What an error of SQLite means, as a part of a sentence."""
    reason = _sqlite_reason(error)
    return reason[0] if reason else "the database reports an error"

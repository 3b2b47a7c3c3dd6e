"""The clock of the database, by which all times in the store are written and compared.

Several machines may share a store, and their clocks differ. So a time enters the store as Now(),
and is subtracted from Now() where an age is read, inside of SQL statements.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_SQLITE_FUNCTION = "charrnn_now"


class Now(FunctionElement[float]):
    """The present in a SQL statement, in seconds since 1970, with fractions.

    PostgreSQL has one clock for all machines. SQLite runs in this process, and has the clock of
    this machine.
    """

    type = Float()
    inherit_cache = True


@compiles(Now, "sqlite")
def _on_sqlite(*_: Any, **__: Any) -> str:
    return f"{_SQLITE_FUNCTION}()"


@compiles(Now, "postgresql")
def _on_postgresql(*_: Any, **__: Any) -> str:
    # Not now(), the start of the transaction: a writer may have waited for its turn since.
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"


def set_sqlite_clock(connection: sqlite3.Connection, clock: Callable[[], float]) -> None:
    """Let Now() be what `clock` returns, on a connection to SQLite."""
    connection.create_function(_SQLITE_FUNCTION, 0, clock)

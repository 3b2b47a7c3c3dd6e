"""The connection to the database that holds everything: SQLite in a folder, or another by URL."""

import os
from pathlib import Path

from sqlalchemy import Engine, create_engine, event

BUSY_SECONDS = 30.0
URL_VARIABLE = "CHARRNN_STORE"


def default_url() -> str:
    """Where runs live: CHARRNN_STORE (a folder or a database URL), or ./.charrnn."""
    place = os.environ.get(URL_VARIABLE, ".charrnn")
    return place if "://" in place else f"sqlite:///{Path(place).resolve() / 'charrnn.sqlite'}"


def connect(url: str) -> Engine:
    """An engine for a database URL; a SQLite file is made where there is none."""
    engine = create_engine(url)
    if engine.dialect.name != "sqlite":
        return engine
    Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def set_up(connection, _):
        connection.isolation_level = None  # transactions begin where we say, see below
        # WAL: pages read while a worker writes. NORMAL: a power cut may lose the last commits,
        # never the database.
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"busy_timeout = {int(BUSY_SECONDS * 1000)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection):
        # Python's SQLite module begins a transaction only at the first write: several reads
        # would each see another moment.
        connection.exec_driver_sql("BEGIN")

    return engine

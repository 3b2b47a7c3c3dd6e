"""Where the store is: a database URL, from the environment variable CHARRNN_STORE.

The store is SQLite in a folder or a file, or PostgreSQL (whose driver has to be installed). Other
databases are refused, and so is SQLite in memory: every worker is a process of its own.
"""

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from charrnn.runs.errors import StoreError

URL_VARIABLE = "CHARRNN_STORE"


class BadStoreURL(StoreError, ValueError):
    """A URL that cannot be the store's. The message contains no password."""


def default_url() -> str:
    """The URL of the store: CHARRNN_STORE (a folder or a database URL), or else ./.charrnn.

    Relative paths are resolved, because workers run in another directory. Raises BadStoreURL.
    """
    location = os.environ.get(URL_VARIABLE, "").strip() or ".charrnn"
    if "://" not in location:
        path = Path(location).resolve() / "charrnn.sqlite"
        return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)
    url = parse_url(location)
    file = sqlite_file(url)
    if file is None:
        return location
    return url.set(database=str(file.resolve())).render_as_string(hide_password=False)


def is_missing(url: str) -> bool:
    """Whether the store is a SQLite file that does not exist. Raises BadStoreURL."""
    file = sqlite_file(parse_url(url))
    return file is not None and not file.exists()


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite store, or None for a database server."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return Path(url.database)


def parse_url(url: str) -> URL:
    """The URL in parts. Raises BadStoreURL if it cannot be the store's."""
    remedy = (
        f"set {URL_VARIABLE} to a folder, a file (sqlite:////folder/file) or a PostgreSQL database "
        "(postgresql+psycopg://user@host/name)."
    )
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()
    except (ArgumentError, ImportError, ValueError) as error:
        raise BadStoreURL(f"This is not the URL of a supported database: {remedy}") from error
    if dialect.name not in ("sqlite", "postgresql") or dialect.is_async:
        raise BadStoreURL(f"Runs cannot be stored in {parsed.drivername}: {remedy}")
    if dialect.name == "sqlite" and (parsed.database or ":memory:").startswith((":", "file:")):
        raise BadStoreURL(f"Runs cannot be stored in memory, where no worker finds them: {remedy}")
    return parsed

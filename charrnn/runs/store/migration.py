"""The version of the tables: a new store gets them, and an older one is brought up to date.

The steps are in migrations/versions, and Alembic runs them. It is imported only when there is a
step to run, because every worker opens the store.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DBAPIError

from charrnn.runs.errors import StoreError
from charrnn.runs.store import schema

VERSION = "16"
_UNVERSIONED = "1"  # the first version did not record its number


class NewerStore(StoreError):
    """A newer charrnn has written the store. The message is meant for people."""


def create_or_migrate(engine: Engine) -> None:
    """Create the tables, or bring them up to date, in one transaction. Raises NewerStore."""
    try:
        with engine.connect() as db:
            if _recorded_version(db) == VERSION:
                return
    except DBAPIError:
        pass  # no version is recorded: the store is empty, or of version 1
    with engine.execution_options(writes=True).begin() as db:
        # Another process may have done it meanwhile, so look again.
        tables = set(inspect(db).get_table_names())
        if schema.version.name in tables:
            found = _recorded_version(db)
        else:
            found = _UNVERSIONED if schema.runs.name in tables else None
        if found is None:
            schema.metadata.create_all(db)
            db.execute(schema.version.insert().values(version_num=VERSION))
        elif found != VERSION:
            _upgrade(db, found)


def _recorded_version(db: Connection) -> str | None:
    return db.execute(select(schema.version.c.version_num)).scalar()


def _upgrade(db: Connection, found: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = db
    known = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    if found not in known:
        raise NewerStore(
            f"These runs were saved by a newer version of charrnn (their tables have version "
            f"{found[:20]}, and this program knows up to {VERSION}): update charrnn, or set "
            "CHARRNN_STORE to another folder."
        )
    if not inspect(db).has_table(schema.version.name):
        command.stamp(config, found)
    command.upgrade(config, VERSION)

"""The version of the tables: new ones are made, old ones are brought up to date.

The steps stand in migrations/versions and are taken by Alembic. It is loaded only where there is
a step to take, since every worker opens the store.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DBAPIError

from charrnn.runs import schema
from charrnn.runs.records import StoreError

VERSION = "3"
_UNMARKED = "1"  # the first version did not say which it was


class NewerStore(StoreError):
    """The store was written by a later program."""


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or change them to the present version. Raises NewerStore."""
    try:
        with engine.connect() as db:
            if _marked(db) == VERSION:
                return
    except DBAPIError:
        pass  # there is no such table: an old store, or an empty one
    with engine.execution_options(writes=True).begin() as db:
        tables = set(inspect(db).get_table_names())
        if schema.version.name in tables:
            found = _marked(db)
        else:
            found = _UNMARKED if schema.runs.name in tables else None
        if found is None:
            schema.metadata.create_all(db)
            db.execute(schema.version.insert().values(version_num=VERSION))
        elif found != VERSION:
            _upgrade(db, found)


def _marked(db: Connection) -> str | None:
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
            f"The runs were kept by a later version of this program (their tables are version "
            f"{found[:20]}, this program knows {VERSION}): update it, or set CHARRNN_STORE to "
            "another folder."
        )
    if not inspect(db).has_table(schema.version.name):
        command.stamp(config, found)
    command.upgrade(config, VERSION)

"""What is in a store, to be compared: its rows, its tables, and all of it as SQL."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, select

from charrnn.runs.store import schema
from charrnn.runs.store.store import Store
from tests.support.old_stores import Contents


def dump(file: Path) -> list[str]:
    """Everything in a SQLite store, in order, as SQL."""
    with closing(sqlite3.connect(file)) as db:
        return list(db.iterdump())


def tables(url: str) -> dict[str, Any]:
    """table name -> what SQLAlchemy finds out about the table."""
    db = inspect(create_engine(url))

    def columns(name):
        return {
            c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in db.get_columns(name)
        }

    def unique(name):
        constraints = {tuple(c["column_names"]) for c in db.get_unique_constraints(name)}
        return constraints, {(i["name"], tuple(i["column_names"])) for i in db.get_indexes(name)}

    return {
        name: (
            columns(name),
            db.get_pk_constraint(name)["constrained_columns"],
            [(k["constrained_columns"], k["referred_table"]) for k in db.get_foreign_keys(name)],
            unique(name),
        )
        for name in db.get_table_names()
    }


def stored(store: Store, names: Iterable[str]) -> Contents:
    """The contents of these tables of a store, in order of their keys."""
    with store.database.reading() as db:
        return {
            name: [row._asdict() for row in db.execute(select(t).order_by(*t.primary_key))]
            for name, t in schema.metadata.tables.items()
            if name in names
        }


def in_order(contents: Contents) -> Contents:
    """The same contents, in order of their keys."""
    keys = {name: [c.name for c in schema.metadata.tables[name].primary_key] for name in contents}
    return {
        name: sorted(rows, key=lambda row, name=name: [row[key] for key in keys[name]])
        for name, rows in contents.items()
    }

"""Where the store is, wherever the process works, and what cannot be one."""

import os
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from charrnn.runs import database
from charrnn.runs.database import BadStoreURL, default_url
from charrnn.runs.records import StoreError
from charrnn.runs.store import Store

POSTGRESQL = "postgresql+psycopg://user:secret@host/name"


@pytest.mark.parametrize(
    ("place", "file"),
    [
        ("runs", "runs/charrnn.sqlite"),
        ("sqlite:///rel.db", "rel.db"),
        ("sqlite:///deep/../rel.db", "rel.db"),
        ("sqlite+pysqlite:///rel.db", "rel.db"),
        ("sqlite:////far/away.db", "/far/away.db"),
    ],
)
def test_a_sqlite_store_is_at_one_place_for_every_process(tmp_path, monkeypatch, place, file):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_STORE", place)
    url = default_url()
    assert Path(url.partition(":///")[2]) == tmp_path / file
    monkeypatch.setenv("CHARRNN_STORE", url)  # as a worker gets it, which starts elsewhere
    os.chdir("/")
    assert default_url() == url


def test_a_postgresql_url_is_left_as_it_is(monkeypatch):
    monkeypatch.setenv("CHARRNN_STORE", POSTGRESQL)
    assert default_url() == POSTGRESQL


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:any?mode=memory&uri=true", "in memory"),
        ("mysql://user:secret@host/name", "in mysql"),
        ("postgresql+asyncpg://user:secret@host/name", "asyncpg"),
        ("sqlite+aiosqlite:///file", "aiosqlite"),
        ("nonsense://user:secret@host/name", "no URL of a database"),
        ("postgresql://host:port/name", "no URL of a database"),
        ("://", "no URL of a database"),
    ],
)
def test_what_cannot_be_the_store_is_refused_with_a_sentence(monkeypatch, url, why):
    monkeypatch.setenv("CHARRNN_STORE", url)
    for use in (default_url, lambda: Store(url)):
        with pytest.raises(BadStoreURL, match=why) as caught:
            use()
        message = str(caught.value)
        assert "CHARRNN_STORE to a folder" in message
        assert "secret" not in message
        assert "\n" not in message


def test_a_driver_that_is_missing_is_named(monkeypatch):
    def missing(*_, **__):
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(database, "create_engine", missing)
    with pytest.raises(ValueError, match="needs the package psycopg, which is not installed"):
        Store(POSTGRESQL)


@pytest.mark.parametrize(
    ("code", "why"), [("53100", "the disk is full"), (None, "the database does not answer")]
)
def test_a_database_elsewhere_fails_with_a_sentence_that_betrays_nothing(code, why):
    cause = Exception("could not connect to user:secret@host")
    cause.sqlstate = code
    with pytest.raises(StoreError, match=why) as caught, database.failures_in_words("saved"):
        raise OperationalError("SELECT 1", {}, cause)
    assert "secret" not in str(caught.value)

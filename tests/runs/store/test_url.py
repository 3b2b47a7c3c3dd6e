"""Every process finds the same store, and a URL that cannot be the store's is refused."""

import os
from pathlib import Path

import pytest

from charrnn.runs.store import database
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import BadStoreURL, default_url, is_missing

POSTGRESQL = "postgresql+psycopg://user:secret@host/name"


@pytest.mark.parametrize(
    ("location", "file"),
    [
        ("runs", "runs/charrnn.sqlite"),
        ("", ".charrnn/charrnn.sqlite"),  # as if it were not set
        ("sqlite:///rel.db", "rel.db"),
        ("sqlite:///deep/../rel.db", "rel.db"),
        ("sqlite+pysqlite:///rel.db", "rel.db"),
        ("sqlite:////far/away.db", "/far/away.db"),
    ],
)
def test_every_process_finds_the_same_sqlite_file(tmp_path, monkeypatch, location, file):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_STORE", location)
    url = default_url()
    assert Path(url.partition(":///")[2]) == tmp_path / file
    monkeypatch.setenv("CHARRNN_STORE", url)  # as a worker gets it, which starts elsewhere
    os.chdir("/")
    assert default_url() == url


@pytest.mark.parametrize("folder", ["Who am I? part 1", "c%20d", "a?b=c", "e#f@g:h"])
def test_a_folder_may_have_any_name(tmp_path, monkeypatch, folder):
    (tmp_path / folder).mkdir()
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / folder))
    database.connect(url := default_url()).connect().close()
    assert [path.name for path in (tmp_path / folder).glob("*.sqlite")] == ["charrnn.sqlite"]
    assert not is_missing(url)
    monkeypatch.setenv("CHARRNN_STORE", url)
    assert default_url() == url


def test_postgresql_url_is_used_unchanged(monkeypatch):
    monkeypatch.setenv("CHARRNN_STORE", POSTGRESQL)
    assert default_url() == POSTGRESQL


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:any?mode=memory&uri=true", "in memory"),
        ("mysql://user:secret@host/name", "in mysql"),
        ("postgresql+asyncpg://user:secret@host/name", "asyncpg"),
        ("sqlite+aiosqlite:///file", "aiosqlite"),
        ("nonsense://user:secret@host/name", "not the URL of a supported database"),
        ("postgresql://host:port/name", "not the URL of a supported database"),
        ("://", "not the URL of a supported database"),
    ],
)
def test_unsupported_url_is_refused_in_one_sentence(monkeypatch, url, reason):
    monkeypatch.setenv("CHARRNN_STORE", url)
    for use in (default_url, lambda: Store(url)):
        with pytest.raises(BadStoreURL, match=reason) as caught:
            use()
        message = str(caught.value)
        assert "CHARRNN_STORE to a folder" in message
        assert "secret" not in message
        assert "\n" not in message


def test_missing_driver_is_named(monkeypatch):
    def missing(*_, **__):
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(database, "create_engine", missing)
    with pytest.raises(ValueError, match="needs the package psycopg, which is not installed"):
        Store(POSTGRESQL)

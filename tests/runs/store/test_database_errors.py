"""A database that fails is reported in one sentence, and nothing is half written."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError
from charrnn.runs.store.database_errors import as_store_errors
from charrnn.runs.store.records import Progress
from charrnn.runs.store.store import Store
from tests.support.progress import RUNNING, metrics_row


def set_pragma(store, pragma):
    """Set a pragma of SQLite on each connection that is opened from now on."""
    event.listen(store.database._engine, "connect", lambda db, _: db.execute(f"PRAGMA {pragma}"))
    store.database._engine.dispose()


@pytest.mark.usefixtures("store_file")
def test_full_disk_is_reported_and_nothing_is_half_written(store, leased_run):
    set_pragma(store, "max_page_count = 1")  # the file cannot grow
    snapshots = [{"iteration": 1, "state": bytes(1_000_000), "seconds": 1.0}]
    with pytest.raises(StoreError) as caught:
        store.leases.publish(
            leased_run.id, "one", RUNNING, Progress(metrics=[metrics_row(1)], snapshots=snapshots)
        )
    assert str(caught.value) == (
        "The runs cannot be saved: the disk is full. Free some space, then try again."
    )
    assert store.runs.get(leased_run.id).iteration == 0
    assert store.history.observe(leased_run.id)[1].metrics == []
    store.leases.publish(leased_run.id, "one", RUNNING, Progress())  # a small write still fits


@pytest.mark.usefixtures("store_file")
def test_read_only_database_can_be_read_and_is_reported_on_writing(store, corpus, run):
    set_pragma(store, "query_only = ON")
    for write in (
        lambda: store.corpora.add("more", "more text"),
        lambda: store.runs.create(corpus, RunConfig()),
        lambda: store.runs.request(run.id, desired="paused"),
        lambda: store.leases.claim(run.id, "one"),
        lambda: store.leases.release(run.id, "one"),
        lambda: store.leases.publish(run.id, "one", RUNNING, Progress()),
        lambda: store.leases.fail(run.id, "why"),
    ):
        with pytest.raises(StoreError, match=r"^The runs cannot be saved: .* is read-only\. "):
            write()
    assert store.runs.get(run.id) == run


def test_locked_database_is_reported(store, store_file, run, monkeypatch):
    monkeypatch.setattr("charrnn.runs.store.database.BUSY_SECONDS", 0.05)
    store.database._engine.dispose()
    with closing(sqlite3.connect(store_file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.runs.get(run.id) == run
        with pytest.raises(StoreError, match="another program has locked the database"):
            store.runs.request(run.id, desired="paused")
    store.runs.request(run.id, desired="paused")


def test_damaged_database_is_reported_by_every_method(store, store_file, corpus, run):
    store.database._engine.dispose()
    for file in store_file.parent.iterdir():
        file.write_bytes(b"no database " * 1000)
    for read in (
        lambda: store.corpora.get(corpus.sha256),
        lambda: store.corpora.text(corpus.sha256),
        lambda: store.runs.get(run.id),
        lambda: store.runs.runnable(),
        lambda: store.history.observe(run.id),
        lambda: store.history.sample(run.id, 0),
        lambda: store.snapshots.iterations(run.id),
        lambda: store.snapshots.get(run.id, 0),
        lambda: store.snapshots.checkpoint(run.id),
        lambda: store.snapshots.checkpoint_iteration(run.id),
    ):
        with pytest.raises(StoreError, match=r"^The runs cannot be read: the file is damaged or"):
            read()
    with pytest.raises(StoreError, match=r"^The runs cannot be opened: the file is damaged or"):
        Store(store.database.url)


def test_impossible_path_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "store.sqlite", tmp_path):
        with pytest.raises(StoreError, match="cannot be opened: the database cannot be opened"):
            Store(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("sqlstate", "reason"),
    [("53100", "the disk is full"), (None, "the database does not answer")],
)
def test_error_of_a_database_server_is_reported_without_its_details(sqlstate, reason):
    cause = Exception("could not connect to user:secret@host")
    cause.sqlstate = sqlstate
    with pytest.raises(StoreError, match=reason) as caught, as_store_errors("saved"):
        raise OperationalError("SELECT 1", {}, cause)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("replaced", [False, True])
def test_store_that_is_deleted_while_it_is_open_is_reported_and_never_written(
    store, store_file, corpus, run, tmp_path, replaced
):
    away = tmp_path / "away"
    store_file.parent.rename(away)
    if replaced:
        Store(store.database.url)
    for use in (
        lambda: store.runs.get(run.id),
        lambda: store.runs.create(corpus, RunConfig()),
        lambda: store.leases.claim(run.id, "one"),
    ):
        with pytest.raises(StoreError, match="was deleted, moved or replaced while"):
            use()
    if not replaced:
        away.rename(store_file.parent)
        assert store.runs.get(run.id) == run  # it is back

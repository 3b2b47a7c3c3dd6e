"""The space of what is deleted is given back to the disk."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError
from charrnn.runs.limits import Limits
from charrnn.runs.store import database, retention
from charrnn.runs.store.store import Store
from tests.support.store import grow

MEGABYTE = 2**20


def fill_and_delete(store, corpus, megabytes):
    run = store.runs.create(corpus, RunConfig())
    grow(store, run, megabytes)
    with store.database.writing() as db:
        db.exec_driver_sql("DELETE FROM snapshots")


def test_pruning_gives_space_back_while_others_read_and_write(store, store_file, corpus):
    fill_and_delete(store, corpus, 30)
    run, other = store.runs.create(corpus, RunConfig()), Store(store.database.url)
    done, written = threading.Event(), []

    def write():
        while not done.is_set():
            other.runs.request(run.id, learning_rate=0.1 + len(written) / 1e6)
            written.append(other.runs.get(run.id))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert store.database.compact() == ""
    finally:
        done.set()
        writer.join()
    assert store_file.stat().st_size < 2 * MEGABYTE
    assert len(written) > 3


def test_a_file_of_an_earlier_version_is_written_anew_once(store, store_file, corpus, monkeypatch):
    store.database._engine.dispose()
    with closing(sqlite3.connect(store_file, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA auto_vacuum = NONE")
        db.execute("VACUUM")
    monkeypatch.setattr(database, "MAX_LIVE_VACUUM_BYTES", 0)
    old = Store(store.database.url)
    fill_and_delete(old, corpus, 10)
    other = sqlite3.connect(store_file)
    other.execute("SELECT count(*) FROM runs").fetchall()
    old.database._engine.dispose()
    assert old.database.compact() == "another program is using it"  # it would have to wait
    assert store_file.stat().st_size > 10 * MEGABYTE
    monkeypatch.undo()
    assert old.database.compact() == ""  # so small that nobody has to wait for long
    other.close()
    assert store_file.stat().st_size < 2 * MEGABYTE
    with old.database.reading() as db:
        assert db.exec_driver_sql("PRAGMA auto_vacuum").scalar() == database.INCREMENTAL
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_what_keeps_the_file_from_shrinking_is_told_apart(store, store_file, corpus, monkeypatch):
    fill_and_delete(store, corpus, 3)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(store_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.database.compact() == "another program has locked the database"
    store_file.with_name(f"{store_file.name}-wal").unlink(missing_ok=True)
    for code, reason in (
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "the disk is full"),
        (sqlite3.SQLITE_IOERR_WRITE, "the disk reports an error"),
        (sqlite3.SQLITE_READONLY, "the database is read-only"),
    ):
        error = sqlite3.OperationalError("text that is not shown")
        error.sqlite_errorcode = code

        def fail(_, error=error):
            raise error

        monkeypatch.setattr(database, "_compact", fail)
        assert store.database.compact() == reason


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 24 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or os.getuid() != 0:
        pytest.skip("only root can mount a small disk to fill up")
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("no small disk can be mounted here to fill up")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("server", [False, True], ids=["stopped", "running"])
def test_pruning_works_with_no_space_left_at_all(small_disk, server):
    location = small_disk / "store"
    store = Store(f"sqlite:///{location / 'charrnn.sqlite'}")
    # Where less is free, nothing is reserved; a disk of real size has room for it.
    database_file = Path(store.database.file)
    database_file.with_name(f"{database_file.name}-reserve").write_bytes(
        bytes(database.RESERVE_BYTES)
    )
    corpus = store.corpora.add("cats", "the cat sat on the mat")
    run = store.runs.create(corpus, RunConfig(seq_length=5))
    grow(store, run, 8)
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE runs SET deleted_at = 1")
    if not server:
        store.database._engine.dispose()
    with open(small_disk / "fill", "ab", 0) as fill, suppress(OSError):
        while fill.write(bytes(4096)):
            pass
    assert shutil.disk_usage(small_disk).free == 0
    command = [sys.executable, "-m", "charrnn", "prune"]
    pruned = subprocess.run(
        command, env=os.environ | {"CHARRNN_STORE": str(location)}, capture_output=True, text=True
    )
    assert (pruned.returncode, pruned.stderr) == (0, "")
    assert "removed runs=1 deleted more than a day ago" in pruned.stdout
    assert database_file.stat().st_size < MEGABYTE
    with pytest.raises(KeyError):
        store.runs.get(run.id)


def test_pruning_again_reserves_the_space_for_the_next_time(store, store_file):
    reserve = store_file.with_name(f"{store_file.name}-reserve")
    assert reserve.stat().st_size == database.RESERVE_BYTES
    database.free_reserve(store.database.url)
    assert not reserve.exists()
    Store(store.database.url)
    assert reserve.exists()
    assert retention.prune(store, Limits()).deleted == []


def test_a_reserve_that_cannot_be_freed_is_an_error_of_the_store(store, store_file):
    reserve = store_file.with_name(f"{store_file.name}-reserve")
    reserve.unlink()
    reserve.mkdir()
    with pytest.raises(StoreError, match=r"^The runs cannot be opened: "):
        database.free_reserve(store.database.url)

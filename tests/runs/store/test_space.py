"""Disk space: nobody fills the disk for others, and what is deleted counts as free."""

import math
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import NoRoom
from charrnn.runs.limits import Limits
from charrnn.runs.store import database, retention
from charrnn.runs.store.records import Progress
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from tests.support.supervisors import apply_pause_rules

MEGABYTE = 2**20


@pytest.fixture
def disk(monkeypatch):
    """disk(megabytes): let the disk of the store have so much free space."""

    def disk(megabytes):
        free = SimpleNamespace(free=megabytes * MEGABYTE)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: free)

    return disk


@pytest.fixture
def mine(store):
    return Workspace(store, "mine", address="here")


def grow(store, run, megabytes):
    """Let a run save states of so many megabytes."""
    states = [{"iteration": n, "state": bytes(MEGABYTE), "seconds": 0.0} for n in range(megabytes)]
    assert store.leases.claim(run.id, "worker")
    store.leases.publish(run.id, "worker", {"status": "paused"}, Progress(snapshots=states))
    store.leases.release(run.id, "worker")


def text_of(megabytes, letter="a"):
    line = f"{letter}b c "
    return line * (megabytes * MEGABYTE // len(line))


# --- Free space ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("store_file")
def test_free_space_is_that_of_the_disk_with_the_store(store, monkeypatch):
    paths = []
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: paths.append(path) or SimpleNamespace(free=0)
    )
    assert store.space.free_megabytes() == 0
    assert store.database.file.startswith(f"{paths[0]}/")


@pytest.mark.parametrize("file", [None, "/nowhere/at/all.sqlite"])
def test_free_space_that_cannot_be_measured_is_infinite(store, file, monkeypatch):
    monkeypatch.setattr(type(store.database), "file", file)
    assert store.space.free_megabytes() == math.inf


def test_space_that_was_freed_inside_the_file_counts_so_that_runs_resume_after_pruning(
    store, store_file, corpus, mine, disk
):
    gone, kept = (mine.create(corpus, RunConfig()) for _ in range(2))
    grow(store, gone, 12)
    disk(150)
    assert apply_pause_rules(store, Limits(free_megabytes=155), [kept]) == []
    with store.database.writing() as db:
        db.exec_driver_sql("DELETE FROM snapshots")
    assert 160 < store.space.free_megabytes() < 163
    limits = Limits(free_megabytes=155)
    assert apply_pause_rules(store, limits, store.runs.runnable()) == [store.runs.get(gone.id)]
    store.runs.request(kept.id, desired="running")
    assert len(apply_pause_rules(store, limits, store.runs.runnable())) == 2


# --- Quotas -------------------------------------------------------------------------------------


def test_a_visitor_cannot_store_more_than_the_quota(store, corpus, mine, monkeypatch):
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "5")
    run = mine.create(corpus, RunConfig())
    mine.rename(run.id, "the big one")
    grow(store, run, 4)
    with pytest.raises(NoRoom) as caught:
        mine.add_text("more", text_of(2))
    assert str(caught.value) == (
        "With this, your texts and runs would take 6 MB, and 5 MB are allowed: delete runs on the "
        "page Compare; the largest is the big one with 4 MB."
    )
    grow(store, run, 6)
    for start in (
        lambda: mine.create(corpus, RunConfig()),
        lambda: mine.request(run.id, desired="running"),
        lambda: mine.branch(run, 0),
    ):
        with pytest.raises(NoRoom, match="and 5 MB are allowed"):
            start()
    assert Workspace(store, "yours").add_text("more", text_of(2)).characters > 2_000_000


def test_what_a_visitor_has_deleted_or_does_not_use_makes_room(store, corpus, mine, monkeypatch):
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "5")
    deleted = mine.create(corpus, RunConfig())
    grow(store, deleted, 3)
    mine.delete(deleted.id)
    texts = [mine.add_text(letter, text_of(2, letter)) for letter in "abcd"]
    with pytest.raises(KeyError):
        store.runs.get(deleted.id)  # it could not be restored any more, but the text fits
    with pytest.raises(KeyError):
        store.corpora.get(texts[0].sha256)
    assert [store.corpora.get(text.sha256, text.name) for text in texts[2:]] == texts[2:]
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "3")
    used = mine.create(texts[2], RunConfig())  # the oldest that is left is not removed
    assert store.corpora.get(texts[2].sha256, texts[2].name) == texts[2]
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "5")
    mine.add_text("e", text_of(2, "e"))
    assert store.corpora.get(used.sha256, used.text_name) == texts[2]  # a run learns it


def test_a_text_that_another_visitor_has_uploaded_too_is_not_removed(store, mine, monkeypatch):
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "3")
    shared = mine.add_text("shared", text_of(2))
    Workspace(store, "yours").add_text("shared", text_of(2))
    with pytest.raises(NoRoom, match="wait until older ones have been removed"):
        mine.add_text("more", text_of(2, "x"))
    assert store.corpora.get(shared.sha256, shared.name) == shared


def test_a_text_that_is_stored_already_takes_no_more_room(mine, monkeypatch):
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "3")
    for _ in range(3):
        mine.add_text("again", text_of(2))
    assert mine.quota.usage().used == pytest.approx(2, abs=0.1)


def test_a_run_counts_for_the_address_of_who_resumed_it_last(store, corpus, mine):
    run = mine.create(corpus, RunConfig())
    assert run.address == "here"
    Workspace(store, "mine", address="there").request(run.id, desired="running")
    assert store.runs.get(run.id).address == "there"


def test_usage_is_what_is_stored(store, corpus, mine):
    assert mine.quota.usage().used == 0
    run = mine.create(corpus, RunConfig())
    mine.add_text("text", text_of(2))
    grow(store, run, 3)
    assert mine.quota.usage().used == pytest.approx(5, abs=0.1)
    assert mine.quota.usage().allowed <= Limits().visitor_megabytes


@pytest.mark.usefixtures("store_file")
def test_many_workspaces_at_one_address_leave_room_for_other_addresses(store, disk):
    disk(220)

    def add(n, address):
        workspace = Workspace(store, f"{address}{n}", address=address)
        return workspace.add_text("text", text_of(3, f"{address}{n}"))

    for n in range(5):  # half of the 20 MB above those that stay free, and of what is stored
        add(n, "one")
    with pytest.raises(NoRoom, match="all texts and runs from your network address would take"):
        add(5, "one")
    assert add(0, "two").characters


@pytest.mark.usefixtures("store_file")
def test_an_upload_is_refused_when_the_disk_is_nearly_full(store, mine, disk):
    disk(201)
    with pytest.raises(NoRoom) as caught:
        mine.add_text("text", text_of(2))
    assert str(caught.value) == (
        "Only 201 MB of disk space are free on the server, and 200 MB of it have to stay free: "
        "delete runs that you no longer need on the page Compare."
    )


# --- Giving space back --------------------------------------------------------------------------


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

"""Disk space: nobody fills the disk for others."""

import math
import shutil
from types import SimpleNamespace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import OutOfSpace
from charrnn.runs.limits import Limits
from charrnn.runs.store.workspace import Workspace
from tests.support.store import grow
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
    with pytest.raises(OutOfSpace) as caught:
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
        with pytest.raises(OutOfSpace, match="and 5 MB are allowed"):
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
    with pytest.raises(OutOfSpace, match="wait until older ones have been removed"):
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
    with pytest.raises(OutOfSpace, match="all texts and runs from your network address would take"):
        add(5, "one")
    assert add(0, "two").characters


@pytest.mark.usefixtures("store_file")
def test_an_upload_is_refused_when_the_disk_is_nearly_full(store, mine, disk):
    disk(201)
    with pytest.raises(OutOfSpace) as caught:
        mine.add_text("text", text_of(2))
    assert str(caught.value) == (
        "Only 201 MB of disk space are free on the server, and 200 MB of it have to stay free: "
        "delete runs that you no longer need on the page Compare."
    )

"""A store of any earlier version is brought up to date without loss; a newer one is left alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.errors import StoreError
from charrnn.runs.store import schema
from charrnn.runs.store.corpora import baselines_for
from charrnn.runs.store.migration import VERSION, NewerStore
from charrnn.runs.store.records import DIVERGED
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from tests.support.contents import dump, in_order, stored, tables
from tests.support.old_stores import (
    CONFIG,
    RENAMED_IN_VERSION_4,
    VERSION_1,
    VERSION_3,
    VERSION_4,
    VERSION_6,
    Contents,
    create_store,
    version_1_contents,
    version_3_contents,
    version_4_contents,
    version_6_contents,
)
from tests.support.store import TEXT
from tests.support.supervisors import open_at_once
from tests.support.workers import work

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "charrnn.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, file) -> str:
    """The URL of a database without tables."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql")
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = WAL")  # like the stores of every version
    return f"sqlite:///{file}"


@pytest.fixture
def version_1(url) -> Contents:
    """The contents of a store of version 1 at `url`."""
    return create_store(url, VERSION_1, version_1_contents())


@pytest.fixture
def version_3(url) -> Contents:
    """The contents of a store of version 3 at `url`."""
    return create_store(url, VERSION_3, version_3_contents())


@pytest.fixture
def version_4(url) -> Contents:
    """The contents of a store of version 4 at `url`."""
    return create_store(url, VERSION_4, version_4_contents())


@pytest.fixture
def version_6(url) -> Contents:
    """The contents of a store of version 6 at `url`."""
    return create_store(url, VERSION_6, version_6_contents())


@pytest.fixture(params=["version_1", "version_3", "version_4", "version_6"])
def old_version(request) -> Contents:
    """The contents of a store of an earlier version at `url`."""
    return request.getfixturevalue(request.param)


# What the runs of older stores have in the columns of versions 8 and 12.
SHARING = {"text_name": "cats", "opens_by_id": True, "shares_text": False}


PLACEMENT = {"queue_position": None, "server": None}


def without_names(contents: Contents) -> Contents:
    """The same contents; texts have no names any more, their runs have."""
    corpora = [{c: row[c] for c in row if c != "name"} for row in contents["corpora"]]
    return contents | {"corpora": corpora}


def test_store_of_version_1_loses_nothing(url, version_1):
    store = Store(url)
    corpus = store.corpora.get("5a")
    assert (corpus.characters, store.corpora.text("5a")) == (len(TEXT), TEXT)
    run, history = store.history.observe("older")
    assert (run.config, run.iteration, run.status, run.seconds) == (CONFIG, 120, "paused", 1.5)
    assert (run.greedy_sample, run.characters_per_second) == ("the the", 7.0)
    assert history.metrics == [(120, 50.0, 60.0, 1.5)]
    assert history.evaluations == [(120, 2.0)]
    assert history.rate_changes == [(60, 0.1)]
    assert history.newest_sample == (120, "the cat")
    assert store.snapshots.checkpoint("older") == (1.5, version_1["checkpoints"][0]["state"])
    assert store.snapshots.get("older", 120) == version_1["snapshots"][0]["weights"]


def test_columns_that_version_1_lacks_get_fitting_values(url, version_1):
    store = Store(url)
    run = store.runs.get("older")
    assert (run.workspace, run.name, run.parent, run.branched_at) == ("", "", None, None)
    assert (run.view_key, run.deleted_at) == ("older", None)  # so that its old link still works
    assert run.viewed_at == run.created_at == 1000.0
    assert run.failure == ""
    assert (run.text_name, run.opens_by_id, run.shares_text) == ("cats", True, False)
    assert store.snapshots.iterations("older") == [120]
    assert store.snapshots.iterations("older", complete=True) == []


def test_store_of_version_3_loses_nothing(url, version_3):
    expected = in_order(
        {
            name: [{RENAMED_IN_VERSION_4.get(c, c): row[c] for c in row} for row in rows]
            for name, rows in version_3.items()
        }
    )
    for row in expected["runs"]:
        row["failure"] = "diverged" if row["id"] == "diverged" else ""
        recorded = row["id"] != "failed"  # which has no history
        row["recent_loss"] = 50.0 if recorded else row["smooth_loss"]
        row["best_smooth_loss"] = min(60.0, row["smooth_loss"]) if recorded else row["smooth_loss"]
        row["baselines"] = row["address"] = row["experiment"] = None
        row |= SHARING | PLACEMENT
    assert stored(Store(url), version_3) == without_names(expected)


def test_store_of_version_4_loses_nothing(url, version_4):
    found = stored(Store(url), version_4)
    for row in found["runs"]:
        for name in (
            "recent_loss",
            "best_smooth_loss",
            "baselines",
            "address",
            "experiment",
            *SHARING,
            *PLACEMENT,
        ):
            del row[name]
    assert found == without_names(in_order(version_4))


def test_the_name_of_a_text_stays_with_the_workspaces_that_gave_it(url, version_6):
    store = Store(url)
    names = [store.runs.get(key).text_name for key in ("diverged", "uploaded", "stranger")]
    assert names == ["cats", "kittens", "Untitled"]
    assert "name" not in stored(store, ["corpora"])["corpora"][0]


def test_old_links_show_a_run_and_no_longer_give_its_text(url, version_6):
    viewer = Workspace(Store(url), "viewer")
    run = viewer.viewed("view diverged")
    assert viewer.viewed("diverged") == run
    assert not viewer.may_read_text(run)


def test_losses_of_older_runs_are_those_recorded(url, version_4):
    store = Store(url)
    diverged = store.runs.get("diverged")
    # Iterations 1 ... 119 with a loss of 40, and 120 with 50; the smooth loss was 9 at first.
    assert diverged.recent_loss == pytest.approx((119 * 40 + 50) / 120)
    assert diverged.best_smooth_loss == 9.0
    figures = store.history.loss_figures("diverged", diverged.iteration, diverged.smooth_loss)
    assert figures == pytest.approx((diverged.recent_loss, diverged.best_smooth_loss))
    not_started = store.runs.get("failed")
    assert not_started.recent_loss == not_started.best_smooth_loss == not_started.smooth_loss


def test_baselines_of_an_older_run_are_computed_when_it_resumes(url, version_4):
    store = Store(url)
    assert store.runs.get("diverged").baselines is None
    store.runs.request("diverged", desired="running")
    vocabulary = Vocabulary.of(TEXT)
    expected = baselines_for(vocabulary.encode(TEXT), len(vocabulary), CONFIG.held_out)
    assert work(store, store.runs.get("diverged")).baselines == expected


def test_runs_of_version_3_are_what_they_were(url, version_3):
    store = Store(url)
    workspace = Workspace(store, "mine")
    failed, diverged = workspace.runs()
    assert (diverged.title, diverged.status, diverged.failure) == ("too fast", "failed", DIVERGED)
    assert diverged.message.startswith("The learning broke down: at iteration 120 ")
    assert (failed.status, failed.failure) == ("failed", "")
    assert failed.message == "This run cannot be started: there is not enough memory."
    with pytest.raises(KeyError):
        workspace.run("deleted")
    workspace.restore("deleted")
    restored = workspace.run("deleted")
    assert (restored.parent, restored.branched_at, restored.iteration) == ("diverged", 120, 120)
    assert store.snapshots.checkpoint("deleted") == (1.5, version_3["checkpoints"][1]["state"])
    assert workspace.branch(diverged, 120).number == 4
    assert store.corpora.text("5a") == TEXT


def test_migrated_run_that_diverged_can_be_resumed(url, version_3):
    store = Store(url)
    store.runs.request("diverged", desired="running", learning_rate=0.01)
    run = store.runs.get("diverged")
    assert (run.active, run.status, run.failure, run.message) == (True, "waiting", "", "")


def test_migrated_run_resumes_and_new_runs_can_be_created(url, version_1):
    store = Store(url)
    store.runs.request("older", desired="running")
    assert [run.id for run in store.runs.runnable()] == ["older"]
    assert store.leases.claim("older", "here")
    run = store.runs.create(store.corpora.get("5a"), CONFIG, workspace="me")
    assert (run.number, run.workspace) == (1, "me")


def test_migrated_tables_match_the_schema(url, old_version):
    Store(url)
    with create_engine(url).connect() as db:
        assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []


@only_sqlite
def test_migrated_tables_equal_new_ones(url, old_version, tmp_path):
    Store(url)
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    Store(new)
    assert tables(url) == tables(new)
    with create_engine(new).connect() as db:
        assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []


@only_sqlite
def test_migrated_store_is_not_migrated_again(url, old_version, file, monkeypatch):
    Store(url)
    before = dump(file)
    monkeypatch.setattr("charrnn.runs.store.migration._upgrade", None)
    Store(url)
    assert dump(file) == before
    assert any(f"VALUES('{VERSION}')" in line for line in before)


@only_sqlite
def test_failed_migration_leaves_the_store_as_it_was(url, old_version, file, monkeypatch):
    before = dump(file)
    with monkeypatch.context() as broken:
        broken.setattr("alembic.operations.Operations.add_column", None)
        with pytest.raises(TypeError):
            Store(url)
    assert dump(file) == before
    run = old_version["runs"][0]
    assert Store(url).runs.get(run["id"]).iteration == 120


@only_sqlite
@pytest.mark.parametrize(
    "version", [str(int(VERSION) + 1), "99", "a" * 500, "x'; DROP TABLE runs; --"]
)
def test_store_of_a_newer_version_is_refused_and_left_as_it_is(url, file, version):
    Store(url).corpora.add("cats", TEXT)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", [version])
    before = dump(file)
    with pytest.raises(NewerStore) as caught:
        Store(url)
    assert isinstance(caught.value, StoreError)
    assert str(caught.value) == (
        "These runs were saved by a newer version of charrnn (their tables have version "
        f"{version[:20]}, and this program knows up to {VERSION}): update charrnn, or set "
        "CHARRNN_STORE to another folder."
    )
    assert dump(file) == before


@only_sqlite
def test_many_processes_can_open_a_new_store_at_once(url):
    open_at_once(url, 6)
    assert Store(url).runs.runnable() == []


def test_many_processes_can_open_an_old_store_at_once(url, old_version):
    open_at_once(url, 6)
    assert Store(url).runs.runnable() == []

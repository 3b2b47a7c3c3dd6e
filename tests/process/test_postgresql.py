"""On PostgreSQL a store promises what it promises as a file, also to many at once.

With CHARRNN_TEST_POSTGRESQL all other tests that share the store try it there as well.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from launching import open_at_once
from sqlalchemy import create_engine, func, select
from test_killed_anywhere import SMALL, assert_equals_an_undisturbed_run, left_behind

from charrnn.runs import database, schema, transfer
from charrnn.runs import store as store_module
from charrnn.runs.config import RunConfig
from charrnn.runs.contents import sha256_of
from charrnn.runs.launcher import Launcher
from charrnn.runs.limits import Limits
from charrnn.runs.records import StoreError
from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from charrnn.runs.tidying import tidy
from tests.unit.test_migration import VERSION_1


@pytest.fixture
def store(postgresql, monkeypatch):
    monkeypatch.setenv("CHARRNN_STORE", postgresql)
    return Store(postgresql)


@pytest.fixture
def launcher(store):
    launcher = Launcher(store)
    launcher.watch()
    yield launcher
    launcher.close()


def at_once(do, times=8):
    """Do something in as many threads."""
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(lambda _: do(), range(times)))


def test_a_run_lives_there_from_its_beginning_until_it_is_tidied_away(
    store, corpus, shelf, launcher, eventually
):
    def resting(run, status):
        return eventually(lambda: (r := store.run(run.id)).status == status and r)

    settings = replace(SMALL, iterations=3200)
    run = resting(shelf.create(corpus, settings, pause_at=3000), "paused")
    assert run.iteration == 3000
    change = {"learning_rate": 0.05, "pause_at": None}
    shelf.wish(run.id, desired="running", **change)
    run = resting(run, "finished")
    assert_equals_an_undisturbed_run(store, corpus, run, pause_at=3000, then=change)

    branch = shelf.branch(run, 2000, learning_rate=0.01)
    assert resting(branch, "finished").iteration == 3200
    saved = transfer.export_run(store, run, with_text=True)
    imported = transfer.import_run(shelf, saved)
    past, again = left_behind(store, run), left_behind(store, imported)
    again["snapshots"] = past["snapshots"]  # a file has none
    assert again == past

    launcher.close()
    for each in shelf.runs():
        shelf.delete(each.id)
    with store.writing() as db:
        db.execute(schema.runs.update().values(deleted_at=1.0))
        db.execute(schema.corpora.update().values(added_at=1.0))
    tidied = tidy(store, Limits())
    assert (len(tidied.thrown_away), tidied.texts) == (4, [corpus.sha256])
    assert store.wanted() == []


def test_many_processes_that_open_it_at_once_all_can(postgresql):
    open_at_once(postgresql, 6)


def test_tables_of_the_first_version_become_like_new_ones(postgresql):
    with create_engine(postgresql).begin() as db:
        db.exec_driver_sql(VERSION_1.replace("BLOB", "BYTEA"))
    Store(postgresql)
    with create_engine(postgresql).connect() as db:
        assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []


def test_of_runs_that_are_made_at_once_each_has_its_number(store, corpus, shelf):
    at_once(lambda: [shelf.create(corpus, RunConfig()) for _ in range(5)])
    assert [run.number for run in shelf.runs()] == list(range(40, 0, -1))


def test_pages_that_look_at_the_same_runs_do_not_stop_each_other(store, corpus, monkeypatch):
    monkeypatch.setattr(store_module, "LOOK_SECONDS", -1.0)  # each look is noted
    ids = [store.create_run(corpus, RunConfig()).id for _ in range(20)]
    at_once(lambda: [store.look(random.sample(ids, len(ids))) for _ in range(20)])


def test_who_reads_sees_one_moment(store, corpus, shelf):
    names = select(schema.runs.c.name)
    run = shelf.create(corpus, RunConfig())
    with store.reading() as db:
        assert db.execute(names).scalar() == ""
        shelf.rename(run.id, "another")
        assert db.execute(names).scalar() == ""
    assert store.run(run.id).name == "another"


def test_a_writer_waits_for_its_turn_and_not_for_ever(postgresql, corpus, shelf, monkeypatch):
    run = shelf.create(corpus, RunConfig())
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    hasty = Shelf(Store(postgresql), shelf.workspace)
    with shelf.store.writing():
        assert hasty.run(run.id) == run
        with pytest.raises(StoreError, match="keeps the database locked"):
            hasty.rename(run.id, "another")
    hasty.rename(run.id, "another")


def test_a_writer_that_stops_in_the_middle_loses_its_turn(store, postgresql, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    text = "the cat sat on the mat"
    with pytest.raises(StoreError), Store(postgresql).writing():
        store.add_corpus("cats", text)
    assert store.text(sha256_of(text)) == text


def test_a_server_that_was_restarted_is_found_again(store, corpus):
    with store.reading() as db:
        connection = db.execute(select(func.pg_backend_pid())).scalar()
    with create_engine(store.url).connect() as db:
        assert db.execute(select(func.pg_terminate_backend(connection, 10_000))).scalar()
    assert store.corpus(corpus.sha256) == corpus

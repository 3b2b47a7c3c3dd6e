"""A store on PostgreSQL keeps the promises of a SQLite file, also to many users at once.

With CHARRNN_TEST_POSTGRESQL, all other tests that use the store run on PostgreSQL as well.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, func, select

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError
from charrnn.runs.files import transfer
from charrnn.runs.limits import Limits
from charrnn.runs.store import database, schema
from charrnn.runs.store import runs as runs_module
from charrnn.runs.store.corpora import sha256_of
from charrnn.runs.store.retention import prune
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.supervisors import open_at_once
from tests.support.uninterrupted import SMALL, assert_equals_uninterrupted_run, stored_rows

# Shorter than usual, but longer than this process may be held up between two statements: a
# transaction that is idle for as long is ended, too.
BUSY_SECONDS = 1.5


@pytest.fixture
def store(postgresql, monkeypatch):
    monkeypatch.setenv("CHARRNN_STORE", postgresql)
    return Store(postgresql)


@pytest.fixture
def supervisor(store):
    supervisor = Supervisor(store)
    supervisor.watch()
    yield supervisor
    supervisor.close()


def at_once(function, threads=8):
    """Call a function in several threads at the same time; returns the results."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda _: function(), range(threads)))


def test_run_is_trained_branched_exported_imported_and_pruned(
    store, corpus, workspace, supervisor, eventually
):
    def wait_for(run, status):
        return eventually(lambda: (r := store.runs.get(run.id)).status == status and r)

    settings = replace(SMALL, iterations=3200)
    run = wait_for(workspace.create(corpus, settings, pause_at=3000), "paused")
    assert run.iteration == 3000
    change = {"learning_rate": 0.05, "pause_at": None}
    workspace.request(run.id, desired="running", **change)
    run = wait_for(run, "finished")
    assert_equals_uninterrupted_run(store, corpus, run, pause_at=3000, then=change)

    branch = workspace.branch(run, 2000, learning_rate=0.01)
    assert wait_for(branch, "finished").iteration == 3200
    data = transfer.export_run(store, run, with_text=True)
    imported = transfer.import_run(workspace, data)
    exported_rows, imported_rows = stored_rows(store, run), stored_rows(store, imported)
    imported_rows["snapshots"] = exported_rows["snapshots"]  # a run file has none
    assert imported_rows == exported_rows

    supervisor.close()
    for each in workspace.runs():
        workspace.delete(each.id)
    with store.database.writing() as db:
        db.execute(schema.runs.update().values(deleted_at=1.0))
        db.execute(schema.corpora.update().values(added_at=1.0))
    pruned = prune(store, Limits())
    assert (len(pruned.deleted), pruned.texts) == (4, [corpus.sha256])
    assert store.runs.runnable() == []


def test_many_processes_can_open_the_store_at_once(postgresql):
    open_at_once(postgresql, 6)


def test_runs_created_at_once_get_different_numbers(store, corpus, workspace):
    at_once(lambda: [workspace.create(corpus, RunConfig()) for _ in range(5)])
    assert [run.number for run in workspace.runs()] == list(range(40, 0, -1))


def test_pages_that_view_the_same_runs_do_not_deadlock(store, corpus, monkeypatch):
    monkeypatch.setattr(runs_module, "VIEWED_SECONDS", -1.0)  # every view is recorded
    ids = [store.runs.create(corpus, RunConfig()).id for _ in range(20)]
    at_once(lambda: [store.runs.mark_viewed(random.sample(ids, len(ids))) for _ in range(20)])


def test_reader_sees_one_state_of_the_database(store, corpus, workspace):
    names = select(schema.runs.c.name)
    run = workspace.create(corpus, RunConfig())
    with store.database.reading() as db:
        assert db.execute(names).scalar() == ""
        workspace.rename(run.id, "another")
        assert db.execute(names).scalar() == ""
    assert store.runs.get(run.id).name == "another"


def test_writer_waits_for_its_turn_but_not_forever(postgresql, corpus, workspace, monkeypatch):
    run = workspace.create(corpus, RunConfig())
    monkeypatch.setattr(database, "BUSY_SECONDS", BUSY_SECONDS)
    impatient = Workspace(Store(postgresql), workspace.key)
    with workspace.store.database.writing():
        assert impatient.run(run.id) == run
        with pytest.raises(StoreError, match="another program has locked the database"):
            impatient.rename(run.id, "another")
    impatient.rename(run.id, "another")


def test_writer_that_stalls_loses_its_turn(store, postgresql, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", BUSY_SECONDS)
    text = "the cat sat on the mat"
    with pytest.raises(StoreError), Store(postgresql).database.writing():
        store.corpora.add("cats", text)
    assert store.corpora.text(sha256_of(text)) == text


def test_connection_is_renewed_after_the_server_closed_it(store, corpus):
    with store.database.reading() as db:
        connection = db.execute(select(func.pg_backend_pid())).scalar()
    with create_engine(store.database.url).connect() as db:
        assert db.execute(select(func.pg_terminate_backend(connection, 10_000))).scalar()
    assert store.corpora.get(corpus.sha256, corpus.name) == corpus

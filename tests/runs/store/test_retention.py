"""Pruning removes what nobody needs, and nothing that is in use."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from charrnn.runs.limits import Limits
from charrnn.runs.store import schema
from charrnn.runs.store.records import Progress
from charrnn.runs.store.retention import DAY_SECONDS, Pruned, prune
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from tests.runs.store.test_games import SCORE
from tests.support.supervisors import Log, SupervisorProcess
from tests.support.uninterrupted import SMALL, assert_equals_uninterrupted_run
from tests.support.workers import work

LIMITS = Limits(keep_days=90)
SHORT = replace(SMALL, hidden_size=8, streams=1, iterations=120, sample_interval=100)
NOTHING = ([], [], [])


@pytest.fixture
def workspace(store):
    return Workspace(store, "me")


def set_all(store, table, **values):
    """Set columns in every row of a table."""
    with store.database.writing() as db:
        db.execute(table.update().values(**values))


def pruned(store, **options):
    """Prune; returns (deleted runs, unseen runs, texts) that were removed."""
    result = prune(store, LIMITS, **options)
    return result.deleted, result.unseen, result.texts


def row_counts(store) -> dict[str, int]:
    """table name -> its number of rows."""
    with store.database.reading() as db:
        return {
            table.name: db.execute(select(func.count()).select_from(table)).scalar()
            for table in schema.metadata.sorted_tables
            if table is not schema.version
        }


def test_nothing_is_pruned_from_a_store_in_use(store, corpus, workspace):
    work(store, workspace.create(corpus, SHORT))
    workspace.delete(workspace.create(corpus, SHORT).id)
    before = row_counts(store)
    assert pruned(store) == NOTHING
    assert row_counts(store) == before


def test_deleted_run_can_be_restored_with_its_text_for_a_day(store, corpus, workspace):
    run = workspace.create(corpus, SHORT)
    workspace.delete(run.id)
    set_all(store, schema.runs, deleted_at=time.time() - DAY_SECONDS + 60)
    set_all(store, schema.corpora, added_at=0.0)
    assert pruned(store) == NOTHING
    workspace.restore(run.id)
    assert workspace.run(run.id).id == run.id


def test_deleted_run_is_removed_with_its_history_after_a_day(store, corpus, workspace):
    gone, kept = (work(store, workspace.create(corpus, SHORT)) for _ in range(2))
    for run in (gone, kept):
        store.games.add(run.id, "me", SCORE)
    workspace.delete(gone.id)
    set_all(store, schema.runs, deleted_at=schema.runs.c.deleted_at - DAY_SECONDS)
    both = row_counts(store)
    assert pruned(store) == ([gone.id], [], [])
    with pytest.raises(KeyError):
        store.runs.get(gone.id)
    assert store.runs.get(kept.id) == kept
    assert row_counts(store) == {
        name: n if name == "corpora" else n // 2 for name, n in both.items()
    } | {"rate_changes": 0}


def test_run_that_no_page_has_shown_for_long_is_removed_unless_it_is_active(
    store, corpus, workspace
):
    rest, runnable, failed = (workspace.create(corpus, SHORT) for _ in range(3))
    store.runs.request(rest.id, desired="paused")
    store.leases.fail(failed.id, "why")
    set_all(store, schema.runs, viewed_at=time.time() - 89 * DAY_SECONDS)
    assert pruned(store) == NOTHING
    set_all(store, schema.runs, viewed_at=time.time() - 91 * DAY_SECONDS)
    deleted, unseen, texts = pruned(store)
    assert (deleted, sorted(unseen), texts) == ([], sorted([rest.id, failed.id]), [])
    assert workspace.runs() == [store.runs.get(runnable.id)]


def test_unused_text_is_removed_a_day_after_it_was_added(store, corpus, workspace):
    used = store.corpora.add("used", "the dog sat on the log")
    work(store, workspace.create(used, replace(SHORT, held_out=0.0, seq_length=5)))
    assert pruned(store) == NOTHING
    set_all(store, schema.corpora, added_at=time.time() - 1.1 * DAY_SECONDS)
    assert pruned(store) == ([], [], [corpus.sha256])
    assert store.corpora.get(used.sha256, "used") == used
    assert store.corpora.add("cats", "the cat sat").name == "cats"  # it can be added again
    set_all(store, schema.corpora, added_at=None)  # as in stores older than version 3
    assert len(pruned(store)[2]) == 1


def test_an_unused_upload_is_removed_with_its_text(store, workspace):
    sha256 = workspace.add_text("poem", "the owl sat in the oak").sha256
    set_all(store, schema.corpora, added_at=time.time() - 1.1 * DAY_SECONDS)
    assert pruned(store) == ([], [], [sha256])
    assert row_counts(store)["uploads"] == 0


def test_text_that_is_added_again_stays_for_another_day(store, corpus):
    text = store.corpora.text(corpus.sha256)
    set_all(store, schema.corpora, added_at=time.time() - 2 * DAY_SECONDS)
    assert store.corpora.add(corpus.name, text) == corpus
    assert pruned(store) == NOTHING


def test_texts_of_the_library_are_never_removed(store):
    entries = library.available()[:2]
    kept = [store.corpora.add(entry.title, library.load(entry.key)) for entry in entries]
    set_all(store, schema.corpora, added_at=0.0)
    assert pruned(store) == NOTHING
    assert [store.corpora.get(each.sha256, each.name) for each in kept] == kept


def test_text_is_removed_with_the_last_run_that_uses_it(store, corpus, workspace):
    run = workspace.create(corpus, SHORT)
    workspace.delete(run.id)
    set_all(store, schema.runs, deleted_at=1.0)
    set_all(store, schema.corpora, added_at=1.0)
    expected = ([run.id], [], [corpus.sha256])
    before = row_counts(store)
    assert pruned(store, dry_run=True) == expected
    assert row_counts(store) == before
    assert pruned(store) == expected
    assert set(row_counts(store).values()) == {0}
    assert pruned(store) == NOTHING


def test_run_that_a_worker_holds_is_not_removed(store, corpus, workspace):
    run = workspace.create(corpus, SHORT)
    workspace.delete(run.id)
    set_all(store, schema.runs, deleted_at=1.0)
    assert store.leases.claim(run.id, "somebody")
    assert pruned(store) == NOTHING
    store.leases.release(run.id, "somebody")
    assert pruned(store)[0] == [run.id]


def test_run_restored_at_the_last_moment_is_not_removed(store, corpus, workspace, monkeypatch):
    run = workspace.create(corpus, SHORT)
    workspace.delete(run.id)
    set_all(store, schema.runs, deleted_at=1.0)
    writing = store.database.writing

    def after_restoring():
        monkeypatch.setattr(store.database, "writing", writing)
        workspace.restore(run.id)
        return writing()

    monkeypatch.setattr(store.database, "writing", after_restoring)
    assert pruned(store) == NOTHING
    assert store.runs.get(run.id).deleted_at is None


def test_file_shrinks(store, store_file, corpus, workspace):
    run = workspace.create(corpus, SHORT)
    assert store.leases.claim(run.id, "one")
    heavy = [{"iteration": n, "state": bytes(500_000), "seconds": 1.0} for n in range(8)]
    store.leases.publish(run.id, "one", {"status": "paused"}, Progress(snapshots=heavy))
    store.leases.release(run.id, "one")
    workspace.delete(run.id)
    set_all(store, schema.runs, deleted_at=1.0)
    assert prune(store, LIMITS, dry_run=True) == Pruned([run.id], [], [], kept_size="")
    assert prune(store, LIMITS).kept_size == ""
    assert store_file.stat().st_size < 1_000_000
    assert store.corpora.get(corpus.sha256, corpus.name) == corpus
    with store.database.reading() as db:
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_pruning_does_not_disturb_a_running_server(store, corpus, workspace, tmp_path, eventually):
    log = Log(tmp_path / "log")
    unneeded = [work(store, workspace.create(corpus, SHORT)) for _ in range(3)]
    for old in unneeded:
        workspace.delete(old.id)
    set_all(store, schema.runs, deleted_at=1.0)
    set_all(store, schema.corpora, added_at=1.0)
    run = workspace.create(corpus, SMALL)
    set_all(store, schema.runs, viewed_at=time.time() - 91 * DAY_SECONDS)
    store.corpora.add("another", "the dog sat on the log")
    set_all(store, schema.corpora, added_at=1.0)
    server = SupervisorProcess(log)
    try:
        eventually(lambda: store.runs.get(run.id).iteration)
        done = prune(store, LIMITS)
        assert sorted(done.deleted) == sorted(old.id for old in unneeded)
        assert (done.unseen, len(done.texts)) == ([], 1)
        assert done.kept_size == "" or store.database.file is None
        for _ in range(20):
            assert pruned(store) == NOTHING
        store.runs.request(run.id, iterations=store.runs.get(run.id).iteration + 500)
        eventually(lambda: store.runs.get(run.id).status == "finished")
    finally:
        server.close()
    assert len(log.events("started")) == 1
    assert log.events("store_failed") == log.events("crashed") == []
    assert_equals_uninterrupted_run(store, corpus, store.runs.get(run.id))

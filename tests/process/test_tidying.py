"""What nobody needs goes; what anybody uses stays, even while it is used."""

import time
from dataclasses import replace

import pytest
from launching import LauncherServer, Log
from sqlalchemy import func, select
from test_killed_anywhere import SMALL, assert_equals_an_undisturbed_run

from charrnn.runs import library, schema
from charrnn.runs.limits import Limits
from charrnn.runs.records import Progress
from charrnn.runs.shelf import Shelf
from charrnn.runs.tidying import DAY, Tidied, tidy
from tests.working import work

LIMITS = Limits(keep_days=90)
SHORT = replace(SMALL, hidden_size=8, streams=1, iterations=120, sample_interval=100)
NOTHING = ([], [], [])


@pytest.fixture
def shelf(store):
    return Shelf(store, "me")


def change(store, table, **values):
    with store.writing() as db:
        db.execute(table.update().values(**values))


def tidied(store, **options):
    """(runs thrown away, runs unseen, texts) that were removed."""
    done = tidy(store, LIMITS, **options)
    return done.thrown_away, done.unseen, done.texts


def rows(store) -> dict[str, int]:
    with store.reading() as db:
        return {
            table.name: db.execute(select(func.count()).select_from(table)).scalar()
            for table in schema.metadata.sorted_tables
            if table is not schema.version
        }


def test_in_a_store_in_use_there_is_nothing_to_tidy(store, corpus, shelf):
    work(store, shelf.create(corpus, SHORT))
    shelf.delete(shelf.create(corpus, SHORT).id)
    before = rows(store)
    assert tidied(store) == NOTHING
    assert rows(store) == before


def test_what_was_thrown_away_goes_after_a_day_with_all_it_left_behind(store, corpus, shelf):
    gone, kept = (work(store, shelf.create(corpus, SHORT)) for _ in range(2))
    shelf.delete(gone.id)
    change(store, schema.runs, deleted_at=schema.runs.c.deleted_at - DAY)
    both = rows(store)
    assert tidied(store) == ([gone.id], [], [])
    with pytest.raises(KeyError):
        store.run(gone.id)
    assert store.run(kept.id) == kept
    assert rows(store) == {name: n if name == "corpora" else n // 2 for name, n in both.items()} | {
        "rate_changes": 0
    }


def test_what_no_page_has_shown_for_long_goes_unless_it_is_wanted_running(store, corpus, shelf):
    rest, wanted, failed = (shelf.create(corpus, SHORT) for _ in range(3))
    store.wish(rest.id, desired="paused")
    store.fail(failed.id, "why")
    change(store, schema.runs, looked_at=time.time() - 89 * DAY)
    assert tidied(store) == NOTHING
    change(store, schema.runs, looked_at=time.time() - 91 * DAY)
    thrown_away, unseen, texts = tidied(store)
    assert (thrown_away, sorted(unseen), texts) == ([], sorted([rest.id, failed.id]), [])
    assert shelf.runs() == [store.run(wanted.id)]


def test_a_text_goes_when_no_run_uses_it_and_it_was_brought_long_ago(store, corpus, shelf):
    used = store.add_corpus("used", "the dog sat on the log")
    work(store, shelf.create(used, replace(SHORT, held_out=0.0, seq_length=5)))
    assert tidied(store) == NOTHING
    change(store, schema.corpora, added_at=time.time() - 1.1 * DAY)
    assert tidied(store) == ([], [], [corpus.sha256])
    assert store.corpus(used.sha256) == used
    assert store.add_corpus("cats", "the cat sat").name == "cats"  # it can be brought again
    change(store, schema.corpora, added_at=None)  # from before it was noted
    assert len(tidied(store)[2]) == 1


def test_a_text_that_is_brought_again_stays_for_another_day(store, corpus):
    text = store.text(corpus.sha256)
    change(store, schema.corpora, added_at=time.time() - 2 * DAY)
    assert store.add_corpus("again", text) == corpus
    assert tidied(store) == NOTHING


def test_the_texts_on_offer_stay_since_every_page_counts_on_them(store):
    offers = library.offers()
    kept = [store.add_corpus(offer.title, library.load(offer.key)) for offer in offers[:2]]
    change(store, schema.corpora, added_at=0.0)
    assert tidied(store) == NOTHING
    assert [store.corpus(each.sha256) for each in kept] == kept


def test_the_text_of_the_last_run_goes_with_it(store, corpus, shelf):
    run = shelf.create(corpus, SHORT)
    shelf.delete(run.id)
    change(store, schema.runs, deleted_at=1.0)
    change(store, schema.corpora, added_at=1.0)
    expected = ([run.id], [], [corpus.sha256])
    before = rows(store)
    assert tidied(store, dry_run=True) == expected
    assert rows(store) == before
    assert tidied(store) == expected
    assert set(rows(store).values()) == {0}
    assert tidied(store) == NOTHING


def test_a_run_that_a_worker_holds_stays(store, corpus, shelf):
    run = shelf.create(corpus, SHORT)
    shelf.delete(run.id)
    change(store, schema.runs, deleted_at=1.0)
    assert store.claim(run.id, "somebody")
    assert tidied(store) == NOTHING
    store.release(run.id, "somebody")
    assert tidied(store)[0] == [run.id]


def test_what_somebody_comes_to_need_in_the_last_moment_stays(store, corpus, shelf, monkeypatch):
    run = shelf.create(corpus, SHORT)
    shelf.delete(run.id)
    change(store, schema.runs, deleted_at=1.0)
    writing = store.writing

    def after_it_was_taken_back():
        monkeypatch.setattr(store, "writing", writing)
        shelf.restore(run.id)
        return writing()

    monkeypatch.setattr(store, "writing", after_it_was_taken_back)
    assert tidied(store) == NOTHING
    assert store.run(run.id).deleted_at is None


def test_room_is_given_back_where_nobody_else_uses_the_store(store, store_file, corpus, shelf):
    run = shelf.create(corpus, SHORT)
    assert store.claim(run.id, "one")
    heavy = [{"iteration": n, "state": bytes(500_000), "seconds": 1.0} for n in range(8)]
    store.publish(run.id, "one", {"status": "paused"}, Progress(snapshots=heavy))
    store.release(run.id, "one")
    shelf.delete(run.id)
    change(store, schema.runs, deleted_at=1.0)
    assert tidy(store, LIMITS, dry_run=True) == Tidied([run.id], [], [], compacted=False)
    assert tidy(store, LIMITS).compacted
    assert sum(file.stat().st_size for file in store_file.parent.iterdir()) < 1_000_000
    assert store.corpus(corpus.sha256) == corpus
    with store.reading() as db:
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_beside_a_live_server_it_disturbs_nothing(store, corpus, shelf, tmp_path, eventually):
    log = Log(tmp_path / "log")
    needless = [work(store, shelf.create(corpus, SHORT)) for _ in range(3)]
    for old in needless:
        shelf.delete(old.id)
    change(store, schema.runs, deleted_at=1.0)
    change(store, schema.corpora, added_at=1.0)
    run = shelf.create(corpus, SMALL)
    change(store, schema.runs, looked_at=time.time() - 91 * DAY)
    store.add_corpus("another", "the dog sat on the log")
    change(store, schema.corpora, added_at=1.0)
    server = LauncherServer(log)
    try:
        eventually(lambda: store.run(run.id).iteration)
        done = tidy(store, LIMITS)
        assert sorted(done.thrown_away) == sorted(old.id for old in needless)
        assert (done.unseen, len(done.texts), done.compacted) == ([], 1, False)
        for _ in range(20):
            assert tidied(store) == NOTHING
        store.wish(run.id, iterations=store.run(run.id).iteration + 500)
        eventually(lambda: store.run(run.id).status == "finished")
    finally:
        server.close()
    assert len(log.events("started")) == 1
    assert log.events("store_failed") == log.events("crashed") == []
    assert_equals_an_undisturbed_run(store, corpus, store.run(run.id))
    assert tidy(store, LIMITS).compacted or store.file is None  # now that the server is gone

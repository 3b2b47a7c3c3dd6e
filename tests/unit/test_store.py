"""What the store promises to pages and workers."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from sqlalchemy import event

from charrnn.runs.config import RunConfig
from charrnn.runs.lease import LeaseLost
from charrnn.runs.records import Progress, StoreError, Summary
from charrnn.runs.store import Store

FACTS = {"status": "running", "iteration": 1}


def metric(iteration, loss=50.0):
    return {"iteration": iteration, "loss": loss, "smooth_loss": loss, "seconds": 0.1}


@pytest.fixture
def run(store, corpus):
    return store.create_run(corpus, RunConfig())


@pytest.fixture
def owned(store, run):
    assert store.claim(run.id, "one")
    return run


def test_the_same_text_twice_is_kept_once(store, corpus):
    assert store.add_corpus("other name", store.text(corpus.sha256)) == corpus


@pytest.mark.parametrize(
    "text", ["ab", "naïve\u00a0\u2028 مرحبا 👩‍👩‍👧 \U0010ffff", "日本語\n" * 3]
)
def test_a_text_comes_back_as_it_went_in(store, text):
    corpus = store.add_corpus("any", text)
    assert store.text(corpus.sha256) == text
    assert corpus.characters == len(text)
    assert corpus.vocabulary == "".join(sorted(set(text)))


def test_a_run_comes_back_as_it_was_made(store, run):
    assert store.run(run.id) == run
    assert run.active
    assert not run.owned


def test_unknown_things_raise_key_error(store, run):
    for look_up in (store.run, store.corpus, store.text):
        with pytest.raises(KeyError):
            look_up("nobody")
    for key in ("from a \0 link", None):
        with pytest.raises(KeyError):
            store.run(key)
    with pytest.raises(KeyError):
        store.sample(run.id, 1000)


def test_only_one_worker_holds_a_lease(store, owned):
    assert not store.claim(owned.id, "two")
    store.release(owned.id, "two")
    assert not store.claim(owned.id, "two")
    store.release(owned.id, "one")
    assert store.claim(owned.id, "two")


def test_a_lease_that_ran_out_can_be_taken_over(store, owned, monkeypatch):
    monkeypatch.setattr("charrnn.runs.lease.LEASE_SECONDS", -1.0)
    assert store.claim(owned.id, "two")
    with pytest.raises(LeaseLost):
        store.publish(owned.id, "one", FACTS, Progress())


def test_a_worker_without_the_lease_writes_nothing(store, owned):
    with pytest.raises(LeaseLost):
        store.publish(owned.id, "two", FACTS, Progress(metrics=[metric(1)]))
    assert store.observe(owned.id)[1].metrics == []


def test_doing_a_stretch_twice_leaves_it_there_once(store, owned):
    for loss in (50.0, 40.0):
        news = Progress(
            metrics=[metric(n, loss) for n in range(5)],
            samples=[{"iteration": 0, "text": f"at {loss}"}],
        )
        store.publish(owned.id, "one", FACTS | {"iteration": 4}, news)
    _, history = store.observe(owned.id)
    assert history.metrics == [(n, 40.0, 40.0, 0.1) for n in range(5)]
    assert store.sample(owned.id, 0) == "at 40.0"


def test_thinned_points_lie_evenly_and_do_not_wander(store, owned):
    before = set()
    for start in range(0, 2000, 250):
        news = Progress(metrics=[metric(n) for n in range(start, start + 250)])
        facts = FACTS | {"iteration": start + 249}
        store.publish(owned.id, "one", facts, news)
        iterations = [row[0] for row in store.observe(owned.id, points=100)[1].metrics]
        assert len(iterations) <= 101
        assert len(set(np.diff(iterations))) == 1
        # A coarser grid is part of the finer one: no point lies where none was before.
        assert {n for n in iterations if n < start} <= before | {0}
        before = set(iterations)


def test_pages_write_wishes_and_nothing_else(store, run):
    store.wish(run.id, learning_rate=0.3, desired="paused")
    assert store.run(run.id).learning_rate == 0.3
    assert not store.run(run.id).active
    with pytest.raises(ValueError, match="iteration"):
        store.wish(run.id, iteration=5)


def test_a_failed_run_can_be_tried_again(store, run):
    store.fail(run.id, "why")
    assert not store.run(run.id).active
    assert store.wanted() == []
    store.wish(run.id, desired="running")
    assert store.run(run.id).active
    assert [r.id for r in store.wanted()] == [run.id]


def test_however_many_samples_there_are_all_are_offered_and_the_newest_evaluation_is_there(
    store, owned
):
    rows = [{"iteration": n, "text": str(n)} for n in range(0, 5100, 100)]
    exams = [{"iteration": n, "held_out_loss": 1.0} for n in range(0, 5100, 100)]
    news = Progress(samples=rows, evaluations=exams)
    store.publish(owned.id, "one", FACTS | {"iteration": 5000}, news)
    _, history = store.observe(owned.id, evaluations=3)
    assert history.sample_iterations == list(range(0, 5001, 100))
    assert history.newest_sample == (5000, "5000")
    assert [n for n, _ in history.evaluations] == [0, 2000, 4000, 5000]


def on_every_connection(store, pragma):
    """As if the disk were so: for each connection that is opened from now on."""
    event.listen(store._engine, "connect", lambda db, _: db.execute(f"PRAGMA {pragma}"))
    store._engine.dispose()


@pytest.mark.usefixtures("store_file")
def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(store, owned):
    on_every_connection(store, "max_page_count = 1")  # no page more than there are
    weights = [{"iteration": 1, "state": bytes(1_000_000), "seconds": 1.0}]
    with pytest.raises(StoreError) as caught:
        store.publish(owned.id, "one", FACTS, Progress(metrics=[metric(1)], snapshots=weights))
    assert str(caught.value) == (
        "The runs cannot be saved: the disk is full. Make room, then try again."
    )
    assert store.run(owned.id).iteration == 0
    assert store.observe(owned.id)[1].metrics == []
    store.publish(owned.id, "one", FACTS, Progress())  # what fits is written


@pytest.mark.usefixtures("store_file")
def test_a_read_only_database_can_be_read_and_says_so_when_written(store, corpus, run):
    on_every_connection(store, "query_only = ON")
    for write in (
        lambda: store.add_corpus("more", "more text"),
        lambda: store.create_run(corpus, RunConfig()),
        lambda: store.wish(run.id, desired="paused"),
        lambda: store.claim(run.id, "one"),
        lambda: store.release(run.id, "one"),
        lambda: store.publish(run.id, "one", FACTS, Progress()),
        lambda: store.fail(run.id, "why"),
    ):
        with pytest.raises(StoreError, match=r"^The runs cannot be saved: .* may only be read\. "):
            write()
    assert store.run(run.id) == run


def test_a_locked_database_is_one_sentence(store, store_file, run, monkeypatch):
    monkeypatch.setattr("charrnn.runs.database.BUSY_SECONDS", 0.05)
    store._engine.dispose()
    with closing(sqlite3.connect(store_file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.run(run.id) == run
        with pytest.raises(StoreError, match="keeps the database locked"):
            store.wish(run.id, desired="paused")
    store.wish(run.id, desired="paused")


def test_a_database_that_breaks_is_one_sentence_whatever_is_asked(store, store_file, corpus, run):
    store._engine.dispose()
    for file in store_file.parent.iterdir():
        file.write_bytes(b"no database " * 1000)
    for read in (
        lambda: store.corpus(corpus.sha256),
        lambda: store.text(corpus.sha256),
        lambda: store.run(run.id),
        lambda: store.wanted(),
        lambda: store.observe(run.id),
        lambda: store.sample(run.id, 0),
        lambda: store.snapshot_iterations(run.id),
        lambda: store.snapshot(run.id, 0),
        lambda: store.checkpoint(run.id),
        lambda: store.checkpoint_iteration(run.id),
    ):
        with pytest.raises(StoreError, match=r"^The runs cannot be read: the file is damaged or"):
            read()
    with pytest.raises(StoreError, match=r"^The runs cannot be opened: the file is damaged or"):
        Store(store.url)


def test_a_store_in_no_place_for_one_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "store.sqlite", tmp_path):
        with pytest.raises(StoreError, match="cannot be opened: the database cannot be opened"):
            Store(f"sqlite:///{place}")


def test_only_who_holds_the_lease_fails_a_run_as_a_worker(store, owned):
    store.fail(owned.id, "why", worker="two")
    assert store.run(owned.id).status == "waiting"
    store.fail(owned.id, "why", worker="one")
    assert store.run(owned.id).message == "why"


def test_what_is_wanted_stays_within_the_limits(store, run):
    for wish in ({"learning_rate": 100.0}, {"iterations": 0}, {"learning_rate": float("nan")}):
        with pytest.raises(ValueError, match="allowed"):
            store.wish(run.id, **wish)


def test_whoever_resumes_a_run_looks_at_it(store, run):
    with store.writing() as db:
        db.exec_driver_sql("UPDATE runs SET looked_at = 1, message = 'why'")
    store.wish(run.id, desired="paused")
    assert store.run(run.id).looked_at == 1
    store.wish(run.id, desired="running")
    assert store.run(run.id).looked_at >= run.looked_at
    assert store.run(run.id).message == ""


def test_looking_is_noted_now_and_then(store, run, monkeypatch):
    store.look([run.id])
    assert store.run(run.id).looked_at == run.looked_at  # noted a moment ago
    monkeypatch.setattr("charrnn.runs.store.LOOK_SECONDS", 0.0)
    store.look([run.id, "nobody"])
    assert store.run(run.id).looked_at > run.looked_at
    store.look([])


def test_a_run_that_should_not_go_on_rests_and_says_why(store, owned):
    store.pause(owned.id, "why")
    run = store.run(owned.id)
    assert (run.desired, run.message, run.worker) == ("paused", "why", "one")
    store.wish(owned.id, desired="running")
    store.pause(owned.id, "why", worker="two")
    assert store.run(owned.id).active
    store.pause(owned.id, "why", worker="one")
    run = store.run(owned.id)
    assert (run.desired, run.status, run.message, run.worker) == ("paused", "paused", "why", None)


def test_only_who_holds_the_lease_goes_back_and_forgets(store, owned):
    news = Progress(
        metrics=[metric(n) for n in range(10)],
        samples=[{"iteration": n, "text": str(n)} for n in (0, 9)],
        rate_changes=[{"iteration": n, "learning_rate": 0.2} for n in (5, 6)],
    )
    store.publish(owned.id, "one", FACTS | {"iteration": 9}, news)
    with pytest.raises(LeaseLost):
        store.rewind(owned.id, "two", 5)
    assert len(store.observe(owned.id)[1].metrics) == 10
    store.rewind(owned.id, "one", 5)
    run, history = store.observe(owned.id)
    assert run.iteration == 5
    assert [row[0] for row in history.metrics] == list(range(6))
    assert history.newest_sample == (0, "0")
    assert history.rate_changes == [(5, 0.2)]


def test_a_table_says_the_best_loss_and_the_newest_evaluation(store, corpus, owned):
    other = store.create_run(corpus, RunConfig())
    news = Progress(
        metrics=[metric(n, loss) for n, loss in enumerate((9.0, 5.0, 7.0))],
        evaluations=[{"iteration": n, "held_out_loss": 3.0 - n} for n in range(3)],
    )
    store.publish(owned.id, "one", FACTS | {"iteration": 2}, news)
    said = store.summaries([owned.id, other.id])
    assert said == {owned.id: Summary(5.0, 1.0), other.id: Summary(None, None)}
    assert store.summaries([]) == {}

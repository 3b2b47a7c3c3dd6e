"""A visitor's runs: nobody else's, and each to be named, branched, thrown away and taken back."""

import itertools
from dataclasses import replace

import pytest
from sqlalchemy import select

from charrnn.runs import schema
from charrnn.runs.config import RunConfig
from charrnn.runs.records import StoreError
from charrnn.runs.shelf import MAX_NAME_LENGTH, Shelf
from charrnn.runs.worker import Worker

SMALL = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)


class UntilResting:
    """The stop signal of a worker whose server goes when there is nothing left to do."""

    def __init__(self, store, run):
        self._store, self._run = store, run

    def is_set(self) -> bool:
        return not self._store.run(self._run.id).active

    def wait(self, seconds) -> None:
        pass


def train(store, run):
    """Until it rests, in this process."""
    assert store.claim(run.id, "here")
    Worker(store, store.run(run.id), "here").work(UntilResting(store, run))
    store.release(run.id, "here")
    return store.run(run.id)


def left_behind(store, run, *, until=10**9):
    """All rows up to an iteration, but for what a clock has measured."""
    rows = {}
    with store.reading() as db:
        for table in (*schema.LEFT_BEHIND, schema.checkpoints):
            columns = [c for c in table.c if c.name not in ("run", "seconds")]
            mine = (table.c.run == run.id) & (table.c.iteration <= until)
            query = select(*columns).where(mine).order_by(table.c.iteration)
            rows[table.name] = [tuple(row) for row in db.execute(query)]
    return rows


@pytest.fixture
def mine(store):
    return Shelf(store, "mine")


@pytest.fixture
def yours(store):
    return Shelf(store, "yours")


# --- Whose --------------------------------------------------------------------------------------


def test_a_shelf_lists_its_own_runs_newest_first_and_numbers_them(mine, yours, corpus):
    first, other, second = (shelf.create(corpus, SMALL) for shelf in (mine, yours, mine))
    assert mine.runs() == [second, first]
    assert yours.runs() == [other]
    assert [run.title for run in mine.runs()] == ["Run 2", "Run 1"]
    assert other.title == "Run 1"


def test_nothing_of_another_is_reached_or_changed_by_its_id(mine, yours, store, corpus):
    run = yours.create(corpus, SMALL)
    for reach in (
        lambda: mine.run(run.id),
        lambda: mine.wish(run.id, desired="paused"),
        lambda: mine.rename(run.id, "mine now"),
        lambda: mine.delete(run.id),
        lambda: mine.restore(run.id),
        lambda: mine.viewed(run.id),
    ):
        with pytest.raises(KeyError):
            reach()
    assert store.run(run.id) == run
    assert mine.runs() == []


def test_whoever_has_the_view_key_looks_and_does_no_more(mine, yours, corpus):
    run = yours.create(corpus, SMALL)
    assert mine.viewed(run.view_key) == run
    assert run.view_key not in (run.id, run.workspace)
    with pytest.raises(KeyError):
        mine.wish(run.view_key, desired="paused")
    with pytest.raises(KeyError):
        mine.viewed("another key")
    with pytest.raises(KeyError):
        mine.viewed("a key from a \0 link")
    yours.delete(run.id)
    with pytest.raises(KeyError):
        mine.viewed(run.view_key)


def test_keys_cannot_be_guessed(mine, corpus):
    runs = [mine.create(corpus, SMALL) for _ in range(20)]
    keys = [key for run in runs for key in (run.id, run.view_key)]
    assert len(set(keys)) == 40
    assert all(len(key) >= 16 for key in keys)  # 96 random bits


def test_a_run_of_its_own_obeys(mine, store, corpus):
    run = mine.create(corpus, SMALL, pause_at=50)
    mine.wish(run.id, learning_rate=0.05)
    assert store.run(run.id).learning_rate == 0.05
    assert store.run(run.id).pause_at == 50


def test_a_twin_knows_its_twin(mine, corpus):
    run = mine.create(corpus, SMALL)
    twin = mine.create(corpus, SMALL, parent=run.id)
    assert (twin.parent, twin.branched_at) == (run.id, None)


# --- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("  two \n words\t", "two words"),
        ("", "Run 1"),
        (" \n ", "Run 1"),
        ("**<b>$x$", "**<b>$x$"),
        ("turned \u202e round \x1b[2J", "turned round [2J"),
        ("half \ud83d a pair", "half a pair"),
        ("👩‍👧 ", "👩‍👧"),
    ],
)
def test_a_name_is_one_line_in_which_nothing_is_unseen(mine, corpus, name, title):
    run = mine.create(corpus, SMALL)
    mine.rename(run.id, "before")
    mine.rename(run.id, name)
    assert mine.run(run.id).title == title


def test_a_long_name_is_cut_short(mine, corpus):
    run = mine.create(corpus, SMALL)
    mine.rename(run.id, "long " * 100)
    assert len(mine.run(run.id).name) <= MAX_NAME_LENGTH


# --- Thrown away and taken back -----------------------------------------------------------------


def test_a_run_that_was_thrown_away_is_gone_until_it_is_taken_back(mine, store, corpus):
    run, other = mine.create(corpus, SMALL), mine.create(corpus, SMALL)
    mine.delete(run.id)
    assert mine.runs() == [other]
    assert not store.run(run.id).active
    assert store.wanted() == [other]
    with pytest.raises(KeyError):
        mine.run(run.id)
    mine.restore(run.id)
    assert [r.id for r in mine.runs()] == [other.id, run.id]
    assert mine.run(run.id).desired == "paused"  # it rests
    mine.wish(run.id, desired="running")
    assert store.run(run.id).active


def test_the_number_of_a_run_that_was_thrown_away_is_not_used_again(mine, corpus):
    mine.delete(mine.create(corpus, SMALL).id)
    assert mine.create(corpus, SMALL).number == 2


# --- Branches -----------------------------------------------------------------------------------


@pytest.fixture
def parent(store, yours, corpus):
    run = train(store, yours.create(corpus, SMALL))
    assert run.status == "finished"
    return run


@pytest.mark.parametrize("iteration", [0, 5, 200])
def test_a_branch_goes_on_to_the_same_bits_as_its_parent_did(mine, store, parent, iteration):
    branch = mine.branch(parent, iteration)
    assert (branch.workspace, branch.number) == ("mine", 1)
    assert (branch.parent, branch.branched_at) == (parent.id, iteration)
    assert (branch.iteration, branch.active) == (iteration, True)
    copied = left_behind(store, branch)
    past = left_behind(store, parent, until=iteration)
    assert copied.pop("checkpoints")
    past.pop("checkpoints")
    assert copied == past
    branch = train(store, branch)
    assert left_behind(store, branch) == left_behind(store, parent)
    assert branch.smooth_loss == parent.smooth_loss


def test_a_branch_has_trained_as_long_as_its_parent_had(mine, store, parent):
    branch = mine.branch(parent, 200)
    assert 0 < branch.seconds < parent.seconds
    spent, before = (store.observe(r.id, points=1000)[1].metrics for r in (branch, parent))
    assert spent == before[:201]


def test_a_branch_with_another_rate_leaves_its_parent_from_there_on(mine, store, parent):
    branch = train(store, mine.branch(parent, 200, learning_rate=0.01))
    assert store.observe(branch.id)[1].rate_changes == [(200, 0.01)]
    found, expected = left_behind(store, branch), left_behind(store, parent)
    for rows, others in zip(found["metrics"][:201], expected["metrics"][:201], strict=True):
        assert rows == others
    assert found["metrics"][201] == expected["metrics"][201]  # measured before the first step
    assert found["metrics"][202:] != expected["metrics"][202:]


def test_a_branch_goes_on_with_the_rate_that_its_parent_had_then(mine, yours, store, corpus):
    run = train(store, yours.create(corpus, SMALL, pause_at=200))
    store.wish(run.id, learning_rate=0.01, desired="running")
    run = train(store, run)
    assert store.observe(run.id)[1].rate_changes == [(200, 0.01)]
    before, later = mine.branch(run, 200), mine.branch(run, 200, learning_rate=0.01)
    assert (before.learning_rate, before.config.learning_rate) == (0.1, 0.1)
    assert store.observe(before.id)[1].rate_changes == []
    assert left_behind(store, train(store, later)) == left_behind(store, run)
    before = train(store, before)
    assert left_behind(store, before)["metrics"][:201] == left_behind(store, run)["metrics"][:201]


def test_a_branch_stands_by_itself(mine, yours, store, parent):
    branch = mine.branch(parent, 200)
    yours.delete(parent.id)
    with store.writing() as db:
        for table in (*schema.LEFT_BEHIND, schema.checkpoints):
            db.execute(table.delete().where(table.c.run == parent.id))
        db.execute(schema.runs.delete().where(schema.runs.c.id == parent.id))
    assert train(store, branch).status == "finished"


def test_a_branch_at_the_end_has_somewhere_to_go(mine, store, corpus):
    run = train(store, mine.create(corpus, replace(SMALL, iterations=200)))
    branch = mine.branch(run, 200)
    assert (branch.iterations, branch.active) == (201, True)


def test_where_nothing_is_kept_there_is_no_branch(mine, store, parent):
    for iteration in (3, 451):
        with pytest.raises(KeyError):
            mine.branch(parent, iteration)
    with store.writing() as db:  # version 1 kept the weights alone
        db.execute(schema.snapshots.update().values(seconds=None))
    with pytest.raises(KeyError):
        mine.branch(parent, 200)
    assert mine.runs() == []


def test_a_branch_stays_within_the_limits(mine, parent, monkeypatch):
    with pytest.raises(ValueError, match="learning_rate"):
        mine.branch(parent, 200, learning_rate=100.0)
    monkeypatch.setenv("CHARRNN_WEIGHTS", "10")
    with pytest.raises(ValueError, match="allowed here"):
        mine.branch(parent, 200)
    assert mine.runs() == []


def test_a_run_whose_text_was_tidied_away_meanwhile_is_not_begun(mine, store, corpus):
    with store.writing() as db:
        db.execute(schema.corpora.delete())
    with pytest.raises(StoreError, match="bring it again"):
        mine.create(corpus, SMALL)
    assert store.add_corpus("cats", "the cat sat").sha256 != corpus.sha256
    assert mine.runs() == []


def test_going_back_before_it_diverged_finds_the_last_good_snapshot(store, parent):
    losses = [m[2] for m in store.observe(parent.id, points=10**6)[1].metrics]
    best = losses.index(min(losses))
    kept = store.snapshot_iterations(parent.id, complete=True)
    assert store.last_good(parent.id) == max(n for n in kept if n <= best)
    assert all(a < b for a, b in itertools.pairwise(kept))

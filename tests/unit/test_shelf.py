"""What is on a visitor's shelf, and that nothing on it is within the reach of another."""

import pytest

from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.shelf import MAX_NAME_LENGTH, Shelf

SMALL = RunConfig(hidden_size=8, sample_interval=100, iterations=500)


@pytest.fixture
def stranger(store):
    return Shelf(store, "s" * 32)


@pytest.fixture
def run(shelf, corpus):
    return shelf.create(corpus, SMALL)


def test_runs_are_numbered_in_their_own_workspace_and_the_newest_comes_first(
    shelf, stranger, corpus
):
    mine = [shelf.create(corpus, SMALL) for _ in range(3)]
    theirs = stranger.create(corpus, SMALL)
    assert [run.number for run in mine] == [1, 2, 3]
    assert theirs.number == 1
    assert [run.id for run in shelf.runs()] == [run.id for run in reversed(mine)]
    assert [run.id for run in stranger.runs()] == [theirs.id]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda shelf, run: shelf.run(run.id),
        lambda shelf, run: shelf.viewed(run.id),
        lambda shelf, run: shelf.wish(run.id, desired="paused"),
        lambda shelf, run: shelf.rename(run.id, "mine"),
        lambda shelf, run: shelf.delete(run.id),
        lambda shelf, run: shelf.restore(run.id),
        lambda shelf, run: shelf.rename(run.view_key, "mine"),
        lambda shelf, run: shelf.delete(run.view_key),
        lambda shelf, run: shelf.wish(run.view_key, desired="paused"),
    ],
)
def test_nobody_reaches_or_changes_another_s_run(shelf, stranger, run, attempt):
    before = shelf.run(run.id)
    with pytest.raises(KeyError):
        attempt(stranger, run)
    assert shelf.run(run.id) == before


def test_a_view_key_lets_others_look_until_the_run_is_thrown_away(shelf, stranger, run):
    assert stranger.viewed(run.view_key).id == run.id
    shelf.delete(run.id)
    with pytest.raises(KeyError):
        stranger.viewed(run.view_key)


def test_a_deleted_run_is_off_the_shelf_and_rests_and_comes_back(shelf, store, run):
    shelf.delete(run.id)
    assert shelf.runs() == store.wanted() == []
    with pytest.raises(KeyError):
        shelf.run(run.id)
    shelf.restore(run.id)
    back = shelf.run(run.id)
    assert (back.desired, back.deleted_at, back.number) == ("paused", None, run.number)


def test_a_name_is_one_line_of_some_length_and_none_is_the_number(shelf, run):
    shelf.rename(run.id, "  two \n lines\t")
    assert shelf.run(run.id).title == "two lines"
    shelf.rename(run.id, "x" * 100)
    assert shelf.run(run.id).title == "x" * MAX_NAME_LENGTH
    shelf.rename(run.id, " ")
    assert shelf.run(run.id).title == "Run 1"


def test_a_branch_begins_where_its_parent_was_and_stands_by_itself(shelf, store, run, work):
    work(run)
    branch = shelf.branch(store.run(run.id), 200, learning_rate=0.03)
    assert (branch.parent, branch.branched_at, branch.iteration) == (run.id, 200, 200)
    assert (branch.learning_rate, branch.config.learning_rate) == (0.03, 0.03)
    assert store.snapshot_iterations(branch.id) == [0, 1, 2, 5, 10, 20, 50, 100, 200]
    begun = state_from_bytes(store.checkpoint(branch.id)[1])
    assert int(begun["iteration"]) == 200
    left_behind = [store.observe(r.id, points=1000)[1] for r in (run, branch)]
    for name in ("metrics", "evaluations"):
        before, copied = (getattr(history, name) for history in left_behind)
        assert copied == [row for row in before if row[0] <= 200]
    assert left_behind[1].sample_iterations == [0, 100, 200]
    shelf.delete(run.id)
    done = work(branch)
    assert done.iteration == 500
    assert store.observe(branch.id)[1].rate_changes == [(200, 0.03)]
    assert store.sample(branch.id, 500) != store.sample(run.id, 500)


def test_a_branch_with_nothing_changed_ends_like_its_parent_to_the_last_bit(
    shelf, store, run, work
):
    work(run)
    branch = work(shelf.branch(store.run(run.id), 100))
    ends = [state_from_bytes(store.checkpoint(r.id)[1]) for r in (run, branch)]
    assert all((ends[0][name] == ends[1][name]).all() for name in ends[0])


def test_there_is_no_branch_from_where_nothing_is_kept(shelf, store, run, work):
    work(run)
    with pytest.raises(KeyError):
        shelf.branch(store.run(run.id), 300)
    assert len(shelf.runs()) == 1

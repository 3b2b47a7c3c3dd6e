"""A visitor's runs: nobody else can change them, and they can be named, branched and deleted."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import RunNotFound, StoreError, TextNotShared
from charrnn.runs.store import incomplete, schema, workspace
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from charrnn.runs.texts.names import MAX_NAME_LENGTH
from tests.support.uninterrupted import stored_rows
from tests.support.workers import work

SMALL = RunConfig(hidden_size=8, iterations=450, sample_interval=100, sample_length=30)


@pytest.fixture
def mine(store):
    return Workspace(store, "mine")


@pytest.fixture
def yours(store):
    return Workspace(store, "yours")


# --- Ownership ----------------------------------------------------------------------------------


def test_workspace_lists_its_own_runs_newest_first_and_numbers_them(mine, yours, corpus):
    first, other, second = (workspace.create(corpus, SMALL) for workspace in (mine, yours, mine))
    assert mine.runs() == [second, first]
    assert yours.runs() == [other]
    assert [run.title for run in mine.runs()] == ["Run 2", "Run 1"]
    assert other.title == "Run 1"


def test_run_of_another_workspace_cannot_be_changed_by_its_id(mine, yours, store, corpus):
    run = yours.create(corpus, SMALL)
    for access in (
        lambda: mine.run(run.id),
        lambda: mine.request(run.id, desired="paused"),
        lambda: mine.rename(run.id, "mine now"),
        lambda: mine.delete(run.id),
        lambda: mine.restore(run.id),
        lambda: mine.share_text(run.id, True),
        lambda: mine.withdraw_link(run.id),
    ):
        with pytest.raises(KeyError):
            access()
    assert store.runs.get(run.id) == run
    assert mine.runs() == []


def test_view_key_lets_others_view_a_run_but_not_change_it(mine, yours, corpus):
    run = yours.create(corpus, SMALL)
    assert mine.viewed(run.view_key) == run
    assert run.view_key not in (run.id, run.workspace)
    with pytest.raises(KeyError):
        mine.request(run.view_key, desired="paused")
    with pytest.raises(KeyError):
        mine.viewed("another key")
    with pytest.raises(KeyError):
        mine.viewed("a key from a \0 link")
    yours.delete(run.id)
    with pytest.raises(KeyError):
        mine.viewed(run.view_key)


def test_id_lets_others_view_a_run_until_its_link_is_withdrawn(mine, yours, corpus):
    run = yours.create(corpus, SMALL)
    yours.share_text(run.id, True)
    assert mine.viewed(run.id) == mine.viewed(run.view_key) == yours.run(run.id)
    yours.withdraw_link(run.id)
    for key in (run.id, run.view_key):
        with pytest.raises(KeyError):
            mine.viewed(key)
    renewed = yours.run(run.id)
    assert mine.viewed(renewed.view_key) == renewed
    assert not renewed.shares_text
    yours.withdraw_link(run.id)
    with pytest.raises(KeyError):
        mine.viewed(renewed.view_key)


def test_a_workspace_is_in_use_once_it_has_a_run_or_a_text(mine, yours, corpus):
    assert not mine.in_use()
    mine.delete(mine.create(corpus, SMALL).id)
    assert mine.in_use()
    assert not yours.in_use()
    yours.add_text("poem", "the owl sat in the oak")
    assert yours.in_use()


def test_requests_change_the_desired_state_of_an_own_run(mine, store, corpus):
    run = mine.create(corpus, SMALL, pause_at=50)
    mine.request(run.id, learning_rate=0.05)
    assert store.runs.get(run.id).learning_rate == 0.05
    assert store.runs.get(run.id).pause_at == 50


def test_copy_of_a_run_records_its_parent(mine, corpus):
    run = mine.create(corpus, SMALL)
    copy = mine.create(corpus, SMALL, parent=run.id)
    assert (copy.parent, copy.branched_at) == (run.id, None)


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
def test_name_is_one_line_without_invisible_characters(mine, corpus, name, title):
    run = mine.create(corpus, SMALL)
    mine.rename(run.id, "before")
    mine.rename(run.id, name)
    assert mine.run(run.id).title == title


def test_long_name_is_shortened(mine, corpus):
    run = mine.create(corpus, SMALL)
    mine.rename(run.id, "long " * 100)
    assert len(mine.run(run.id).name) <= MAX_NAME_LENGTH


# --- Deleting and restoring ---------------------------------------------------------------------


def test_deleted_run_is_gone_until_it_is_restored(mine, store, corpus):
    run, other = mine.create(corpus, SMALL), mine.create(corpus, SMALL)
    mine.delete(run.id)
    assert mine.runs() == [other]
    assert not store.runs.get(run.id).active
    assert store.runs.runnable() == [other]
    with pytest.raises(KeyError):
        mine.run(run.id)
    mine.restore(run.id)
    assert [r.id for r in mine.runs()] == [other.id, run.id]
    assert mine.run(run.id).desired == "paused"
    mine.request(run.id, desired="running")
    assert store.runs.get(run.id).active


def test_number_of_a_deleted_run_is_not_used_again(mine, corpus):
    mine.delete(mine.create(corpus, SMALL).id)
    assert mine.create(corpus, SMALL).number == 2


# --- Branches -----------------------------------------------------------------------------------


@pytest.fixture
def parent(store, yours, corpus):
    run = work(store, yours.create(corpus, SMALL))
    assert run.status == "finished"
    yours.share_text(run.id, True)
    return store.runs.get(run.id)


@pytest.mark.parametrize("iteration", [0, 5, 200])
def test_branch_repeats_its_parent_bit_by_bit(mine, store, parent, iteration):
    branch = mine.branch(parent, iteration)
    assert (branch.workspace, branch.number) == ("mine", 1)
    assert (branch.parent, branch.branched_at) == (parent.id, iteration)
    assert (branch.iteration, branch.active) == (iteration, True)
    copied = stored_rows(store, branch)
    past = stored_rows(store, parent, until=iteration)
    assert copied.pop("checkpoints")
    past.pop("checkpoints")
    assert copied == past
    branch = work(store, branch)
    assert stored_rows(store, branch) == stored_rows(store, parent)
    assert branch.smooth_loss == parent.smooth_loss
    assert branch.best_smooth_loss == parent.best_smooth_loss
    assert branch.recent_loss == pytest.approx(parent.recent_loss)


def test_branch_has_the_losses_and_baselines_of_its_parent_at_the_snapshot(mine, store, parent):
    branch = mine.branch(parent, 50)
    metrics = store.history.observe(parent.id, points=1000)[1].metrics[:51]
    assert branch.recent_loss == pytest.approx(sum(row[1] for row in metrics[1:]) / 50)
    assert branch.best_smooth_loss == min(row[2] for row in metrics)
    assert branch.baselines == parent.baselines is not None


def test_branch_starts_with_the_training_time_of_its_snapshot(mine, store, parent):
    branch = mine.branch(parent, 200)
    assert 0 < branch.seconds < parent.seconds
    own, parents = (store.history.observe(r.id, points=1000)[1].metrics for r in (branch, parent))
    assert own == parents[:201]


def test_branch_with_another_learning_rate_differs_from_the_next_update_on(mine, store, parent):
    branch = work(store, mine.branch(parent, 200, learning_rate=0.01))
    assert store.history.observe(branch.id)[1].rate_changes == [(200, 0.01)]
    found, expected = stored_rows(store, branch), stored_rows(store, parent)
    assert found["metrics"][:201] == expected["metrics"][:201]
    assert found["metrics"][201] == expected["metrics"][201]  # measured before the first step
    assert found["metrics"][202:] != expected["metrics"][202:]


def test_branch_uses_the_learning_rate_of_its_parent_at_the_snapshot(mine, yours, store, corpus):
    run = work(store, yours.create(corpus, SMALL, pause_at=200))
    yours.share_text(run.id, True)
    store.runs.request(run.id, learning_rate=0.01, desired="running")
    run = work(store, run)
    assert store.history.observe(run.id)[1].rate_changes == [(200, 0.01)]
    before, later = mine.branch(run, 200), mine.branch(run, 200, learning_rate=0.01)
    assert (before.learning_rate, before.config.learning_rate) == (0.1, 0.1)
    assert store.history.observe(before.id)[1].rate_changes == []
    assert stored_rows(store, work(store, later)) == stored_rows(store, run)
    before = work(store, before)
    assert stored_rows(store, before)["metrics"][:201] == stored_rows(store, run)["metrics"][:201]


def test_branch_survives_the_removal_of_its_parent(mine, yours, store, parent):
    branch = mine.branch(parent, 200)
    yours.delete(parent.id)
    with store.database.writing() as db:
        for table in (*schema.HISTORY_TABLES, schema.checkpoints):
            db.execute(table.delete().where(table.c.run == parent.id))
        db.execute(schema.runs.delete().where(schema.runs.c.id == parent.id))
    assert work(store, branch).status == "finished"


def test_branch_takes_along_no_more_snapshots_than_it_may_copy(mine, store, parent, monkeypatch):
    until_branch = [n for n in store.snapshots.iterations(parent.id) if n <= 200]
    size = len(store.snapshots.get(parent.id, 200))
    for most in (0, 1, 3, 100):
        monkeypatch.setattr(workspace, "MAX_COPIED_BYTES", most * size)
        branch = mine.branch(parent, 200)
        assert store.snapshots.iterations(branch.id) == until_branch[-most:] * (most > 0)
        assert store.snapshots.checkpoint_iteration(branch.id) == 200


def test_branch_that_fails_leaves_nothing(mine, yours, store, parent, monkeypatch):
    before = stored_rows(store, parent), mine.runs(), yours.runs()
    monkeypatch.setattr(incomplete.IncompleteRun, "complete", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mine.branch(parent, 200)
    assert (stored_rows(store, parent), mine.runs(), yours.runs()) == before
    with store.database.reading() as db:
        for table in (*schema.HISTORY_TABLES, schema.checkpoints):
            assert set(db.execute(select(table.c.run)).scalars()) <= {parent.id}
        assert list(db.execute(select(schema.runs.c.id)).scalars()) == [parent.id]
        assert db.execute(select(schema.corpora)).first()


def test_branch_from_the_last_iteration_can_still_train(mine, store, corpus):
    run = work(store, mine.create(corpus, replace(SMALL, iterations=200)))
    branch = mine.branch(run, 200)
    assert (branch.iterations, branch.active) == (201, True)


def test_branch_from_the_checkpoint_repeats_its_parent_bit_by_bit(mine, yours, store, corpus):
    run = work(store, yours.create(corpus, SMALL, pause_at=273))
    yours.share_text(run.id, True)
    assert mine.learning_rate_at(run, None) == 0.1
    branch = mine.branch(run, None)
    assert (branch.branched_at, branch.iteration) == (273, 273)
    store.runs.request(run.id, desired="running", pause_at=None)
    run, branch = work(store, run), work(store, branch)
    assert stored_rows(store, branch) == stored_rows(store, run)


def test_branch_from_the_checkpoint_needs_one(mine, yours, corpus):
    run = yours.create(corpus, SMALL)
    yours.share_text(run.id, True)
    with pytest.raises(KeyError):
        mine.branch(run, None)
    assert mine.runs() == []


def test_branch_needs_a_complete_snapshot(mine, store, parent):
    for iteration in (3, 451):
        with pytest.raises(KeyError):
            mine.branch(parent, iteration)
    with store.database.writing() as db:  # version 1 saved only the weights
        db.execute(schema.snapshots.update().values(seconds=None))
    with pytest.raises(KeyError):
        mine.branch(parent, 200)
    assert mine.runs() == []


def test_branch_must_be_within_the_limits(mine, parent, monkeypatch):
    with pytest.raises(ValueError, match="learning_rate"):
        mine.branch(parent, 200, learning_rate=100.0)
    monkeypatch.setenv("CHARRNN_WEIGHTS", "10")
    with pytest.raises(ValueError, match="allowed here"):
        mine.branch(parent, 200)
    assert mine.runs() == []


def test_run_cannot_be_created_after_its_text_was_pruned(mine, store, corpus):
    with store.database.writing() as db:
        db.execute(schema.corpora.delete())
    with pytest.raises(StoreError, match="upload it again"):
        mine.create(corpus, SMALL)
    assert store.corpora.add("cats", "the cat sat").sha256 != corpus.sha256
    assert mine.runs() == []


def test_no_branch_without_the_text_of_its_parent(mine, yours, store, parent):
    yours.share_text(parent.id, False)
    with pytest.raises(TextNotShared, match="ask its owner"):
        mine.branch(parent, 200)
    assert yours.branch(parent, 200).parent == parent.id
    yours.share_text(parent.id, True)
    assert mine.branch(parent, 200).parent == parent.id
    yours.withdraw_link(parent.id)  # while a page of mine still shows it
    yours.share_text(parent.id, True)
    with pytest.raises(RunNotFound):
        mine.branch(parent, 200)
    assert len(mine.runs()) == 1


def test_everybody_may_branch_from_a_run_on_a_text_of_the_library(mine, yours, store):
    entry = library.available()[0]
    corpus = store.corpora.add(entry.title, library.load(entry.key))
    run = work(store, yours.create(corpus, SMALL, pause_at=100))
    assert mine.branch(run, 100).text_name == entry.title


# --- Texts --------------------------------------------------------------------------------------


def test_a_workspace_has_the_texts_it_uploaded_each_under_its_own_name(mine, yours):
    sha256 = mine.add_text("poem", "the owl sat in the oak").sha256
    with pytest.raises(KeyError):
        yours.own_text(sha256)
    yours.add_text("owls", "the owl sat in the oak")
    mine.add_text("poem", "the owl sat in the oak")
    assert (mine.own_text(sha256), yours.own_text(sha256)) == ("poem", "owls")


def test_a_workspace_has_the_texts_of_its_runs_until_they_are_deleted(mine, yours, corpus):
    run = mine.create(corpus, SMALL)
    assert mine.own_text(corpus.sha256) == corpus.name
    with pytest.raises(KeyError):
        yours.own_text(corpus.sha256)
    mine.delete(run.id)
    with pytest.raises(KeyError):
        mine.own_text(corpus.sha256)


def test_nobody_learns_what_others_call_the_same_text(mine, yours, store):
    text = "the owl sat in the oak\n" * 20
    secret = yours.add_text("Resignation of J. Doe.txt", text)
    theirs = work(store, yours.create(secret, SMALL, pause_at=100))
    corpus = mine.add_text("owls", text)
    run = mine.create(corpus, SMALL)
    assert corpus.sha256 == secret.sha256
    assert (corpus.name, run.text_name, mine.own_text(corpus.sha256)) == ("owls",) * 3
    assert store.corpora.get(corpus.sha256).name == ""
    yours.share_text(theirs.id, True)
    assert mine.branch(yours.run(theirs.id), 100).text_name == theirs.text_name

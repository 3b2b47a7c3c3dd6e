"""A branch continues a run from a saved state, bit by bit, and stands on its own."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from charrnn.runs.errors import RunNotFound, StoreError, TextNotShared
from charrnn.runs.store import incomplete, schema, workspace
from charrnn.runs.texts import library
from tests.support.uninterrupted import stored_rows
from tests.support.workers import SMALL, work


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


def test_branch_from_the_last_iteration_trains_for_as_long_again(mine, store, corpus):
    run = work(store, mine.create(corpus, replace(SMALL, iterations=200)))
    branch = mine.branch(run, 200)
    assert (branch.iterations, branch.active) == (400, True)


def test_branch_from_the_end_of_a_decay_can_decay_again(mine, store, corpus):
    config = replace(SMALL, iterations=200, schedule="cosine", decay_epochs=1, decay_to=0.01)
    run = work(store, mine.create(corpus, config))
    as_before, again = mine.branch(run, 200), mine.branch(run, 200, decays_again=True)
    assert as_before.config.share_of_rate(200, corpus.characters) == 0.01
    assert again.config.share_of_rate(200, corpus.characters) == pytest.approx(0.5, abs=0.01)
    assert again.config.share_of_rate(again.iterations, corpus.characters) == 0.01


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

"""A visitor's runs: nobody else can change them, and they can be named, deleted and restored."""

import pytest

from charrnn.runs.texts.names import MAX_NAME_LENGTH
from tests.support.workers import SMALL, work

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

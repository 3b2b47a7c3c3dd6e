"""Another visitor's run: its link shows what its owner decided, and changes nothing."""

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.errors import TextNotShared
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from charrnn.ui.shared.snapshots import Subject
from tests.support.store import SMALL, TEXT, WORKSPACE
from tests.support.train_page import as_read, buttons, click, words
from tests.support.visitor import enter


@pytest.fixture
def theirs(store, corpus, work):
    """A run of another visitor."""
    return work(Workspace(store, "s" * 32).create(corpus, SMALL, pause_at=250))


@pytest.fixture
def owner(store):
    return Workspace(store, "s" * 32)


@pytest.mark.parametrize("key", ["id", "view_key"])
def test_a_shared_run_cannot_be_changed(open_page, theirs, owner, store, workspace, key):
    """Neither by its read-only link nor by its bare address."""
    owner.share_text(theirs.id, True)
    theirs = store.runs.get(theirs.id)
    page = open_page(run=getattr(theirs, key))
    assert "You are viewing another visitor's run" in words(page)
    assert buttons(page) == {"Train"}
    assert len(page.get("menu_button")) == 0
    page.select_slider(key="learning_rate_slider").set_value(0.01).run()
    page.select_slider(key="iterations_slider").set_value(1_000_000).run()
    assert store.runs.get(theirs.id) == theirs
    click(page, "Train")  # a run of one's own with the same settings
    mine = workspace.runs()[0]
    assert (mine.workspace, mine.sha256) == (workspace.key, theirs.sha256)
    assert (mine.config.learning_rate, mine.config.iterations) == (0.01, 1_000_000)
    assert store.runs.get(theirs.id) == theirs


def test_a_shared_run_does_not_offer_to_resume(open_page, theirs, store):
    store.runs.request(theirs.id, iterations=theirs.iteration)
    text = words(open_page(run=theirs.view_key))
    assert "Iteration 250 of 250 · done" in text
    assert "Resume" not in text


@pytest.mark.parametrize("forged", ["", "short", "w" * 65, "../" * 10, "w" * 31 + "!"])
def test_a_forged_workspace_key_opens_no_runs(open_page, cats, store, forged):
    page = open_page(key="", w=forged, run=cats.id)
    assert "This link opens no runs" in page.warning[0].value
    assert buttons(page) == {"Train"}
    assert store.runs.get(cats.id) == cats


# --- What the link gives of the text ------------------------------------------------------------

PAGES = ("", "alphabet", "inside", "compare", "write")
PASSAGE = "zebra quilts hum"  # too short for the network to learn it by heart


@pytest.fixture
def secret(owner, work):
    """Another visitor's run on a text that nobody else has."""
    corpus = owner.add_text("Letter to J. Doe.txt", f"{PASSAGE}\n{TEXT}")
    return work(owner.create(corpus, SMALL, pause_at=250))


def address(at: str, key: str) -> dict[str, str]:
    """The parameters with which the page at this path shows a run."""
    return {"compare" if at == "compare" else "run": key}


def everything(page) -> str:
    """All that the page sends to the browser."""
    return as_read(str(page)) + words(page) + str([e.proto for e in page.get("bidi_component")])


@pytest.mark.parametrize("at", PAGES)
@pytest.mark.parametrize("key", ["id", "view_key"])
def test_without_the_text_no_page_shows_it_or_says_what_is_copied_from_it(
    open_page, secret, at, key
):
    page = open_page(at, **address(at, getattr(secret, key)))
    assert not page.exception
    shown = everything(page)
    assert "Letter to" not in shown
    assert PASSAGE not in shown
    assert "<mark" not in shown
    assert 'class="meter"' not in shown
    assert not [b.label for b in page.button if b.label.startswith("Branch")]
    assert "Create the new text" not in buttons(page)


@pytest.mark.parametrize("at", PAGES)
def test_with_the_text_the_pages_show_it(open_page, owner, secret, at):
    owner.share_text(secret.id, True)
    page = open_page(at, **address(at, secret.view_key))
    assert not page.exception
    if at == "alphabet":
        assert "Create the new text" in buttons(page)
    elif at == "inside":
        assert page.button_group(key="reads").options[0] == "the text"
    else:
        assert 'class="meter"' in everything(page)


def test_without_the_text_no_page_can_read_it(secret):
    subject = Subject.of_run(secret)
    assert secret.text_name not in subject.corpus.name
    for read in (lambda: subject.ids, lambda: subject.table, lambda: subject.counts):
        with pytest.raises(TextNotShared):
            read()


def test_without_the_text_train_uses_a_text_of_the_viewers(open_page, secret, workspace, started):
    page = open_page(run=secret.view_key)
    assert "the link does not include its text" in words(page)
    assert page.number_input(key="hidden_size").value == secret.config.hidden_size
    click(page, "Train")
    (mine,) = workspace.runs()
    assert mine.sha256 != secret.sha256
    assert mine.config.hidden_size == secret.config.hidden_size
    with pytest.raises(KeyError):
        workspace.own_text(secret.sha256)


@pytest.mark.parametrize("withdraws", [False, True], ids=["text", "link"])
def test_a_text_that_is_no_longer_shared_cannot_be_trained_on(
    open_page, owner, secret, workspace, started, withdraws
):
    owner.share_text(secret.id, True)
    page = open_page(run=secret.view_key)
    assert page.selectbox[0].value == secret.sha256
    if withdraws:
        owner.withdraw_link(secret.id)
    else:
        owner.share_text(secret.id, False)
    click(page, "Train")
    page.run()
    assert all(run.sha256 != secret.sha256 for run in workspace.runs())
    assert page.selectbox[0].value != secret.sha256
    assert PASSAGE not in everything(page)


@pytest.mark.parametrize("at", PAGES)
@pytest.mark.parametrize("key", ["id", "view_key"])
def test_a_withdrawn_link_opens_nothing_even_where_the_page_was_open(
    open_page, owner, secret, at, key
):
    link = address(at, getattr(secret, key))
    page = open_page(at, **link)
    owner.withdraw_link(secret.id)
    for withdrawn in (page.run(), open_page(at, **link)):
        assert not withdrawn.exception
        assert "in this link was not found" in words(withdrawn)
        assert secret.view_key not in str(withdrawn.query_params)
        assert secret.id not in str(withdrawn.query_params)
    renewed = owner.run(secret.id).view_key
    page = open_page(at, **address(at, renewed))
    assert "was not found" not in words(page)


def test_a_run_of_a_library_text_can_be_trained_on_by_everyone(
    open_page, store, owner, workspace, work, started
):
    entry = library.available()[0]
    corpus = store.corpora.add(entry.title, library.load(entry.key))
    run = work(owner.create(corpus, SMALL, pause_at=100))
    page = open_page(run=run.view_key)
    click(page, "Train")
    assert workspace.runs()[0].sha256 == run.sha256


# --- The dialog of the owner --------------------------------------------------------------------


def the_share_dialog():
    """The dialog for the newest run, drawn on every rerun."""
    from charrnn.ui import selection, services
    from charrnn.ui.shared.run_actions import share

    selection.read_url("Train")
    share.share(services.workspace().runs()[0])


def test_the_owner_decides_whether_the_link_gives_the_text_and_withdraws_it(store, cats, workspace):
    dialog = enter(AppTest.from_function(the_share_dialog, default_timeout=60)).run()
    assert dialog.toggle[0].value is False
    assert "The text stays with you" in words(dialog)
    assert f"?run={cats.view_key}" in dialog.code[0].value
    dialog.toggle[0].set_value(True).run()
    assert not dialog.exception
    assert "They can read the text" in words(dialog)
    assert workspace.run(cats.id).shares_text
    click(dialog, "Withdraw the link")
    run = workspace.run(cats.id)
    assert (run.shares_text, run.opens_by_id) == (False, False)
    assert run.view_key != cats.view_key
    assert f"?run={run.view_key}" in dialog.code[0].value
    assert "The old link is withdrawn" in dialog.success[0].value
    assert WORKSPACE not in words(dialog)


def test_the_dialog_says_that_a_library_text_is_for_everyone(store, workspace):
    entry = library.available()[0]
    workspace.create(store.corpora.add(entry.title, library.load(entry.key)), SMALL)
    dialog = enter(AppTest.from_function(the_share_dialog, default_timeout=60)).run()
    assert not dialog.exception
    assert len(dialog.toggle) == 0
    assert "comes with charrnn" in words(dialog)

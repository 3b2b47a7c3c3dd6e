"""An uploaded or pasted text: Train trains it, a reload keeps it, and nobody else can open it."""

import pytest

from tests.support.train_page import buttons, click, lines, words
from tests.ui.conftest import go

POEM = "the owl sat in the oak and sang to the moon\n" * 20


def source(page, name: str) -> None:
    page.segmented_control(key="source").set_value(name).run()


def paste(page, text: str = POEM) -> None:
    source(page, "Paste")
    page.text_area(key="paste").set_value(text).run()


def kinds(page) -> dict[str, str]:
    """label -> type of each enabled button."""
    return {b.label: b.proto.type for b in page.button if not b.disabled}


# --- The main button trains what the sidebar shows ----------------------------------------------


def test_with_another_text_the_main_button_is_train_and_resume_comes_second(open_page, cats):
    page = open_page(run=cats.id)
    assert kinds(page)["Resume"] == "primary"
    paste(page)
    assert kinds(page) | {"Train": "primary", "Resume": "secondary"} == kinds(page)


def test_a_text_pasted_just_before_the_click_on_resume_is_trained(
    open_page, store, shown_run, cats, started
):
    page = open_page(run=cats.id)
    source(page, "Paste")
    page.text_area(key="paste").set_value(POEM)
    click(page, "Resume")
    assert store.corpora.text(shown_run(page).sha256) == POEM
    assert started == [shown_run(page).id]
    assert store.runs.get(cats.id).desired == "paused"


def test_a_text_pasted_just_before_the_click_on_pause_pauses(open_page, store, shown_run, cats):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)
    source(page, "Paste")
    page.text_area(key="paste").set_value(POEM)
    click(page, "Pause")
    assert shown_run(page).id == cats.id
    assert not shown_run(page).active
    assert "Train" in buttons(page)


def test_the_second_resume_continues_the_run_beside_another_text(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    paste(page)
    click(page, "Resume")
    assert (shown_run(page).id, shown_run(page).active) == (cats.id, True)


# --- A file that has not arrived yet ------------------------------------------------------------


@pytest.mark.parametrize(("label", "pause_at"), [("Train", None), ("Step", 1)])
def test_a_click_before_the_file_has_arrived_waits_for_it(
    open_page, store, shown_run, started, label, pause_at
):
    page = open_page()
    source(page, "Upload")
    assert lines(page, "Train will wait for your file")
    click(page, label)
    assert started == []
    assert "Training starts as soon as your file is here" in words(page)
    page.file_uploader[0].upload("poem.txt", POEM.encode()).run()
    assert not page.exception
    assert store.corpora.text(shown_run(page).sha256) == POEM
    assert shown_run(page).pause_at == pause_at
    assert started == [shown_run(page).id]
    page.run()
    assert len(started) == 1


def test_a_file_that_arrives_with_the_click_is_trained(open_page, store, shown_run):
    page = open_page()
    source(page, "Upload")
    page.file_uploader[0].upload("poem.txt", POEM.encode())
    click(page, "Train")
    assert store.corpora.text(shown_run(page).sha256) == POEM


def test_a_file_that_is_no_text_ends_the_wait(open_page, started):
    page = open_page()
    source(page, "Upload")
    click(page, "Train")
    page.file_uploader[0].upload("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256))).run()
    assert "PNG" in words(page)
    page.file_uploader[0].upload("poem.txt", POEM.encode()).run()
    assert started == []


def test_an_uploaded_text_is_trained_after_a_visit_to_another_page(
    open_page, store, shown_run, started
):
    page = open_page()
    source(page, "Upload")
    page.file_uploader[0].upload("poem.txt", POEM.encode()).run()
    go(page, "alphabet")
    page.run()
    go(page, "")
    page.run()
    assert lines(page, "Train will wait for your file") == []
    assert store.corpora.text(chosen(page)) == POEM
    click(page, "Train")
    assert store.corpora.text(shown_run(page).sha256) == POEM
    assert len(started) == 1


def test_turning_to_another_text_ends_the_wait(open_page, started):
    page = open_page()
    source(page, "Upload")
    click(page, "Train")
    source(page, "Pick")
    source(page, "Upload")
    page.file_uploader[0].upload("poem.txt", POEM.encode()).run()
    assert started == []


# --- Reload -------------------------------------------------------------------------------------


def reload(page, open_page, **others):
    """The page in a new session, with the address that the first one shows."""
    names = [name for name in ("run", "text") if name in page.query_params]
    return open_page(**{name: page.query_params[name] for name in names} | others)


def chosen(page) -> str:
    return page.selectbox[0].value


@pytest.mark.parametrize("begun", [False, True])
def test_a_pasted_text_survives_a_reload(open_page, store, shown_run, cats, begun):
    page = open_page(run=cats.id) if begun else open_page()
    paste(page)
    page = reload(page, open_page)
    assert store.corpora.text(chosen(page)) == POEM
    assert any("Pasted: the owl sat" in name for name in page.selectbox[0].options)
    click(page, "Train")
    assert store.corpora.text(shown_run(page).sha256) == POEM
    assert "text" not in page.query_params  # the run has it


def test_an_uploaded_text_survives_a_reload(open_page, store):
    page = open_page()
    source(page, "Upload")
    page.file_uploader[0].upload("poem.txt", POEM.encode()).run()
    assert store.corpora.text(chosen(reload(page, open_page))) == POEM


def test_the_text_of_a_run_survives_a_reload_after_reset(open_page, cats):
    page = open_page(run=cats.id)
    click(page, "Reset")
    assert chosen(reload(page, open_page)) == cats.sha256


def test_a_ready_made_text_is_not_named_in_the_address(open_page):
    page = open_page()
    page.selectbox[0].select("brackets").run()
    assert "text" not in page.query_params


def test_the_hash_of_a_text_opens_it_for_nobody_else(open_page, cats, corpus):
    """A hash is no key: a saved run contains that of its text, even if saved without the text."""
    page = open_page()
    paste(page)
    theirs = page.query_params["text"]
    theirs = theirs[0] if isinstance(theirs, list) else theirs
    for sha256 in (theirs, corpus.sha256):
        other = open_page(key="v" * 32, text=sha256)
        assert chosen(other) not in (theirs, corpus.sha256)
        assert "owl" not in words(other)
        assert "text" not in other.query_params


@pytest.mark.parametrize("forged", ["", "x", "0" * 64, "\x00" * 64, "'; DROP TABLE uploads; --"])
def test_a_forged_text_in_the_address_is_ignored(open_page, forged):
    page = open_page(text=forged)
    assert not page.exception
    assert "Train" in buttons(page)
    assert "text" not in page.query_params

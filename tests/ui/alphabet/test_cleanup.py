"""Cleaning up a copy of a text, on the Alphabet page."""

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store.workspace import Workspace
from tests.support.alphabet_page import texts
from tests.support.train_page import click


def test_cleanup_is_previewed_and_creates_a_new_text_beside_the_old_one(open_alphabet, store):
    text = "“ab”–\n" * 20 + "xyz"
    page = open_alphabet(text=text)
    before = page.session_state["text"]
    assert "63 of 123 characters change. The vocabulary goes from 9 to 5 characters" in texts(page)
    listed = 'replaced: – → - ×20   “ → " ×20   ” → " ×20\ndropped: x ×1   y ×1   z ×1'
    assert listed in [code.value.replace("\u00a0", " ") for code in page.code]
    click(page, "Create the new text")
    after = page.session_state["text"]
    assert store.corpora.text(after) == '"ab"-\n' * 20
    assert store.corpora.text(before) == text
    assert page.session_state["own_texts"][after] == "A *text* of <b>mine</b>, cleaned up"


def test_cleanup_of_spaces_marks_and_accents_is_previewed_with_counts(open_alphabet, store):
    page = open_alphabet(text="e\u0301t\u00e9\u00a0a\u200e\n" * 20)
    assert "Nothing to clean up: these choices leave the text as it is." in texts(page)
    for label in ("Make no-break spaces ordinary", "Drop invisible marks", "Compose accents (NFC)"):
        next(box for box in page.checkbox if box.label == label).check()
    page.run()
    assert not page.exception
    assert (
        "40 characters are composed. 40 of 140 characters change. The vocabulary goes "
        "from 8 to 5 characters"
    ) in texts(page)
    listed = "replaced: NBSP → ␣ ×20\ndropped: LRM ×20"
    assert listed in [code.value.replace("\u00a0", " ") for code in page.code]
    click(page, "Create the new text")
    assert store.corpora.text(page.session_state["text"]) == "été a\n" * 20


def test_choices_that_arrive_together_with_the_click_count(open_alphabet, store):
    page = open_alphabet(text="“ab”\n" * 20 + "x")
    page.button_group(key="rare").set_value("replace").run()
    page.text_input(key="replacement").set_value("?")
    page.checkbox(key="quotes").uncheck()
    click(page, "Create the new text")
    assert store.corpora.text(page.session_state["text"]) == "“ab”\n" * 20 + "?"


@pytest.mark.parametrize(
    ("choice", "said"), [("drop", "The new text would be too short"), ("keep", "Nothing to clean")]
)
def test_a_last_choice_that_leaves_too_little_or_nothing_to_do_creates_no_text(
    open_alphabet, choice, said
):
    page = open_alphabet(text="abc")
    page.button_group(key="rare").set_value("replace").run()
    before = page.session_state["text"]
    page.button_group(key="rare").set_value(choice)
    click(page, "Create the new text")
    assert page.session_state["text"] == before
    assert said in texts(page)


def test_cleaning_up_the_text_of_an_own_run_pauses_the_run_and_leaves_its_page(
    open_alphabet, store, workspace, started
):
    corpus = store.corpora.add("rare", "ab\n" * 40 + "xyz")
    run = workspace.create(corpus, RunConfig(hidden_size=8))
    page = open_alphabet(run=run.id)
    click(page, "Create the new text")
    assert store.corpora.text(page.session_state["text"]) == "ab\n" * 40
    assert "run" not in page.query_params
    paused = store.runs.get(run.id)
    assert (paused.sha256, paused.desired) == (corpus.sha256, "paused")


def test_cleaning_up_the_text_of_another_visitors_run_leaves_the_run_alone(
    open_alphabet, store, started
):
    corpus = store.corpora.add("rare", "ab\n" * 40 + "xyz")
    other = store.runs.create(corpus, RunConfig(hidden_size=8), workspace="t" * 32)
    Workspace(store, "t" * 32).share_text(other.id, True)
    page = open_alphabet(run=other.view_key)
    click(page, "Create the new text")
    assert store.corpora.text(page.session_state["text"]) == "ab\n" * 40
    assert store.runs.get(other.id).desired == "running"

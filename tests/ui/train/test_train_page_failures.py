"""Every failure on the Train page is one sentence, and the rest of the page still works."""

import pytest

from charrnn.runs.errors import StoreError
from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.records import Progress
from charrnn.runs.store.runs import Runs
from charrnn.ui.markdown import escape_markdown
from tests.support.train_page import as_read, buttons, click, lines, words


def test_a_link_to_an_unknown_run_is_a_warning_and_the_page_works(open_page, shown_run):
    page = open_page(run="nobody")
    assert not page.exception
    (text,) = (warning.value for warning in page.warning)
    assert "The run in this link was not found" in text
    click(page, "Train")
    assert shown_run(page).active


def test_a_failed_run_shows_why_and_can_be_resumed(open_page, shown_run, store, cats):
    store.leases.fail(cats.id, "The learning broke down: the loss became nan.")
    page = open_page(run=cats.id)
    assert [error.value for error in page.error] == [
        escape_markdown(store.runs.get(cats.id).message)
    ]
    assert "Iteration 250 of" in words(page)
    assert "Resume" in buttons(page)
    click(page, "Resume")
    assert shown_run(page).active
    assert len(page.error) == 0


def test_a_run_that_fails_while_it_is_viewed_shows_why(open_page, store, cats):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)
    assert store.leases.claim(cats.id, "worker")
    facts = {"status": "failed", "message": "It broke."}
    store.leases.publish(cats.id, "worker", facts, Progress())
    page.run()
    assert [as_read(error.value) for error in page.error] == ["It broke."]
    assert "Resume" in buttons(page)


def test_a_file_that_is_not_text_is_refused_and_the_selected_text_stays(open_page, shown_run):
    page = open_page()
    before = library_titles()[page.session_state["text"]]
    page.button_group(key="source").set_value("Upload").run()
    page.file_uploader[0].upload("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    page.run()
    assert not page.exception
    assert "PNG" in page.error[0].value
    assert lines(page, f"Still using **{escape_markdown(before)}**")
    click(page, "Train")
    assert shown_run(page).text_name == before


def test_an_unknown_run_does_not_become_the_previous_run(open_page):
    assert "Back to the previous run" not in [b.label for b in open_page(run="nobody").button]


def test_a_failure_message_is_not_interpreted_as_markup(open_page, store, cats):
    store.leases.fail(cats.id, "This run cannot be started: 'a*b*c' _x_ $y$ <b>.")
    assert open_page(run=cats.id).error[0].value == escape_markdown(store.runs.get(cats.id).message)


@pytest.mark.parametrize("label", ["Pause", "Reset"])
def test_a_store_that_cannot_be_written_to_is_an_error_and_the_page_works(
    open_page, store, cats, monkeypatch, label
):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)

    def fail(*_, **__):
        raise StoreError("The runs cannot be saved: the disk is full. Make room on it.")

    monkeypatch.setattr(Runs, "request", fail)
    click(page, label)  # click() asserts that there is no exception
    assert any("the disk is full" in error.value for error in page.error)
    assert "Pause" in buttons(page)

"""Whatever goes wrong on the Train page is said in one sentence, and the page goes on."""

import pytest

from charrnn.runs.records import Progress, StoreError
from charrnn.runs.store import Store
from charrnn.ui.plain import plain
from tests.reading import buttons, click, lines, words


def test_a_link_to_an_unknown_run_is_one_sentence_and_the_page_goes_on(open_page, shown_run):
    page = open_page(run="nobody")
    assert not page.exception
    (said,) = (warning.value for warning in page.warning)
    assert "The run in this link is not here" in said
    click(page, "Train")
    assert shown_run(page).active


def test_a_failed_run_shows_why_and_can_be_tried_again(open_page, shown_run, store, cats):
    store.fail(cats.id, "The learning broke down: the loss became nan.")
    page = open_page(run=cats.id)
    assert [error.value for error in page.error] == [plain(store.run(cats.id).message)]
    assert "Iteration 250 of" in words(page)
    assert "Resume" in buttons(page)
    click(page, "Resume")
    assert shown_run(page).active
    assert len(page.error) == 0


def test_a_run_that_fails_while_somebody_looks_says_so(open_page, store, cats):
    store.wish(cats.id, desired="running")
    page = open_page(run=cats.id)
    assert store.claim(cats.id, "worker")
    facts = {"status": "failed", "message": "It broke."}
    store.publish(cats.id, "worker", facts, Progress())
    page.run()
    assert [error.value for error in page.error] == ["It broke."]
    assert "Resume" in buttons(page)


def test_what_is_not_text_is_refused_and_the_text_before_stays(open_page, shown_run, store):
    page = open_page()
    before = store.corpus(page.session_state["text"]).name
    page.button_group(key="source").set_value("Upload").run()
    page.file_uploader[0].upload("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    page.run()
    assert not page.exception
    assert "PNG" in page.error[0].value
    assert lines(page, f"Still chosen: **{plain(before)}**")
    click(page, "Train")
    assert store.corpus(shown_run(page).sha256).name == before


def test_an_unknown_run_is_not_offered_to_go_back_to(open_page):
    assert "Back to the run before" not in [b.label for b in open_page(run="nobody").button]


def test_a_failure_message_is_text(open_page, store, cats):
    store.fail(cats.id, "This run cannot be started: 'a*b*c' _x_ $y$ <b>.")
    assert open_page(run=cats.id).error[0].value == plain(store.run(cats.id).message)


@pytest.mark.parametrize("label", ["Pause", "Reset"])
def test_a_store_that_cannot_be_written_is_one_sentence(open_page, store, cats, monkeypatch, label):
    store.wish(cats.id, desired="running")
    page = open_page(run=cats.id)

    def fail(*_, **__):
        raise StoreError("The runs cannot be saved: the disk is full. Make room on it.")

    monkeypatch.setattr(Store, "wish", fail)
    click(page, label)  # click() asserts that there is no exception
    assert any("the disk is full" in error.value for error in page.error)
    assert "Pause" in buttons(page)

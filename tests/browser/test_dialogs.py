"""A dialog stays open while a run trains behind it, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from charrnn.ui.live import PACES


def button(page: Page, name):
    return page.get_by_role("button", name=name, exact=isinstance(name, str))


def share(page: Page):
    button(page, "More").click()
    page.get_by_text("Show to others").click()


def branch(page: Page):
    button(page, re.compile("Branch from")).click()


@pytest.mark.parametrize(
    ("open_it", "words"),
    [
        (share, "Whoever has this link can look at the run"),
        (branch, "A new run that has learned all that this one had"),
    ],
)
def test_a_dialog_stays_open_when_the_page_wants_another_pace(
    open_page, store, eventually, open_it, words
):
    page = open_page()
    button(page, "Train").click()
    expect(button(page, re.compile("Branch from"))).to_be_visible()
    (run,) = store.wanted()
    open_it(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words)
    assert store.run(run.id).seconds < PACES[0].until, "opened before the pace changes"
    progress = page.get_by_test_id("stProgress")
    eventually(lambda: store.run(run.id).seconds > PACES[0].until)
    for _ in range(4):  # the live part has looked since, and goes on looking
        seen = progress.inner_text()
        expect(progress).not_to_have_text(seen)
    expect(dialog).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    button(page, "Pause").click()
    expect(button(page, "Resume")).to_be_visible()

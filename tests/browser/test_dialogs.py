"""A dialog stays open while a run trains behind it, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect


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
def test_a_dialog_stays_open_when_the_page_behind_it_has_to_change(
    open_page, store, open_it, words
):
    page = open_page()
    button(page, "Train").click()
    expect(button(page, re.compile("Branch from"))).to_be_visible()
    (run,) = store.wanted()
    open_it(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words)
    store.wish(run.id, learning_rate=0.02)  # somebody else with the same link
    progress = page.get_by_test_id("stProgress")
    for _ in range(4):  # the live part has looked since, and goes on looking
        seen = progress.inner_text()
        expect(progress).not_to_have_text(seen)
    expect(dialog).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    slider = page.locator(".st-key-learning_rate input[type=range]")
    expect(slider).to_have_attribute("aria-valuetext", "0.02")

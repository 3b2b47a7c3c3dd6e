"""A dialog over a page that refreshes, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect


def button(page: Page, name):
    return page.get_by_role("button", name=name, exact=isinstance(name, str))


def share(page: Page):
    button(page, "More").click()
    page.get_by_text("Share a read-only link").click()


def branch(page: Page):
    button(page, re.compile("Branch from")).click()


@pytest.mark.parametrize(
    ("open_dialog", "text"),
    [
        (share, "Anyone with this link, or with the address of this run's page"),
        (branch, "A new run starts from this network"),
    ],
)
def test_a_dialog_stays_open_while_a_run_trains_and_its_page_has_to_change(
    open_page, store, open_dialog, text
):
    page = open_page()
    button(page, "Train").click()
    expect(button(page, re.compile("Branch from"))).to_be_visible()
    (run,) = store.runs.runnable()
    open_dialog(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(text)
    store.runs.request(run.id, learning_rate=0.02)  # another visitor with the same link
    progress = page.get_by_test_id("stProgress")
    for _ in range(4):  # the live part keeps refreshing
        before = progress.inner_text()
        expect(progress).not_to_have_text(before)
    expect(dialog).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    slider = page.locator(".st-key-learning_rate_slider input[type=range]")
    expect(slider).to_have_attribute("aria-valuetext", "0.02")

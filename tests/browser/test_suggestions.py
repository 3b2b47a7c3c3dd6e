"""Suggest settings: a search on the person's own text, in a real Chromium."""

import re

from playwright.sync_api import expect

from tests.support.browser import button
from tests.support.train_browser import field

MINUTES = 3 * 60_000  # several trials of two seconds of CPU time, on a machine that may be busy


def test_settings_are_suggested_on_this_text_and_taken_by_one_click(open_page, eventually):
    page = open_page()
    page.get_by_role("button", name="As in the notebook").click()
    expect(field(page, "hidden_size")).to_have_value("83")
    button(page, "Suggest settings").click()
    panel = page.locator(".st-key-suggestions")
    expect(panel.get_by_text("Trying")).to_be_visible()
    sentence = panel.get_by_text(re.compile("learns? (about as )?fast"))
    expect(sentence).to_be_visible(timeout=MINUTES)
    rows = panel.locator("table.trials tbody tr")
    expect(rows.first).to_have_class("best")

    suggested = re.search(
        r"with (\d+) hidden units, (\d+) streams? and learning rate ([\d.]+) learns fastest here",
        sentence.inner_text(),
    )
    assert suggested, sentence.inner_text()
    cells = rows.first.locator("td")
    eventually(lambda: cells.all_inner_texts()[1:4] == list(suggested.groups()))
    button(panel, "Use these settings").click()
    expect(panel.get_by_text("They are in the sidebar now")).to_be_visible()
    expect(field(page, "hidden_size")).to_have_value(suggested[1])
    expect(field(page, "learning rate")).to_have_value(suggested[3])

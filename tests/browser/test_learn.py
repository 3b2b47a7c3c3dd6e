"""Three experiments of the page Learn, from the guess to what happened, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from charrnn.ui.learn.all_cards import CARDS
from tests.support.browser import button, violations

TRAINED = 180_000  # milliseconds, also if the cores are busy


@pytest.fixture
def page(open_page, workspace) -> Page:
    return open_page("/learn", key=workspace.key, heading="Learn")


def open_card(page: Page, key: str) -> None:
    page.get_by_role("button", name=CARDS[key].question).click()
    expect(page.get_by_role("heading", name=CARDS[key].question)).to_be_visible()
    expect(page).to_have_url(re.compile(f"question={key}"))


def answer(page: Page, *, guess: str, happened: str | re.Pattern) -> None:
    """Press the button; what happened stands beside the guess once training is over."""
    button(page, "See what happens").click()
    cells = page.locator("dl.guess dd")
    expect(cells.nth(0)).to_have_text(guess)
    expect(cells.nth(1)).to_have_text(happened, timeout=TRAINED)
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_three_questions_from_the_guess_to_what_happened(page, workspace):
    open_card(page, "start-of-loss")
    expect(button(page, "See what happens")).to_be_disabled()
    assert violations(page) == []
    page.get_by_role("spinbutton").fill("102")
    page.keyboard.press("Enter")
    expect(button(page, "See what happens")).to_be_enabled()
    answer(page, guess="102 nats", happened=re.compile(r"101\.\d nats"))
    expect(page.get_by_text("It is for our eyes only")).to_be_visible()
    expect(page.get_by_role("slider", name=re.compile("Smoothing"))).to_be_visible()

    page.get_by_role("button", name="Next question").click()
    button(page, "All questions").click()
    expect(page.get_by_text("You guessed: 102 nats")).to_be_visible()
    assert violations(page) == []

    guess = CARDS["spikes"].guess.answers
    open_card(page, "spikes")
    page.get_by_text(guess["worse"]).click()
    answer(page, guess=guess["worse"], happened=guess["text"])
    shown = page.locator(".learn-cost")
    expect(shown.locator("span")).to_have_count(25, timeout=TRAINED)
    assert violations(page) == []
    before = shown.inner_text()
    # Each of the chart's dots has a button; the highest spike is chosen at first.
    spikes = page.locator(".st-key-learn_picture").get_by_role("radio")
    expect(spikes).to_have_count(5)
    spikes.and_(page.locator("[aria-checked=false]")).first.click()
    expect(shown).not_to_have_text(before, timeout=TRAINED)

    guess = CARDS["sampling"].guess.answers
    page.go_back()
    expect(page.get_by_role("heading", name="Learn")).to_be_visible()
    open_card(page, "sampling")
    page.get_by_text(guess["loops"]).click()
    answer(page, guess=guess["loops"], happened=guess["loops"])
    expect(page.locator(".st-key-learn_samples pre.written")).to_have_count(5)

    page.reload()
    expect(page.locator("dl.guess dd").nth(1)).to_have_text(guess["loops"], timeout=60_000)
    assert [run.experiment.question for run in workspace.runs()] == [
        *("sampling", "spikes", "start-of-loss")
    ]
    page.get_by_role("link", name="Open the run").click()
    expect(page.get_by_text("an experiment of the page Learn")).to_be_visible(timeout=60_000)

"""Using the controls of the Train page in a real Chromium."""

import re

from playwright.sync_api import Page, expect

from tests.support.browser import button, repeat

SAMPLE = ".st-key-sample code"


def iteration(page: Page) -> int:
    text = page.get_by_test_id("stProgress").inner_text()
    return int(re.search(r"Iteration ([\d,]+)", text)[1].replace(",", ""))


def curve_length(page: Page) -> float:
    """The length of the longest line in the chart, in pixels."""
    return page.evaluate(
        """() => Math.max(0, ...[...document.querySelectorAll(
            '[data-testid=stVegaLiteChart] .mark-line path')].map(p => p.getTotalLength()))"""
    )


def slider_of(page: Page, key: str):
    """The slider of a setting: held_out, or one with a number field beside it."""
    return page.locator(f":is(.st-key-{key}, .st-key-{key}_slider) input[type=range]")


def field(page: Page, name: str):
    return page.get_by_role("spinbutton", name=name, exact=True)


def set_slider(page: Page, key: str, value: str):
    """Move a slider with the arrow keys, until it shows `value`."""
    slider = slider_of(page, key)
    slider.focus()
    slider.press("Home")
    for position in range(30):
        expect(slider).to_have_value(str(position))
        if slider.get_attribute("aria-valuetext") == value:
            return
        slider.press("ArrowRight")
    raise AssertionError(f"{key} never became {value}")


def switch(page: Page, before: str, after: str):
    """Click the main button, and wait until its label has changed.

    A click that comes within a second after another may pass for the second of a double click.
    """
    repeat(button(page, before).click, until=button(page, after))

"""A page in a real Chromium, and what a person does to its buttons and sliders."""

from playwright.sync_api import Locator, Page


def button(page: Page | Locator, name: str):
    return page.get_by_role("button", name=name, exact=True)


def move(slider: Locator, to: str):
    """With the arrow keys, as a person would, from where it stands."""
    slider.focus()
    slider.press("Home")
    for _ in range(40):
        if slider.get_attribute("aria-valuetext") == to:
            return
        slider.press("ArrowRight")
    raise AssertionError(f"the slider never said {to}")


def slider(page: Page | Locator, key: str) -> Locator:
    return page.locator(f"[class*=st-key-{key}] input[type=range]")

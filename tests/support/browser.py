"""Finding and using the buttons and sliders of a page in a real Chromium."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Download, Error, Locator, Page, expect

TRIES, TRY_SECONDS = 12, 5

# Whether the script has run, every element of the page is there, and no placeholder is left.
LOADED = """() => document.querySelector('.stApp[data-test-script-state=notRunning] .stMain h1')
    && !document.querySelector(
        ':is(.stMain, .stSidebar, [role=dialog]) [data-testid=stSkeleton]')"""

# By how many pixels the page could be scrolled sideways.
SIDEWAYS = """() => Math.max(...[document.scrollingElement, document.querySelector('.stMain')]
    .map(e => e.scrollWidth - e.clientWidth))"""

# A phone, as options for a browser context.
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# The dots of the samples in the loss chart, as [x, y] in pixels, once they are drawn.
DOTS = """() => [...document.querySelectorAll('.stVegaLiteChart .mark-symbol')]
    .map(marks => [...marks.querySelectorAll("path:not([opacity='0'])")])
    .find(dots => dots.length > 2)
    ?.map(dot => dot.getBoundingClientRect())
    .map(box => [box.x + box.width / 2, box.y + box.height / 2])"""


def button(page: Page | Locator, name: str) -> Locator:
    """The button with exactly this label."""
    return page.get_by_role("button", name=name, exact=True)


def slider(page: Page | Locator, key: str) -> Locator:
    """The slider whose widget key begins with `key`."""
    return page.locator(f"[class*=st-key-{key}] input[type=range]")


def move(slider: Locator, to: str) -> None:
    """Move a slider to the value it shows as `to`, with the keyboard, from its left end."""
    slider.focus()
    slider.press("Home")
    expect(slider).to_have_value(slider.get_attribute("min") or "0")
    for _ in range(40):
        if slider.get_attribute("aria-valuetext") == to:
            return
        before = slider.input_value()
        slider.press("ArrowRight")
        expect(slider).not_to_have_value(before)
    raise AssertionError(f"the slider never showed {to}")


def repeat(act: Callable[[], Any], *, until: Locator) -> None:
    """Do something until an element is visible: a page that is being drawn may not notice it."""
    for _ in range(TRIES):
        with suppress(Error):  # of an element that has just been replaced
            act()
        with suppress(AssertionError):
            expect(until).to_be_visible(timeout=1000 * TRY_SECONDS)
            return
    expect(until).to_be_visible()


def downloaded(button: Locator, *, key: str = "") -> Download:
    """What a click on a button downloads, once all of it has arrived. key: pressed instead."""
    page = button.page
    with page.expect_download() as download:
        button.press(key) if key else button.click()
    assert download.value.failure() is None
    expect(button).to_be_enabled()
    return download.value


def wait_until_idle(page: Page) -> None:
    """Wait until the script of the page is not running."""
    expect(page.locator(".stApp[data-test-script-state=notRunning]")).to_be_attached()


def violations(page: Page, *, ignored: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds: the rule, the element, and what is wrong with it.

    What it finds only once, while a part of the page is being drawn anew, does not count.
    """
    page.wait_for_function(LOADED)
    for _ in range(TRIES):
        found = [
            f"{rule['id']}: {node['html']}: {node['failureSummary']}"
            for rule in Axe().run(page).response["violations"]
            for node in rule["nodes"]
            if rule["id"] not in ignored
        ]
        if not found:
            break
    return found


def cookie(url: str, key: str) -> dict[str, str]:
    """The cookie of a server's visitor who has this workspace key."""
    return {"name": "charrnn_workspace", "value": key, "url": url, "sameSite": "Strict"}


def kept_key(page: Page) -> str | None:
    """The key of the workspace that the browser has in its cookies."""
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    # The page's own cookie is newer than the one into which the server moves it.
    return cookies.get("charrnn_workspace") or cookies.get("charrnn_key")

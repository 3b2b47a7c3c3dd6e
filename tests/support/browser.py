"""Finding and using the buttons and sliders of a page in a real Chromium."""

from playwright.sync_api import Locator, Page, expect

# Whether every element of the page is there, and no placeholder is left.
LOADED = """() => document.querySelector('.stMain h1')
    && !document.querySelector(':is(.stMain, [role=dialog]) [data-testid=stSkeleton]')"""

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


def cookie(url: str, key: str) -> dict[str, str]:
    """The cookie of a server's visitor who has this workspace key."""
    return {"name": "charrnn_workspace", "value": key, "url": url, "sameSite": "Strict"}


def kept_key(page: Page) -> str | None:
    """The key of the workspace that the browser has in its cookies."""
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    # The page's own cookie is newer than the one into which the server moves it.
    return cookies.get("charrnn_workspace") or cookies.get("charrnn_key")

"""The first second of a visit in a real Chromium: nothing moves, and the colors are right."""

import pytest
from playwright.sync_api import Page, expect

from charrnn.ui.style import DARK, LIGHT
from tests.support.browser import LOADED, cookie

MAX_LAYOUT_SHIFT = 0.1  # what browsers call good; a style sheet that came late made it 0.3 to 0.8
SHIFT = """() => {
    window.layoutShift = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) window.layoutShift += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
}"""
DRAWN = """() => document.querySelector(
    '.stVegaLiteChart svg, [class*=probabilities] button, .inside-network .bar, '
    + '.st-key-room_forms button, .st-key-learn_cards button')"""
PHONE = {"width": 390, "height": 844}
COLOR_OF = "element => getComputedStyle(element).backgroundColor"


def rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))})"


@pytest.fixture
def visit(browser, server):
    """visit(path, **context options): a page that has not been opened yet, and is watched.

    key: that of the workspace, which the browser has in its cookie; without one, a new visitor.
    """
    contexts = []

    def visit(path: str, *, key: str = "", **options) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        if key:
            context.add_cookies([cookie(server.url, key)])
        page = context.new_page()
        page.add_init_script(f"({SHIFT})()")
        page.goto(server.url + path)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE])
def test_nothing_jumps_when_a_page_is_opened(visit, trained, workspace, viewport):
    link = f"?run={trained(iterations=2000).id}"
    shifts = {}
    pages = ("alphabet", "inside", "compare", "write", "room", "learn")
    for path in ("/", f"/{link}", *(f"/{name}{link}" for name in pages)):
        page = visit(path, key=workspace.key, viewport=viewport)
        for condition in (LOADED, DRAWN):
            page.wait_for_function(condition, timeout=60_000)
        shifts[path.partition("run=")[0]] = page.evaluate("window.layoutShift")
    assert max(shifts.values()) < MAX_LAYOUT_SHIFT, shifts


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_colors_are_those_of_the_theme_before_and_after_the_page_has_come(
    visit, scheme, palette
):
    page = visit("/", color_scheme=scheme)
    html = page.locator("html")
    assert html.evaluate(COLOR_OF) == rgb(palette.paper)  # whatever has arrived yet
    sample = page.locator(".written")
    expect(sample).to_have_css("background-color", rgb(palette.card))
    assert page.locator(".stApp").evaluate(COLOR_OF) == rgb(palette.paper)


def test_a_dialog_follows_the_theme_that_streamlit_has_chosen(visit):
    page = visit("/?embed=true&embed_options=dark_theme", color_scheme="light")
    expect(page.locator(".written")).to_have_css("background-color", rgb(DARK.card))
    expect(page.locator("html")).to_have_css("color-scheme", "dark")

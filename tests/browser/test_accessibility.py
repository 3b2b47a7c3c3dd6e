"""Every page for people who see little, use no mouse, or hold a phone, in a real Chromium."""

import re
from itertools import groupby, pairwise

import pytest
from playwright.sync_api import Page, expect

from charrnn.ui.style import DARK
from tests.support.browser import PHONE, button, downloaded, violations, wait_until_idle

PAGES = {  # path: its heading
    "": "charrnn",
    "alphabet": "What the network sees",
    "inside": "Inside the network",
    "compare": "Compare",
    "write": "Write",
    "room": "Room",
    "learn": "Learn",
}
DRAWN = (
    "[class*=probabilities] button, .inside-network .bar, .stVegaLiteChart svg, "
    ".st-key-room_forms button, .st-key-learn_cards button"
)


@pytest.fixture
def open_at(open_page, trained, workspace):
    """open_at(path): a page of a run that has been trained to its end."""

    def open_at(path: str, **options) -> Page:
        run = trained(iterations=2000)
        address = f"/{path}?run={run.id}"
        page = open_page(address, key=workspace.key, heading=PAGES[path], **options)
        drawn = page.locator(DRAWN).first
        expect(drawn).to_be_visible()
        return page

    return open_at


def in_the_dark(page: Page) -> None:
    """Let the system of the page's visitor go over to the dark theme."""
    page.emulate_media(color_scheme="dark")
    red, green, blue = (int(DARK.paper[i : i + 2], 16) for i in (1, 3, 5))
    expect(page.locator(".stApp")).to_have_css("background-color", f"rgb({red}, {green}, {blue})")
    wait_until_idle(page)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_violates_a_rule_of_axe(open_at, path):
    page = open_at(path)
    assert violations(page) == []
    wait_until_idle(page)
    # One title, and no level of headings left out.
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[path])
    levels = page.evaluate(
        "() => [...document.querySelectorAll('.stMain :is(h1, h2, h3, h4, h5, h6)')]"
        ".map(heading => Number(heading.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    in_the_dark(page)
    assert violations(page) == []


def test_no_rule_of_axe_is_violated_before_training_and_on_a_phone(open_page):
    for options in ({}, PHONE):
        page = open_page(**options)
        expect(page.locator(".stVegaLiteChart svg")).to_be_visible()
        assert violations(page) == []
        in_the_dark(page)
        # The page is drawn again, although nothing on it refreshes by itself.
        gridline = page.locator(".stVegaLiteChart .role-axis-grid line").first
        expect(gridline).to_have_attribute("stroke", DARK.line)
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_menu_and_no_dialog_violates_a_rule_of_axe(open_at, scheme):
    page = open_at("", color_scheme=scheme)
    dialog = page.get_by_role("dialog")
    button(page, "More").click()
    items = page.get_by_role("menuitem")
    expect(items).to_have_count(7)
    # Streamlit puts menus beside the landmarks of the page, and a label on a place to drop files.
    ignored = ("region", "presentation-role-conflict")
    assert violations(page, ignored=ignored) == []
    page.keyboard.press("Escape")
    for number in range(6):  # all but Delete, which opens none
        expect(items).to_have_count(0)
        button(page, "More").click()
        items.nth(number).click()
        expect(dialog).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Compare", exact=True).click()
    for name in ("Import a run", "Share a read-only link", "Actions for Run 1"):
        opens = page.get_by_role("button", name=name)
        opens.click()
        expect(opens).to_have_attribute("aria-expanded", "true")
        assert violations(page, ignored=ignored) == []
        page.keyboard.press("Escape")


def test_the_links_and_menus_of_several_runs_have_different_names(open_at):
    open_at("")
    page = open_at("compare")
    for number in (1, 2):
        expect(page.get_by_role("link", name=f"Open Run {number}", exact=True)).to_have_count(1)
        menu = page.get_by_role("button", name=re.compile(f"Actions for Run {number}$"))
        expect(menu).to_have_count(1)


@pytest.mark.parametrize("key", ["Enter", " ", "ArrowDown"])
def test_a_menu_is_opened_walked_and_closed_by_keys_while_a_run_trains(open_page, key):
    page = open_page()
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    more = button(page, "More")
    more.focus()
    page.keyboard.press(key)
    items = page.get_by_role("menuitem")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(more).to_be_focused()


def test_a_dialog_from_a_menu_closes_with_escape_even_after_a_download(open_at):
    page = open_at("")
    button(page, "More").focus()
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Save a copy")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    for name in ("Loss curve", "All samples"):
        downloaded(button(dialog, name), key="Enter")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_progress_is_announced_seldom_and_when_training_starts_and_stops(open_page, eventually):
    page = open_page()
    status = page.locator(".st-key-announcement").get_by_role("status")
    expect(status).to_contain_text("Before the first update the network guesses")
    status.evaluate(
        """region => { window.spoken = [];
            new MutationObserver(() => window.spoken.push(region.textContent))
                .observe(region, {childList: true, characterData: true, subtree: true}); }"""
    )
    button(page, "Train").click()
    progress = page.get_by_test_id("stProgress")
    for _ in range(5):
        before = progress.inner_text()
        expect(progress).not_to_have_text(before)
    button(page, "Pause").click()
    expect(status).to_contain_text(re.compile(r"Paused\. After [\d,]+ iterations: .* bits per"))
    spoken = page.evaluate("() => window.spoken")
    phases = [words.split(".")[0] for words in spoken]
    assert [phase for phase, _ in groupby(phases)] == ["Training", "Paused"]
    assert len(phases) < 5  # the progress has changed more often


def test_the_navigation_is_in_the_same_place_on_every_page(open_at):
    page = open_at("")
    places = []
    for title in ("Train", "Alphabet", "Inside", "Compare", "Write", "Room", "Learn"):
        page.get_by_role("link", name=title, exact=True).click()
        heading = PAGES["" if title == "Train" else title.lower()]
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        places.append(page.get_by_role("link", name="Train", exact=True).bounding_box())
    assert places == [places[0]] * len(places)


def test_on_a_phone_the_menu_closes_once_a_page_is_chosen(open_at):
    page = open_at("", **PHONE)
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    opens = page.get_by_test_id("stExpandSidebarButton")
    assert opens.evaluate("button => getComputedStyle(button, '::after').content") == '"Menu"'
    opens.tap()
    page.get_by_role("link", name="Write", exact=True).tap()
    expect(page.get_by_role("heading", name="Write", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Write", exact=True)).not_to_be_in_viewport()
    expect(opens).to_be_visible()

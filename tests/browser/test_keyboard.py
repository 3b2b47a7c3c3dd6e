"""Every page by keyboard alone, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import LOADED, button, slider, wait_until_idle

MAX_FRAMES = 60
MAX_STOPS = 90  # presses of Tab that lead through any page
# The element with the focus, also inside a component: its name, and whether its style or its
# frame shows it.
# An animation is skipped, since a style is read at once.
FOCUSED = """() => {
    let element = document.activeElement;
    while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    document.getAnimations()
        .filter(animation => animation instanceof CSSTransition)
        .forEach(transition => transition.finish());
    const around = [];
    for (let each = element; each && around.length < 4; each = each.parentElement)
        around.push(getComputedStyle(each));
    return {
        tag: element.tagName,
        name: element.getAttribute('aria-label') || element.textContent.trim().slice(0, 60),
        // A table is drawn by itself, with its focus; the handle of a slider has a shadow.
        visible: element.tagName === 'CANVAS'
            || around.some(({outlineStyle, outlineWidth}) =>
                outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2)
            || around.some(({borderTopColor}) => borderTopColor === 'rgb(173, 78, 27)')
            || element.type === 'range' && around.some(({boxShadow}) => boxShadow !== 'none'),
    };
}"""
HEADINGS = {
    "": "charrnn",
    "alphabet": "What the network sees",
    "compare": "Compare",
    "write": "Write",
}
ON_PAGE = {  # some of the stops on each, in order
    "": "Pick, Ready-made, hidden_size, seq_length, learning rate, Advanced, Alphabet, Resume, "
    "Step, Reset, More, bits, iteration, Earlier samples, Why does it go up",
    "alphabet": "Train, Run or text, 1 · The characters, Find, index, Window, Snapshot",
    "compare": "Open Run, Actions for, Import a run, Train, Duplicate and change, Sweep, Share",
    "write": "Train, Network, Snapshot, Branch, Prompt, Temperature, Length, Random seed, "
    "New seed, Sample",
}


def stops(page: Page) -> list[dict]:
    """What the focus stops at, from the beginning of the page until it leaves it."""
    found = []
    for _ in range(MAX_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["tag"] == "BODY" and found:
            return found
        for _ in range(MAX_FRAMES):  # a field draws its frame a little later
            if stop["visible"]:
                break
            page.evaluate("() => new Promise(requestAnimationFrame)")
            stop = page.evaluate(FOCUSED)
        found.append(stop)
    raise AssertionError(f"the focus never leaves the page: {found[-3:]}")


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus, which one that is disabled cannot have."""
    expect(control).to_be_visible()
    expect(control).to_be_enabled()
    for _ in range(MAX_STOPS):
        if control.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never reaches it")


@pytest.mark.parametrize("path", ON_PAGE)
def test_tab_leads_through_a_page_and_each_stop_is_visible(open_page, trained, workspace, path):
    run = trained(iterations=2000)
    page = open_page(f"/{path}?run={run.id}", key=workspace.key, heading=HEADINGS[path])
    page.wait_for_function(LOADED)
    found = stops(page)
    invisible = [stop for stop in found if not stop["visible"]]
    assert invisible == [], invisible
    names = iter(stop["name"] for stop in found)
    for expected in ON_PAGE[path].split(", "):
        assert any(expected in name for name in names), (expected, [s["name"] for s in found])


def test_a_long_sample_with_the_focus_is_scrolled_by_space_which_trains_nothing(
    open_page, trained, workspace
):
    run = trained(iterations=2000)
    page = open_page(f"/?run={run.id}", key=workspace.key)
    page.wait_for_function(LOADED)
    sample = page.locator("pre.written").first
    sample.evaluate("element => element.style.setProperty('max-height', '60px', 'important')")
    sample.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('pre.written').scrollTop > 0")
    wait_until_idle(page)
    assert [each.id for each in workspace.runs()] == [run.id]


def test_a_file_is_chosen_and_trained_by_keyboard_alone(open_page, tmp_path, store):
    file = tmp_path / "owl.txt"
    file.write_text("the owl sat in the oak and sang to the moon\n" * 200)
    page = open_page()
    tab_to(page, page.get_by_role("radio", name="Pick"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    tab_to(page, button(page, "Upload"))
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text("8,800 characters, 16 different")).to_be_visible()

    hidden_size = slider(page, "hidden_size")
    tab_to(page, hidden_size)
    page.keyboard.press("ArrowLeft")
    number = page.get_by_role("spinbutton", name="hidden_size")
    expect(number).to_have_value("128")
    tab_to(page, number)
    page.keyboard.press("Control+A")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    expect(hidden_size).to_have_attribute("aria-valuetext", "40")

    tab_to(page, button(page, "Train"))
    page.keyboard.press("Enter")
    expect(button(page, "Pause")).to_be_focused()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    (run,) = store.runs.runnable()
    assert run.config.hidden_size == 40
    assert store.corpora.text(run.sha256) == file.read_text()


def test_train_pause_and_resume_by_one_key_on_one_button(open_page):
    page = open_page()
    tab_to(page, button(page, "Train"))
    page.keyboard.press("Enter")
    expect(button(page, "Pause")).to_be_focused()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(button(page, "Resume")).to_be_focused()
    tab_to(page, button(page, "Step"))


def test_each_dialog_of_the_menu_keeps_the_focus_and_gives_it_back(open_page, trained, workspace):
    run = trained(iterations=400)
    page = open_page(f"/?run={run.id}", key=workspace.key)
    more = button(page, "More")
    tab_to(page, more)
    items, dialog = page.get_by_role("menuitem"), page.get_by_role("dialog")
    for number in range(6):  # all but Delete, which opens none
        page.keyboard.press("Enter")
        expect(items.first).to_be_focused()
        for _ in range(number):
            page.keyboard.press("ArrowDown")
        expect(items.nth(number)).to_be_focused()
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        for _ in range(30):
            page.keyboard.press("Tab")
            assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(more).to_be_focused()

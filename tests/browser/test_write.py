"""Sampling from a network on the Write page, in a real Chromium."""

import pytest
from playwright.sync_api import Locator, Page, expect

WRITTEN = """() => [...document.querySelectorAll('.characters [data-position]')]
    .map(e => e.textContent.replace('⏎\\n', '\\n')).join('')"""
PROBABILITIES = ".probabilities button"
TOPS = """() => [...document.querySelectorAll('.st-key-temperatures .written')]
    .map(e => Math.round(e.getBoundingClientRect().top))"""


@pytest.fixture
def page(open_page, trained, workspace) -> Page:
    run = trained(iterations=400, hidden_size=32)
    page = open_page(f"/write?run={run.id}", heading="Write", key=workspace.key)
    # The two components appear in either order.
    expect(page.locator(PROBABILITIES)).to_have_count(10)
    expect(page.locator(".characters [data-position]")).to_have_count(200)
    return page


def character(page: Page, position: int) -> Locator:
    return page.locator(f".characters [data-position='{position}']")


def set_temperature(page: Page, key: str, expected: str) -> None:
    """Press a key on the temperature slider, and wait until it shows the expected value."""
    slider = page.locator(".st-key-temperature input[type=range]")
    slider.focus()
    slider.press(key)
    expect(slider).to_have_attribute("aria-valuetext", expected)


def test_selected_character_shows_its_probabilities_and_can_be_replaced(page):
    before = page.evaluate(WRITTEN)
    assert len(before) == 200
    character(page, 20).click()
    expect(page.get_by_text("Probabilities of character 21")).to_be_visible()
    expect(page.locator(PROBABILITIES)).to_have_count(10)
    expect(character(page, 20)).to_have_attribute("aria-selected", "true")
    chosen = page.locator(f"{PROBABILITIES}.chosen")
    expect(chosen).to_have_count(1)
    original = chosen.get_attribute("title")

    other = page.locator(f"{PROBABILITIES}:not(.chosen)").first
    title = other.get_attribute("title")
    other.focus()
    other.press("Enter")
    expect(character(page, 20)).to_have_class("picked")
    expect(chosen).to_have_attribute("title", title)
    expect(chosen).to_be_focused()
    after = page.evaluate(WRITTEN)
    assert after[:20] == before[:20]
    assert after[20] != before[20]
    assert after[21:] != before[21:]

    page.locator(
        f'{PROBABILITIES}[title="{original}"]'
    ).click()  # picking the original restores the text
    expect(chosen).to_have_attribute("title", original)
    page.wait_for_function(f"before => ({WRITTEN})() === before", arg=before)


def test_picking_a_first_character_leaves_every_alternative_where_it_was(page):
    rows = page.locator(PROBABILITIES)
    before = rows.evaluate_all("rows => rows.map(row => row.title)")
    for i in (4, 2):  # a choice, and a second thought
        rows.nth(i).click()
        expect(rows.nth(i)).to_have_class("chosen")
        expect(page.get_by_text("Probabilities of character 1", exact=True)).to_be_visible()
        assert rows.evaluate_all("rows => rows.map(row => row.title)") == before
    expect(character(page, 0)).to_have_class("picked")
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value("")


def test_arrow_keys_move_the_selection_from_character_to_character(page):
    character(page, 4).click()
    expect(page.get_by_text("Probabilities of character 5")).to_be_visible()
    for _ in range(6):  # faster than the server answers
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Probabilities of character 10")).to_be_visible()
    expect(character(page, 9)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".characters")).to_be_focused()


def test_probabilities_follow_the_prompt_and_unknown_characters_are_named(page):
    probabilities = page.locator(".probabilities")
    before = probabilities.inner_text()
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.press_sequentially("the do")  # no Enter: the probabilities follow the typing
    expect(
        page.get_by_text("Probabilities of the first character after the prompt")
    ).to_be_visible()
    expect(page.locator(".characters .prompt")).to_have_text("the do")
    expect(probabilities).not_to_have_text(before)
    before = probabilities.inner_text()
    prompt.press_sequentially("€g<b>")
    left_out = page.get_by_text("Left out, because this network has never seen them: ")
    expect(left_out).to_contain_text("€ (euro sign), < (less-than sign), b (latin small letter b)")
    expect(page.locator(".characters .prompt")).to_have_text("the dog")
    expect(probabilities).not_to_have_text(before)
    expect(page.locator(".characters [data-position]")).to_have_count(200)


def test_five_temperatures_use_the_same_seed(page, eventually):
    samples = page.locator(".st-key-temperatures .written")
    expect(samples).to_have_count(5)
    eventually(lambda: "…" not in samples.all_text_contents())  # all are written
    assert len({*samples.all_text_contents()}) == 5
    # The sample above them is at temperature 1, too.
    page.wait_for_function(f"text => ({WRITTEN})() === text", arg=samples.nth(3).text_content())

    set_temperature(page, "Home", "0")
    expect(page.locator(PROBABILITIES).first).to_contain_text("100%")
    page.wait_for_function(f"text => ({WRITTEN})() === text", arg=samples.nth(0).text_content())
    greedy_sample = samples.nth(0).text_content()
    sampled = samples.nth(3).text_content()
    page.get_by_role("button", name="New seed").click()
    expect(samples.nth(3)).not_to_have_text(sampled)
    expect(samples).to_have_count(5)
    expect(samples.nth(0)).to_have_text(greedy_sample)  # greedy: independent of the seed
    set_temperature(page, "End", "3")
    page.wait_for_function(f"text => ({WRITTEN})() !== text", arg=greedy_sample)


@pytest.mark.parametrize("width", [1440, 1250, 1100, 800, 390])
def test_no_temperature_is_alone_in_its_row(page, eventually, width):
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.locator(".st-key-temperatures .written")).to_have_count(5)

    def rows() -> list[int]:
        tops = page.evaluate(TOPS)
        return sorted({tops.count(top) for top in tops})

    eventually(lambda: rows() in ([5], [2, 3], [1]), seconds=10)

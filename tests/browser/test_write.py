"""Letting a network write on the page /write, in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect

WRITTEN = """() => [...document.querySelectorAll('.characters [data-place]')]
    .map(e => e.textContent.replace('⏎\\n', '\\n')).join('')"""
ODDS = ".odds button"
TOPS = """() => [...document.querySelectorAll('.st-key-strip .written')]
    .map(e => Math.round(e.getBoundingClientRect().top))"""


@pytest.fixture
def page(open_page, trained, shelf) -> Page:
    run = trained(iterations=400, hidden_size=32)
    page = open_page(f"/write?w={shelf.workspace}&run={run.id}", heading="Let it write")
    expect(page.locator(ODDS)).to_have_count(10)
    return page


def character(page: Page, place: int):
    return page.locator(f".characters [data-place='{place}']")


def temperature(page: Page, key: str, to: str):
    """Press a key on its slider until it says so."""
    slider = page.locator(".st-key-temperature input[type=range]")
    slider.focus()
    slider.press(key)
    expect(slider).to_have_attribute("aria-valuetext", to)


def test_a_character_shows_its_odds_and_another_can_be_picked(page):
    before = page.evaluate(WRITTEN)
    assert len(before) == 200
    character(page, 20).click()
    expect(page.get_by_text("Character 21 was chosen from these")).to_be_visible()
    expect(page.locator(ODDS)).to_have_count(10)
    expect(character(page, 20)).to_have_attribute("aria-selected", "true")
    chosen = page.locator(f"{ODDS}.chosen")
    expect(chosen).to_have_count(1)
    its_own = chosen.get_attribute("title")

    other = page.locator(f"{ODDS}:not(.chosen)").first
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

    page.locator(f'{ODDS}[title="{its_own}"]').click()  # the same dice: the same text
    expect(chosen).to_have_attribute("title", its_own)
    page.wait_for_function(f"before => ({WRITTEN})() === before", arg=before)


def test_the_arrow_keys_go_from_character_to_character(page):
    character(page, 4).click()
    expect(page.get_by_text("Character 5 was chosen from these")).to_be_visible()
    for _ in range(6):  # faster than any answer
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Character 10 was chosen from these")).to_be_visible()
    expect(character(page, 9)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".characters")).to_be_focused()


def test_the_prompt_decides_the_odds_and_strangers_in_it_are_named(page):
    odds = page.locator(".odds")
    before = odds.inner_text()
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.press_sequentially("the do")  # no Enter: the odds follow the typing
    expect(page.get_by_text("What may come after the prompt")).to_be_visible()
    expect(page.locator(".characters .prompt")).to_have_text("the do")
    expect(odds).not_to_have_text(before)
    before = odds.inner_text()
    prompt.press_sequentially("€g<b>")
    left_out = page.get_by_text("Left out, since this network has never seen it: ")
    expect(left_out).to_contain_text("€ (euro sign), < (less-than sign), b (latin small letter b)")
    expect(page.locator(".characters .prompt")).to_have_text("the dog")
    expect(odds).not_to_have_text(before)
    assert len(page.evaluate(WRITTEN)) == 200


def test_the_strip_writes_with_the_same_dice_at_five_temperatures(page):
    samples = page.locator(".st-key-strip .written")
    expect(samples).to_have_count(5)
    assert len(set(samples.all_text_contents())) == 5
    assert samples.nth(3).text_content() == page.evaluate(WRITTEN)  # at 1, as above

    temperature(page, "Home", "0")
    expect(page.locator(ODDS).first).to_contain_text("100 %")
    page.wait_for_function(f"text => ({WRITTEN})() === text", arg=samples.nth(0).text_content())
    likeliest = samples.nth(0).text_content()
    rest = samples.nth(3).text_content()
    page.get_by_role("button", name="Roll").click()
    expect(samples.nth(3)).not_to_have_text(rest)
    assert samples.nth(0).text_content() == likeliest  # no dice at 0
    temperature(page, "End", "3")
    page.wait_for_function(f"text => ({WRITTEN})() !== text", arg=likeliest)


@pytest.mark.parametrize("width", [1440, 1250, 1100, 800, 390])
def test_no_temperature_stands_alone_in_its_row(page, eventually, width):
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.locator(".st-key-strip .written")).to_have_count(5)

    def rows() -> list[int]:
        tops = page.evaluate(TOPS)
        return sorted({tops.count(top) for top in tops})

    eventually(lambda: rows() in ([5], [2, 3], [1]), seconds=10)

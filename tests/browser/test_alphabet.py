"""The Alphabet page in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from charrnn.ui.alphabet import contents
from tests.support.browser import SIDEWAYS, button, repeat

# How many elements overlap another one.
OVERLAPS = """selector => {
    const boxes = [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect());
    return boxes.filter((a, i) => boxes.some((b, j) => i < j &&
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 &&
        b.top < a.bottom - 1)).length;
}"""
# The texts of elements that are wider than their boxes.
CUT_OFF = """selector => [...document.querySelectorAll(selector)]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""

SCRIPTS = {
    "Chinese": "人之初，性本善。性相近，习相远。苟不教，性乃迁。\n",
    "Hindi": "नमस्ते, क्षत्रिय हिन्दी में लिखा हुआ पाठ है।\n",
    "emoji": "👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽 ❤️ e\u0301 a\u0300\u00a0x\u200b\n",
    "Hebrew": "בראשית ברא אלהים את השמים ואת הארץ, abc 123 (שלום).\n",
    "Arabic": "هذا نص عربي، كُتِبَ من اليمين إلى اليسار 123.\n",
}


@pytest.fixture
def open_alphabet(open_page):
    """open_alphabet(text=None): the page, for a text pasted on the Train page if one is given."""

    def open_alphabet(text: str | None = None) -> Page:
        page = open_page()
        if text:
            page.get_by_role("radio", name="Paste").click()
            box = page.get_by_role("textbox", name="Your text")
            box.fill(text)
            box.press("Control+Enter")
            expect(page.get_by_text(f"{len(set(text))} different")).to_be_visible()
        go_to(page, "Alphabet")
        expect(page.get_by_role("heading", name="What was learned")).to_be_visible()
        return page

    return open_alphabet


def go_to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()


def type_in(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Type a character or a word")
    box.fill(text)
    box.press("Enter")


def highlighted_cells(page: Page) -> list[int]:
    """The indices of the highlighted cells of the one-hot vector."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.one-hot > *')]
            .map((cell, i) => cell.tagName === 'B' ? i : -1).filter(i => i >= 0)"""
    )


def test_typed_character_highlights_its_cell_and_no_other(open_alphabet, eventually):
    text = "the quick brown fox\n" * 10
    page = open_alphabet(text)
    index = sorted(set(text)).index("q")
    type_in(page, "q")
    expect(page.locator(".one-hot b")).to_have_text("q")
    eventually(lambda: highlighted_cells(page) == [index])
    expect(page.locator(".one-hot > *")).to_have_count(len(set(text)))
    expect(page.get_by_text(f"a 1 at index {index}, 0 everywhere else")).to_be_visible()
    expect(page.locator(".st-key-one_hot code")).to_contain_text(f"character_at[{index}] = 'q'")


def test_clicked_row_highlights_its_cell(open_alphabet, eventually):
    page = open_alphabet("the quick brown fox\n" * 10)
    type_in(page, "q")
    expect(page.locator(".one-hot b")).to_have_text("q")
    table = page.get_by_test_id("stDataFrame").first
    second_row = {"x": 16, "y": 37 + 35 + 17}
    repeat(lambda: table.click(position=second_row), until=page.locator(".one-hot b", has_text="␣"))
    eventually(lambda: highlighted_cells(page) == [1])
    expect(page.get_by_role("textbox", name="Type a character or a word")).to_have_value("")


def test_typed_word_is_a_matrix_with_a_one_under_each_character(open_alphabet):
    text = "the quick brown fox\n" * 10
    page = open_alphabet(text)
    type_in(page, "fox hut")
    expect(page.locator(".matrix tbody tr")).to_have_count(7)
    read = page.evaluate(
        """() => {
            const heads = [...document.querySelectorAll('.matrix thead th')].map(e => e.innerText);
            return [...document.querySelectorAll('.matrix tbody tr')].map(row => [
                row.querySelector('th').innerText,
                [...row.querySelectorAll('td')].map(
                    (cell, i) => cell.classList.contains('hot') ? heads[i] : '').join('')]);
        }"""
    )
    assert read == [[c, c] for c in "fox␣hut"]
    expect(page.get_by_text(f"a 7 × {len(set(text))} matrix")).to_be_visible()


def test_character_not_in_the_text_is_named_as_not_in_the_vocabulary(open_alphabet):
    page = open_alphabet("the quick brown fox\n" * 10)
    type_in(page, "q*Ω")
    expect(page.get_by_text("not in the network's vocabulary: *")).to_contain_text("greek capital")
    expect(page.locator(".one-hot b")).to_have_text("q")


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_shown_without_overlap_or_overflow(open_alphabet, eventually, script):
    text = SCRIPTS[script] * 12
    page = open_alphabet(text)
    # Each code point has a cell of its own; an emoji may consist of several.
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator(".one-hot > *")).to_have_count(len(set(text)))
        eventually(lambda: page.evaluate(OVERLAPS, ".one-hot > *, .window > div") == 0)
        eventually(lambda: page.evaluate(OVERLAPS, ".window b, .window small") == 0)
        eventually(lambda: page.evaluate(CUT_OFF, ".one-hot > *, .window > div") == [])
        eventually(lambda: page.evaluate(SIDEWAYS) <= 0)
    word = SCRIPTS[script].split()[0]
    type_in(page, word)
    expect(page.locator(".matrix tbody tr")).to_have_count(len(word))
    eventually(lambda: page.evaluate(OVERLAPS, ".matrix th") == 0)
    eventually(lambda: page.evaluate(CUT_OFF, ".matrix :is(th, td)") == [])
    eventually(lambda: page.evaluate(SIDEWAYS) <= 0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_hostile_text_is_shown_as_text(open_alphabet):
    page = open_alphabet("<img src=x onerror=\"document.title='taken'\"> **b** :red[x] $x^2$\n" * 5)
    type_in(page, "<img src=x>")
    expect(page.locator(".matrix tbody tr")).to_have_count(11)
    type_in(page, "$")
    expect(page.locator(".one-hot b")).to_have_text("$")
    assert page.title() != "taken"
    assert page.locator("img[src=x]").count() == 0
    assert page.locator(".stMain .katex").count() == 0


def test_windows_step_to_the_wrap_and_start_again(open_alphabet):
    page = open_alphabet("abcdefghij" * 48)  # in eight streams, two windows of 25
    expect(page.get_by_text("Window 1 of 2")).to_be_visible()
    pairs = page.locator(".window > div:not(.legend)")
    expect(pairs).to_have_count(25)
    expect(pairs.first).to_have_text(re.compile("a.*0.*b.*1", re.S))
    button(page, "Last").click()
    expect(page.get_by_text("Here the text wraps, with 10 characters left.")).to_be_visible()
    expect(pairs.first).to_have_text(re.compile("f.*5.*g.*6", re.S))
    button(page, "Next").click()
    expect(page.get_by_text("Window 1 of 2")).to_be_visible()
    expect(page.get_by_text("the hidden state is zero")).to_be_visible()


def test_find_finds_a_character_by_its_name(open_alphabet):
    page = open_alphabet("a b\tc\u00a0d\n" * 20)
    box = page.get_by_role("textbox", name="Find")
    box.fill("no-break")
    box.press("Enter")
    # The table is drawn on a canvas: its contents are in the table for screen readers.
    cells = page.get_by_test_id("stDataFrame").first.locator("td")
    expect(cells.filter(has_text="no-break space")).to_have_count(1)
    expect(cells.filter(has_text="newline")).to_have_count(0)


def test_cleanup_creates_a_new_text_and_keeps_the_old_one(open_alphabet):
    text = "“the cat” – sat\n" * 20 + "Ω"
    page = open_alphabet(text)
    page.get_by_text("Clean up a copy of this text").click()
    expect(page.get_by_text("The vocabulary goes from 12 to 10 characters")).to_be_visible()
    heading = re.compile("Pasted: “the cat” .*, cleaned up: 320 characters, 10 different")
    repeat(button(page, "Create the new text").click, until=page.get_by_text(heading))
    go_to(page, "Train")
    expect(page.get_by_text("320 characters, 10 different")).to_be_visible()
    page.get_by_role("combobox", name="Ready-made").click()
    expect(page.get_by_role("option", name=re.compile("^Pasted: “the cat” [^,]*$"))).to_be_visible()


def test_settings_survive_a_visit_to_the_alphabet_page(open_page):
    page = open_page()
    slider = page.locator(".st-key-hidden_size_slider input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "8")
    go_to(page, "Alphabet")
    expect(page.get_by_text("100 of 100 numbers are equal")).to_have_count(0)
    expect(page.get_by_text("8 of 8 numbers are equal")).to_be_visible()
    go_to(page, "Train")
    expect(slider).to_have_attribute("aria-valuetext", "8")


def test_refreshed_charts_neither_flicker_nor_move(open_page, eventually):
    page = open_page()
    button(page, "Train").click()
    expect(button(page, "Pause")).to_be_visible()
    go_to(page, "Alphabet")
    drawn = page.locator("[data-testid=stVegaLiteChart] :is(svg, canvas)")
    eventually(lambda: drawn.count() == 5 and iteration(page) > 100)
    positions = """() => [...document.querySelectorAll('.stMain :is(h3, h4)')]
        .map(e => Math.round(e.getBoundingClientRect().top))"""
    drawn.evaluate_all("charts => charts.forEach(chart => chart.dataset.stays = 'yes')")
    before, seen = page.evaluate(positions), iteration(page)
    eventually(lambda: iteration(page) > seen)
    expect(page.locator("[data-stays=yes]")).to_have_count(5)
    assert page.evaluate(positions) == before


def iteration(page: Page) -> int:
    text = page.get_by_text(re.compile(r"^Iteration [\d,]+ of")).first.inner_text()
    return int(re.search(r"Iteration ([\d,]+)", text)[1].replace(",", ""))


def test_charts_follow_the_run_and_go_back_to_before_the_first_update(open_page, eventually):
    page = open_page()
    button(page, "Train").click()
    expect(button(page, "Pause")).to_be_visible()
    go_to(page, "Alphabet")
    expect(page.get_by_text("Embedding map: similar characters are close")).to_be_visible()
    expect(page).to_have_url(re.compile("/alphabet.*run="))
    seen = eventually(lambda: iteration(page))
    eventually(lambda: iteration(page) > seen)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(5)

    slider = page.get_by_role("slider", name="Snapshot")
    slider.press("Home")
    expect(page.get_by_text(re.compile("^Iteration 0 of"))).to_be_visible()
    slider.press("End")
    eventually(lambda: iteration(page) > seen)

    point = page.get_by_test_id("stVegaLiteChart").nth(1).get_by_text("Q", exact=True)
    neighbors = page.get_by_text("of Q, latin capital letter q")
    repeat(lambda: point.click(force=True), until=neighbors)  # the chart is being redrawn
    expect(page.locator(".one-hot b")).to_have_text("Q")
    page.reload()
    eventually(lambda: iteration(page) > seen)
    go_to(page, "Train")
    expect(button(page, "Pause")).to_be_visible()


def test_contents_lead_to_the_sections_by_keyboard_and_stay_there_while_a_run_trains(
    open_page, eventually
):
    page = open_page()
    button(page, "Train").click()
    expect(button(page, "Pause")).to_be_visible()
    go_to(page, "Alphabet")
    eventually(lambda: iteration(page) > 100)
    links = page.get_by_role("navigation", name="On this page").get_by_role("link")
    expect(links).to_have_count(len(contents.ANCHORS))
    bar = page.locator("header").bounding_box()
    for i, title in enumerate(contents.ANCHORS):
        links.nth(i).focus()
        page.keyboard.press("Enter")
        heading = page.get_by_role("heading", name=title, exact=True)
        # Below the navigation bar, or as far up as the end of the page allows.
        eventually(lambda heading=heading: -1 <= top(heading) - bar["height"] <= 20)
    seen, before = iteration(page), top(heading)
    eventually(lambda: iteration(page) > seen)
    assert top(heading) == before
    expect(page).to_have_url(re.compile("run=.*#4-what-was-learned"))
    page.keyboard.press("Tab")  # goes on in the section, not at the top
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") > before


def top(element) -> float:
    return element.bounding_box()["y"]


def test_page_without_a_run_leads_to_train_and_back_to_a_run(open_page, workspace, trained):
    run = trained()
    page = open_page("/alphabet", heading="What the network sees", key=workspace.key)
    page.get_by_role("combobox", name="Run or text").click()
    page.get_by_role("option", name=f"{run.title} · cats").click()
    expect(page.get_by_text("Iteration 4,000 of 4,000")).to_be_visible()
    expect(page).to_have_url(re.compile(f"run={run.id}"))
    page.get_by_role("combobox", name="Run or text").click()
    page.get_by_role("option", name="The text chosen on Train").click()
    button(page, "Go to Train").click()
    expect(button(page, "Step")).to_be_visible()

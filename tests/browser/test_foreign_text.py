"""Text in any direction and with any marks stays in its place on the page, in a real Chromium."""

import pytest
from playwright.sync_api import Locator, Page, expect

HEBREW = "בראשית ברא אלהים 12:30, את השמים.\nand a line in English\n"
# Where a part of a text stands: [left, right] of its first occurrence in an element, in pixels.
SPAN_OF = """(element, part) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const start = node.data.indexOf(part);
        if (start < 0) continue;
        const range = document.createRange();
        range.setStart(node, start);
        range.setEnd(node, start + part.length);
        const box = range.getBoundingClientRect();
        return [box.left, box.right];
    }
}"""
# The order in which the parts of a sentence stand on one line, from left to right.
ORDER_OF = """(element, parts) => {
    const line = element.cloneNode(true);
    line.style.cssText = 'position: fixed; left: 0; top: 0; white-space: nowrap';
    document.body.append(line);
    const text = line.firstChild, range = document.createRange();
    const left = part => {
        range.setStart(text, text.data.indexOf(part));
        range.setEnd(text, text.data.indexOf(part) + part.length);
        return range.getBoundingClientRect().left;
    };
    const lefts = Object.fromEntries(parts.map(part => [part, left(part)]));
    line.remove();
    return [...parts].sort((a, b) => lefts[a] - lefts[b]);
}"""
# The left and the right edge of an element, in pixels.
BOX_OF = """element => {
    const box = element.getBoundingClientRect();
    return [box.left, box.right];
}"""


@pytest.fixture
def open_pasted(open_page):
    """open_pasted(text): the Train page with a pasted text."""

    def open_pasted(text: str) -> Page:
        page = open_page()
        page.get_by_role("radio", name="Paste").click()
        box = page.get_by_role("textbox", name="Your text")
        box.fill(text)
        box.press("Control+Enter")
        expect(page.get_by_text(f"{len(set(text))} different")).to_be_visible()
        return page

    return open_pasted


def assert_each_line_in_its_direction(text: Locator) -> None:
    """The Hebrew line of `text` begins at the right, the English one at the left."""
    expect(text).to_contain_text("בראשית")
    left, right = text.evaluate(BOX_OF)
    first, later = text.evaluate(SPAN_OF, "בראשית"), text.evaluate(SPAN_OF, "אלהים")
    assert first[1] == pytest.approx(right, abs=2)
    assert later[1] < first[0]
    assert text.evaluate(SPAN_OF, "and a")[0] == pytest.approx(left, abs=2)


def test_each_line_of_a_text_is_laid_out_in_its_own_direction(open_pasted):
    page = open_pasted(HEBREW * 30)
    assert_each_line_in_its_direction(page.locator(".stSidebar [data-testid=stCode] code"))


def test_sentence_about_a_sample_keeps_its_order_around_the_words_it_quotes(open_pasted):
    page = open_pasted("בראשית ברא אלהים את השמים ואת הארץ.\n" * 30)
    meter = page.locator(".meter").first
    expect(meter).to_contain_text("copy check")  # the sample of the pasted text is there
    parts = ["copy check", " · ", "% of its words", "new words:", " more"]
    assert meter.evaluate(ORDER_OF, parts) == parts


def test_stacked_marks_are_clipped_to_the_boxes_of_texts(open_page, trained, workspace):
    # How far marks stack depends on the fonts of the machine, so no pixels are compared.
    run = trained(iterations=400)
    page = open_page(f"/write?run={run.id}", heading="Write", key=workspace.key)
    for box in (".characters", ".meter", ".written"):
        expect(page.locator(box).first).to_have_css("contain", "paint")
    page = open_page()
    expect(page.locator("[data-testid=stCode]").first).to_have_css("contain", "paint")

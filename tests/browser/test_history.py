"""Back and Forward in a real Chromium: one visit to a page, or one choice on it, is one entry."""

import re

from playwright.sync_api import Page, expect

from tests.support.browser import button, move, slider, wait_until_idle

# Of each page: how to tell that it is drawn and its link complete.
COMPLETE = {
    "Train": re.compile(r"/\?run="),
    "Alphabet": re.compile(r"/alphabet\?run="),
    "Compare": re.compile(r"/compare\?.*compare=.*&at=newest"),
    "Write": re.compile(r"/write\?run="),
}


# From hold() to release(), nothing that the server sends reaches the page.
HOLD_MESSAGES = """
    window.held = null;
    window.hold = () => { held = []; };
    window.WebSocket = class extends WebSocket {
        constructor(...parameters) {
            super(...parameters);
            this.addEventListener("message", (event) => {
                if (!held) return;
                event.stopImmediatePropagation();
                held.push([this, event.data]);
            });
        }
    };
    window.release = () => {
        const messages = held;
        held = null;
        for (const [socket, data] of messages)
            socket.dispatchEvent(new MessageEvent("message", { data }));
    };
"""


def entries(page: Page) -> int:
    return page.evaluate("history.length")


def shows(page: Page, title: str) -> None:
    expect(page).to_have_url(COMPLETE[title])
    wait_until_idle(page)


def test_each_visit_to_a_page_is_one_entry_and_back_returns_through_all_of_them(
    open_page, trained, workspace, eventually
):
    trained(iterations=400)
    run = trained(iterations=400, seed=1)
    page = open_page(f"/?run={run.id}", key=workspace.key)
    shows(page, "Train")
    before = entries(page)
    visits = ["Train", "Alphabet", "Compare", "Write", "Compare", "Train"]
    for title in visits[1:]:
        page.get_by_role("link", name=title).first.click()
        shows(page, title)
    eventually(lambda: entries(page) == before + len(visits) - 1)
    for title in visits[-2::-1]:
        page.go_back()
        shows(page, title)
    page.go_forward()
    shows(page, "Alphabet")


def test_back_pressed_faster_than_the_server_answers_loses_no_entry(open_page, trained, workspace):
    trained(iterations=400)
    run = trained(iterations=400, seed=1)
    page = open_page(f"/?run={run.id}", key=workspace.key)
    page.add_init_script(HOLD_MESSAGES)
    page.reload()
    shows(page, "Train")
    for title in ("Alphabet", "Compare", "Write"):
        page.get_by_role("link", name=title).first.click()
        shows(page, title)
    page.evaluate("hold()")
    page.go_back()
    page.wait_for_function("() => held.length > 2")  # which begin to draw Compare
    page.go_back()
    page.evaluate("release(); hold()")
    page.go_back()
    page.evaluate("release()")
    shows(page, "Train")
    for title in ("Alphabet", "Compare", "Write"):
        page.go_forward()
        shows(page, title)


def test_a_page_completes_its_own_address_without_an_entry(open_page, trained, workspace):
    trained(iterations=400)
    for path, title in (("/compare", "Compare"), ("/write", "Write")):
        page = open_page(f"{path}", heading=title, key=workspace.key)
        shows(page, title)
        assert entries(page) == 2  # that of the empty tab, and this


def test_a_choice_on_the_page_is_an_entry_and_its_consequences_are_not(
    open_page, trained, workspace, eventually
):
    run = trained(iterations=1000)
    page = open_page(f"/compare?compare={run.id}", heading="Compare", key=workspace.key)
    shows(page, "Compare")
    before = entries(page)
    page.get_by_role("radio", name="second", exact=True).click()
    expect(page).to_have_url(re.compile("by=second"))
    wait_until_idle(page)
    eventually(lambda: entries(page) == before + 1)
    page.go_back()
    expect(page).to_have_url(re.compile("by=iteration"))
    expect(page.get_by_role("radio", name="iteration", exact=True).first).to_be_checked()


def test_settings_of_a_sample_are_in_the_link_and_add_no_entry(
    open_page, trained, workspace, eventually
):
    run = trained(iterations=400)
    page = open_page(f"/write?run={run.id}", heading="Write", key=workspace.key)
    shows(page, "Write")
    before = entries(page)
    page.get_by_role("textbox", name="Prompt").press_sequentially("the dog")
    expect(page).to_have_url(re.compile(r"prompt=the\+dog"))
    move(slider(page, "temperature"), "0.5")
    expect(page).to_have_url(re.compile(r"temperature=0\.5"))
    button(page, "New seed").click()
    expect(page).to_have_url(re.compile("seed=1"))
    wait_until_idle(page)
    assert entries(page) == before
    # The link shows the same sample to somebody else.
    other = open_page(page.url, heading="Write")  # as anybody else
    written, same = page.locator(".characters"), other.locator(".characters")
    expect(written.locator("[data-position]")).to_have_count(200)
    eventually(lambda: same.text_content() == written.text_content())
    expect(slider(other, "temperature")).to_have_attribute("aria-valuetext", "0.5")
    expect(other.get_by_role("textbox", name="Prompt")).to_have_value("the dog")

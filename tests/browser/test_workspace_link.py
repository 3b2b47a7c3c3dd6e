"""The key of a workspace in a real Chromium: in the cookie, and never in the address bar."""

import re

from playwright.sync_api import Page, expect

from charrnn.runs.store.workspace import Workspace
from tests.support.browser import button, kept_key
from tests.support.store import TEXT, WORKSPACE

# As in a browser that blocks cookies: nothing that is written can be read again.
NO_COOKIES = "Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} })"
# Another tab stores its key once this page has connected to the server.
OTHER_TAB = """
const Socket = WebSocket;
window.WebSocket = class extends Socket {
  constructor(...args) {
    super(...args);
    this.addEventListener("open", () => { document.cookie = "charrnn_workspace=KEY; path=/"; });
  }
};
"""


def is_owner(page: Page) -> None:
    expect(button(page, "More")).to_be_visible()


def test_a_link_with_a_key_becomes_a_cookie_and_reload_and_back_keep_the_runs(
    open_page, trained, workspace, eventually
):
    run = trained(iterations=1000)
    page = open_page(f"/?w={workspace.key}&run={run.id}")
    is_owner(page)
    own_address = re.compile(rf"/\?run={run.id}$")
    expect(page).to_have_url(own_address)
    eventually(lambda: kept_key(page) == workspace.key)
    eventually(lambda: page.evaluate("history.length") == 2)  # that of the empty tab, and this
    page.reload()
    is_owner(page)
    page.get_by_role("link", name="Write").first.click()
    expect(page).to_have_url(re.compile(rf"/write\?run={run.id}$"))
    page.go_back()
    is_owner(page)
    expect(page).to_have_url(own_address)
    copied = open_page(page.url, heading="Newest sample · iteration 1,000")  # by anybody else
    expect(copied.get_by_text("You are viewing another visitor's run")).to_be_visible()
    expect(button(copied, "More")).to_have_count(0)


def test_whoever_has_runs_is_asked_and_back_does_not_bring_the_key_into_the_address(
    open_page, trained, workspace, store, eventually
):
    run = trained(iterations=1000)
    Workspace(store, WORKSPACE).add_text("cats", TEXT)
    link = f"/?w={workspace.key}&run={run.id}"
    page = open_page(link, key=WORKSPACE, heading="This link opens other runs than yours")
    expect(page).to_have_url(re.compile(rf"/\?run={run.id}$"))
    button(page, "Open the other runs").click()
    is_owner(page)
    eventually(lambda: kept_key(page) == workspace.key)
    page.get_by_role("link", name="Alphabet").first.click()
    expect(page).to_have_url(re.compile("/alphabet"))
    page.go_back()
    is_owner(page)
    expect(page).not_to_have_url(re.compile("w="))


def test_a_new_visitor_still_owns_a_run_after_a_reload_while_it_trains(open_page, eventually):
    page = open_page()
    eventually(lambda: kept_key(page))
    button(page, "Train").click()
    expect(button(page, "Pause")).to_be_visible()
    assert kept_key(page) not in page.url
    page.reload()
    expect(button(page, "Pause")).to_be_visible()
    button(page, "Pause").click()
    expect(button(page, "Resume")).to_be_visible()


def test_a_tab_takes_the_key_that_another_tab_has_stored_meanwhile(
    open_page, workspace, trained, eventually
):
    """Both were opened before the browser had a key."""
    run = trained(iterations=1000)
    page = open_page()
    page.evaluate("sessionStorage.clear()")
    page.context.clear_cookies()
    # When the page arrives there is no cookie; when it is about to store its key there is one.
    page.add_init_script(OTHER_TAB.replace("KEY", workspace.key))
    page.goto(page.url.split("?")[0] + f"?run={run.id}")
    is_owner(page)
    eventually(lambda: kept_key(page) == workspace.key)


def test_a_browser_without_cookies_is_told_to_keep_the_link(browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(NO_COOKIES)
    page.goto(server.url)
    expect(page.get_by_text("This browser keeps no cookies")).to_be_visible()
    button(page, "Step").click()
    button(page, "More").click()
    page.get_by_role("menuitem", name="Open my runs on another device").click()
    link = page.get_by_role("dialog").locator("code").inner_text()
    page.goto(link)
    is_owner(page)
    context.close()


def test_a_withdrawn_link_closes_the_pages_that_are_open(open_page, trained, workspace):
    run = trained(iterations=1000)
    page = open_page(f"/?run={run.view_key}", heading="Newest sample · iteration 1,000")
    workspace.withdraw_link(run.id)
    expect(page.get_by_text("The run in this link was not found")).to_be_visible()
    expect(page.get_by_text("You are viewing")).to_have_count(0)

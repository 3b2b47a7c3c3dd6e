"""What somebody in front of a room uses: a link with settings, keys, and a history that plays."""

import re

from playwright.sync_api import Page, expect

from charrnn.runs.files.replay.page import run_page
from tests.support.browser import button, slider
from tests.support.store import SMALL

LINK = "/?text=brackets&hidden_size=16&iterations=2000&sample_interval=500&only=hidden_size"
KEYS = re.compile("^Keys")
# What the browser shows while a toast does: it takes no keys.
TOAST = """() => document.body.insertAdjacentHTML(
    "beforeend", '<div role="alertdialog" class="stToast" aria-label="Saved"></div>')"""


def leave(page: Page) -> None:
    """Take the focus from whatever control has it."""
    page.get_by_role("heading", name="charrnn", exact=True).click()


def test_a_link_fills_the_controls_in_and_another_is_copied(open_page):
    page = open_page(LINK)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_role("spinbutton", name="hidden_size")).to_have_value("16")
    expect(page.get_by_role("spinbutton", name="seq_length")).to_have_count(0)
    expect(button(page, "Train")).to_be_visible()
    button(page, "Show all controls").click()
    expect(page.get_by_role("spinbutton", name="seq_length")).to_have_value("25")
    button(page, "Copy link to these settings").click()
    expect(button(page, "Copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    again = open_page(copied)
    expect(again.get_by_role("spinbutton", name="hidden_size")).to_have_value("16")
    expect(again.get_by_role("spinbutton", name="seq_length")).to_have_value("25")
    expect(again.get_by_text("80,008 characters")).to_be_visible()


def test_keys_train_step_and_play_but_not_while_somebody_types(open_page, store):
    page = open_page(LINK)
    dialog = page.get_by_role("dialog")
    number = page.get_by_role("spinbutton", name="hidden_size")
    number.focus()
    for key in (" ", "?"):
        page.keyboard.press(key)
    expect(dialog).to_have_count(0)
    expect(button(page, "Train")).to_be_visible()
    assert store.runs.runnable() == []

    leave(page)
    page.keyboard.press("?")
    expect(dialog.filter(has_text=KEYS)).to_be_visible()
    expect(button(dialog, "Close")).to_be_focused()
    page.keyboard.press(" ")  # closes it and does nothing else
    expect(dialog).to_have_count(0)
    expect(button(page, "Train")).to_be_visible()

    use = dialog.get_by_label("Use these keys")
    page.keyboard.press("?")
    use.uncheck()
    button(dialog, "Close").click()
    leave(page)
    page.keyboard.press(" ")  # does nothing, since the keys are off
    page.keyboard.press("?")
    use.check()
    button(dialog, "Close").click()
    expect(dialog).to_have_count(0)
    expect(button(page, "Train")).to_be_visible()

    leave(page)
    page.evaluate(TOAST)
    page.keyboard.press(" ")
    expect(button(page, "Pause")).to_be_visible()
    expect(page.get_by_text("Iteration 2,000 of 2,000")).to_be_visible()

    samples = slider(page, "earlier_samples")
    expect(samples).to_have_attribute("aria-valuetext", "0")
    page.get_by_role("radio", name="bits").focus()
    page.keyboard.press("ArrowRight")  # the radio's own key
    leave(page)
    page.keyboard.press("ArrowRight")
    expect(samples).to_have_attribute("aria-valuetext", "500")
    expect(page.get_by_text("Earlier sample · iteration 500")).to_be_visible()
    page.keyboard.press("End")
    expect(samples).to_have_attribute("aria-valuetext", "2,000")

    button(page, "Play").click()
    history = page.locator(".replay")
    expect(history).to_be_focused()
    expect(button(history, "Pause")).to_be_visible()
    button(history, "4×").click()
    expect(history.get_by_role("status")).to_have_text("iteration 2,000")
    expect(button(history, "Play")).to_be_visible()  # it has ended
    drawn = history.locator("clipPath rect").get_attribute("width")
    history.focus()
    page.keyboard.press("Home")
    expect(history.get_by_role("status")).to_have_text("iteration 0")
    expect(history.locator("clipPath rect")).not_to_have_attribute("width", drawn)
    page.keyboard.press("ArrowRight")
    expect(history.locator("figcaption")).to_contain_text("iteration 500")
    expect(history.locator("pre")).to_have_text(re.compile(r"\w"))


def test_a_saved_page_plays_offline_and_nothing_in_it_can_act(
    browser, store, workspace, work, tmp_path
):
    text = "</script><img src=x onerror=alert(1)> & <b>it</b>\n" * 60
    run = work(workspace.create(store.corpora.add("hostile", text), SMALL))
    workspace.rename(run.id, "<img src=x onerror=alert(2)>")
    file = tmp_path / "run.html"
    file.write_text(run_page(store, store.runs.get(run.id), with_text=True), encoding="utf-8")
    context = browser.new_context(offline=True)
    page, asked, dialogs, messages = context.new_page(), [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("<img src=x onerror=alert(2)>")
    button(page, "4×").click()
    button(page, "Play").click()
    place = page.get_by_role("status")
    expect(place).to_have_text("iteration 1,000")
    expect(button(page, "Play")).to_be_visible()
    page.get_by_role("slider", name="Position").fill("3")
    expect(place).to_have_text("iteration 300")
    expect(page.locator("#replay pre")).to_have_text(store.history.sample(run.id, 300))
    expect(page.locator("pre.text")).to_have_text(text)
    assert (asked, dialogs, messages) == ([file.as_uri()], [], [])
    acted = page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.acted = true";
            document.body.append(script);
            return window.acted;
        }"""
    )
    assert acted is None  # even if markup got into it
    context.close()

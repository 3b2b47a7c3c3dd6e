"""The loss chart and the earlier samples of the Train page, in a real Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import DOTS, LOADED, button, move, repeat, wait_until_idle
from tests.support.train_browser import iteration, set_slider, slider_of


def test_the_learning_rate_changes_live_and_is_marked_in_the_chart(open_page, eventually):
    page = open_page()
    button(page, "Train").click()
    eventually(lambda: iteration(page) > 0)
    url = page.url
    set_slider(page, "learning_rate", "0.03")
    expect(page.get_by_test_id("stVegaLiteChart")).to_contain_text("learning rate 0.03")
    expect(slider_of(page, "learning_rate")).to_have_attribute("aria-valuetext", "0.03")
    assert page.url == url
    before = iteration(page)
    eventually(lambda: iteration(page) > before)


def test_a_refresh_keeps_the_hover_and_the_zoom_of_the_chart(open_page, eventually):
    page = open_page()
    button(page, "Train").click()
    eventually(lambda: iteration(page) > 2000)
    chart = page.get_by_test_id("stVegaLiteChart")
    page.evaluate("() => { window.before = document.querySelector('.stVegaLiteChart svg') }")
    tooltip = page.locator("#vg-tooltip-element")

    def point():
        chart.hover(position={"x": 190, "y": 150})
        chart.hover(position={"x": 200, "y": 150})

    def zoomed():
        ticks = chart.locator(".role-axis-label").first.locator("text").all_text_contents()
        return ticks if ticks and ticks[0] != "0" else None

    repeat(point, until=tooltip)
    expect(tooltip).to_contain_text("bits per character")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    ticks = eventually(zoomed)
    seen = iteration(page)
    eventually(lambda: iteration(page) > seen + 1000)
    eventually(lambda: zoomed() == ticks)
    expect(tooltip).to_contain_text("bits per character")
    assert page.evaluate("() => window.before === document.querySelector('.stVegaLiteChart svg')")


def test_a_swipe_on_the_chart_scrolls_the_page_and_not_the_chart(open_page, eventually):
    phone = {"viewport": {"width": 393, "height": 727}, "has_touch": True, "is_mobile": True}
    page = open_page(**phone)
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1 of")
    chart = page.get_by_test_id("stVegaLiteChart")
    chart.evaluate("chart => chart.scrollIntoView({block: 'center'})")
    ticks = chart.locator(".role-axis-label").locator("text")
    expect(page.get_by_text(re.compile("^After 1 iteration"))).to_be_visible()
    wait_until_idle(page)
    before = ticks.all_text_contents()
    touch = page.context.new_cdp_session(page)

    def swipe(x: float, y: float, by: int):
        def finger(event: str, *at: float):
            points = [{"x": x, "y": y} for y in at]
            touch.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": points})
            page.evaluate("() => new Promise(requestAnimationFrame)")  # one frame per event

        finger("touchStart", y)
        for step in range(1, 16):
            finger("touchMove", y + by * step / 15)
        finger("touchEnd")

    def top() -> float:
        return chart.bounding_box()["y"]

    start, x, y = top(), 190, top() + 100
    swipe(x, y, 150)
    eventually(lambda: top() > start + 100)
    swipe(x, y, -100)
    eventually(lambda: top() < start + 90)
    assert ticks.all_text_contents() == before


def test_units_and_axes_change_the_titles_of_the_chart(open_page):
    page = open_page()
    chart = page.get_by_test_id("stVegaLiteChart")
    for name, title in [
        ("nats", "nats per window"),
        ("perplexity", "perplexity"),
        ("characters", "characters read"),
        ("seconds", "seconds"),
    ]:
        page.get_by_role("radio", name=name, exact=True).click()
        expect(chart.get_by_text(title, exact=True)).to_be_visible()
        expect(chart).to_have_count(1)  # the previous one is gone
    for baseline in ("guessing", "unigrams", "bigrams", "trigrams"):
        expect(chart.get_by_text(baseline, exact=True)).to_be_visible()


def test_an_earlier_sample_stays_selected_while_new_samples_arrive(open_page, eventually, store):
    page = open_page()
    button(page, "Train").click()
    eventually(lambda: iteration(page) > 3000)
    samples = page.locator("[class*=st-key-earlier_samples] input[type=range]")

    def choose() -> bool:
        """Whether the slider has kept the choice once the page was drawn again."""
        if samples.get_attribute("aria-valuetext") != "1,000":
            move(samples, "1,000")
        drawn = iteration(page)
        eventually(lambda: iteration(page) > drawn)
        return samples.get_attribute("aria-valuetext") == "1,000"

    # While the page is drawn, Streamlit may put the slider back to its start, once.
    eventually(choose)
    expect(page.get_by_text("Earlier sample · iteration 1,000")).to_be_visible()
    (run,) = store.runs.runnable()
    text = store.history.sample(run.id, 1000)
    expect(page.locator(".st-key-earlier_sample code")).to_have_text(text)
    seen = iteration(page)
    eventually(lambda: iteration(page) > seen + 3000)
    expect(samples).to_have_attribute("aria-valuetext", "1,000")
    expect(page.locator(".st-key-earlier_sample code")).to_have_text(text)


def test_why_the_loss_goes_up_and_down_is_explained_beside_the_chart(open_page, eventually):
    page = open_page()
    page.get_by_text("Why does it go up and down?").click()
    explanation = page.get_by_text("Some windows of text are easier to predict")
    expect(explanation).to_be_visible()
    chart = page.get_by_test_id("stVegaLiteChart")

    def is_below() -> bool:
        above = chart.bounding_box()
        return explanation.bounding_box()["y"] >= above["y"] + above["height"]

    eventually(is_below)


@pytest.mark.parametrize("off", [(0, 0), (3, 0), (-2, -3)])
def test_a_click_on_or_beside_a_dot_shows_the_sample_written_there(
    open_page, trained, workspace, eventually, off
):
    run = trained()
    page = open_page(f"/?run={run.id}", key=workspace.key)
    page.wait_for_function(LOADED)  # until then, things move
    dots = eventually(lambda: page.evaluate(DOTS))
    iterations = workspace.store.history.observe(run.id, points=1)[1].sample_iterations
    assert len(dots) == len(iterations) > 5
    tooltip = page.locator("#vg-tooltip-element.visible", has_text="bits per character")
    for (x, y), written_at in [*zip(dots, iterations, strict=True)][::-2]:

        def point(x=x, y=y):
            page.mouse.move(x, y)
            page.mouse.move(x + off[0], y + off[1])

        repeat(point, until=tooltip)
        expect(tooltip).to_contain_text("perplexity (effective choices)")
        page.mouse.click(x + off[0], y + off[1])
        expect(page.get_by_text(f"Earlier sample · iteration {written_at:,}")).to_be_visible()
        text = workspace.store.history.sample(run.id, written_at)
        expect(page.locator(".st-key-earlier_sample code")).to_have_text(text)

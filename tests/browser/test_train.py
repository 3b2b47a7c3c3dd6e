"""The Train page in a real Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import SIDEWAYS, button, kept_key, repeat
from tests.support.train_browser import (
    SAMPLE,
    curve_length,
    field,
    iteration,
    set_slider,
    slider_of,
    switch,
)

# How far the box of a very short sample ends above the chart beside it, in pixels.
MISSING = """() => {
    document.querySelector('.st-key-sample code').textContent = 'Oh.';
    const [sample, chart] = ['.st-key-newest_sample', '.st-key-curve'].map(
        name => document.querySelector(name).getBoundingClientRect().bottom);
    return chart - sample;
}"""


def test_every_part_of_the_page_is_filled_before_training(open_page):
    page = open_page()
    expect(page.get_by_text(re.compile(r"\d characters, \d+ different"))).to_be_visible()
    expect(page.locator(SAMPLE)).to_have_text(re.compile(r"[\s\S]{100,}"))
    expect(page.get_by_text(re.compile("^Before the first update the network"))).to_be_visible()
    expect(button(page, "Train")).to_be_enabled()
    expect(button(page, "Reset")).to_be_disabled()
    assert page.evaluate(MISSING) < 1  # so a sample of other lines moves nothing below it


def test_train_draws_a_curve_and_a_sample_of_200_characters(open_page, eventually):
    page = open_page()
    untrained = page.locator(SAMPLE).text_content()
    button(page, "Train").click()
    sample = page.get_by_text(re.compile(r"Newest sample · iteration [1-9][\d,]*000"))
    expect(sample).to_be_visible()
    expect(page.locator(SAMPLE)).not_to_have_text(untrained)
    eventually(lambda: len(page.locator(SAMPLE).text_content()) == 200)
    eventually(lambda: curve_length(page) > 5)


@pytest.mark.parametrize("label", ["Train", "Step"])
def test_a_double_click_starts_one_run(open_page, label):
    page = open_page()
    button(page, label).dblclick()
    expect(page.get_by_test_id("stProgress")).not_to_contain_text("Iteration 0 of")
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("link", name="Open Run 1", exact=True)).to_have_count(1)


@pytest.mark.parametrize("pause", [0, 50, 150, 250])  # milliseconds between the two clicks
def test_a_run_started_by_a_double_click_trains_on(open_page, eventually, store, pause):
    page = open_page()
    button(page, "Train").dblclick(delay=pause // 2)
    eventually(lambda: iteration(page) > 1000)
    (run,) = store.runs.runnable()
    expect(button(page, "Pause")).to_be_visible()
    assert run.active


def test_the_keyboard_trains_pauses_and_resumes_without_leaving_the_button(open_page, eventually):
    page = open_page()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => !!document.activeElement.closest('.st-key-main_button')"):
            break
    main = page.locator(".st-key-main_button button")
    expect(main).to_be_focused()
    for after in ("Pause", "Resume", "Pause"):
        # Again if it came so soon that it passed for a double click.
        repeat(lambda: page.keyboard.press("Enter"), until=button(page, after))
        expect(main).to_be_focused()
    seen = iteration(page)
    eventually(lambda: iteration(page) > seen + 1000)
    expect(main).to_be_focused()


def test_a_number_can_be_typed_and_stepped_and_the_slider_follows(open_page, eventually, store):
    page = open_page()
    page.get_by_role("radio", name="Textbook").click()
    hidden_size, rate = field(page, "hidden_size"), field(page, "learning rate")
    expect(rate).to_have_value("0.1")
    hidden_size.fill("120")
    hidden_size.press("Enter")
    expect(slider_of(page, "hidden_size")).to_have_attribute("aria-valuetext", "120")
    rate.fill("0.15")
    button(page, "Train").click()  # without Enter
    eventually(lambda: iteration(page) > 0)
    (run,) = store.runs.runnable()
    assert (run.config.hidden_size, run.config.learning_rate) == (120, 0.15)
    rate.focus()
    rate.press("ArrowDown")  # while the run trains
    eventually(lambda: store.runs.get(run.id).learning_rate == 0.14)
    expect(slider_of(page, "learning_rate")).to_have_attribute("aria-valuetext", "0.14")
    seen = iteration(page)
    eventually(lambda: iteration(page) > seen + 2000)
    expect(rate).to_have_value("0.14")  # it does not jump back
    set_slider(page, "learning_rate", "0.05")
    expect(rate).to_have_value("0.05")


@pytest.mark.parametrize("typed", ["", "e", "1e9", "-3"])
def test_a_field_that_is_empty_or_not_allowed_says_so(open_page, typed):
    page = open_page()
    hidden_size = field(page, "hidden_size")
    hidden_size.press("ControlOrMeta+a")
    hidden_size.press("Delete")
    hidden_size.press_sequentially(typed)
    hidden_size.press("Enter")
    sentence = "hidden_size can be 1 to 1,024" if "1" in typed or "3" in typed else "is empty"
    expect(page.get_by_test_id("stAlert")).to_contain_text(sentence)
    expect(button(page, "Train")).to_be_disabled()
    expect(slider_of(page, "hidden_size")).to_have_attribute("aria-valuetext", "192")
    hidden_size.fill("64")
    hidden_size.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(button(page, "Train")).to_be_enabled()


def test_1e3_is_a_thousand(open_page):
    page = open_page()
    field(page, "hidden_size").press("ControlOrMeta+a")
    field(page, "hidden_size").press_sequentially("1e3")
    field(page, "hidden_size").press("Enter")
    expect(slider_of(page, "hidden_size")).to_have_attribute("aria-valuetext", "1,000")


def test_the_sample_shown_before_training_is_the_first_sample_of_the_run(open_page):
    page = open_page()
    previewed = page.locator(SAMPLE).text_content()
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    expect(page.locator(".st-key-earlier_sample code")).to_have_text(previewed)


def test_pause_stops_training_and_resume_continues_it(open_page, eventually):
    page = open_page()
    button(page, "Train").click()
    eventually(lambda: iteration(page) > 0)
    switch(page, "Pause", "Resume")
    expect(button(page, "Step")).to_be_enabled()  # the worker has stopped
    paused_at = iteration(page)
    switch(page, "Resume", "Pause")
    eventually(lambda: iteration(page) > paused_at)


@pytest.mark.parametrize("size", ["1", "100", "1,000"])
def test_step_trains_as_many_iterations_as_selected_and_pauses(open_page, size):
    page = open_page()
    page.get_by_role("radio", name=size, exact=True).click()
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text(f"Iteration {size} of")
    expect(button(page, "Resume")).to_be_visible()
    button(page, "Step").click()
    twice = f"{2 * int(size.replace(',', '')):,}"
    expect(page.get_by_test_id("stProgress")).to_contain_text(f"Iteration {twice} of")


def test_reset_shows_iteration_0_and_the_run_can_be_opened_again(open_page):
    page = open_page()
    previewed = page.locator(SAMPLE).text_content()
    page.get_by_role("radio", name="1,000", exact=True).click()
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1,000 of")
    button(page, "Reset").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 0 of")
    expect(page.locator(SAMPLE)).to_have_text(previewed)
    button(page, "Back to the previous run").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1,000 of")


def test_the_address_without_parameters_offers_the_newest_run(open_page, server):
    page = open_page()
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1 of")
    page.goto(server.url)
    button(page, "Back to Run 1").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1 of")


def test_reload_and_another_browser_find_the_run_still_training(open_page, eventually):
    page = open_page()
    set_slider(page, "hidden_size", "64")
    button(page, "Train").click()
    eventually(lambda: iteration(page) > 1000)
    page.reload()
    expect(button(page, "Pause")).to_be_visible()
    seen = eventually(lambda: iteration(page) if iteration(page) > 1000 else None)
    url, key = page.url, kept_key(page)
    page.context.close()

    other = open_page(url, key=key)
    expect(button(other, "Pause")).to_be_visible()
    eventually(lambda: iteration(other) > seen)
    expect(slider_of(other, "hidden_size")).to_have_attribute("aria-valuetext", "64")


def test_two_browsers_of_one_owner_stay_in_sync(open_page, server, eventually):
    one = open_page()
    button(one, "Train").click()
    eventually(lambda: iteration(one) > 0)
    other = open_page(one.url.removeprefix(server.url), key=kept_key(one))
    button(other, "Pause").click()
    expect(button(one, "Resume")).to_be_visible()
    set_slider(one, "learning_rate", "0.03")
    switch(one, "Resume", "Pause")
    expect(button(other, "Pause")).to_be_visible()
    expect(slider_of(other, "learning_rate")).to_have_attribute("aria-valuetext", "0.03")


def test_back_and_forward_in_the_browser_deselect_and_select_the_run(open_page):
    page = open_page()
    page.get_by_role("radio", name="1,000", exact=True).click()
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1,000 of")
    page.go_back()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 0 of")
    page.go_forward()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1,000 of")


def test_a_finished_run_can_be_resumed(open_page, eventually):
    page = open_page()
    page.get_by_text("Advanced").click()
    set_slider(page, "iterations", "1,000")
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("Iteration 0 of 1,000")  # the slider's value has arrived
    button(page, "Train").click()
    expect(progress).to_contain_text("Iteration 1,000 of 1,000 · done in")
    expect(page.get_by_text("What next?")).to_be_visible()
    button(page, "Resume").click()
    expect(progress).to_contain_text("Iteration 2,000 of 2,000 · done in")


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_the_page_never_scrolls_sideways(open_page, width, eventually):
    page = open_page(viewport={"width": width, "height": 800})
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    eventually(lambda: page.evaluate(SIDEWAYS) <= 0)


def test_a_link_to_an_unknown_run_is_a_warning(open_page):
    page = open_page("/?run=nobody")
    expect(page.get_by_test_id("stAlert")).to_contain_text("The run in this link was not found")
    expect(button(page, "Train")).to_be_enabled()

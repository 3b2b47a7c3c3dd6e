"""The Train page in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DOTS, LOADED, button

SAMPLE = ".st-key-sample code"


def iteration(page: Page) -> int:
    text = page.get_by_test_id("stProgress").inner_text()
    return int(re.search(r"Iteration ([\d,]+)", text)[1].replace(",", ""))


def curve_length(page: Page) -> float:
    """The length of the longest line in the chart, in pixels."""
    return page.evaluate(
        """() => Math.max(0, ...[...document.querySelectorAll(
            '[data-testid=stVegaLiteChart] .mark-line path')].map(p => p.getTotalLength()))"""
    )


def slider_of(page: Page, key: str):
    """The slider of a setting: held_out, or one with a number field beside it."""
    return page.locator(f":is(.st-key-{key}, .st-key-{key}_slider) input[type=range]")


def field(page: Page, name: str):
    return page.get_by_role("spinbutton", name=name, exact=True)


def set_slider(page: Page, key: str, value: str):
    """Move a slider with the arrow keys, until it shows `value`."""
    slider = slider_of(page, key)
    slider.focus()
    slider.press("Home")
    for position in range(30):
        expect(slider).to_have_value(str(position))
        if slider.get_attribute("aria-valuetext") == value:
            return
        slider.press("ArrowRight")
    raise AssertionError(f"{key} never became {value}")


def switch(page: Page, before: str, after: str, eventually):
    """Click the main button until its label has changed.

    A click that comes within a second after another may pass for the second of a double click.
    """

    def switched() -> bool:
        main = page.locator(".st-key-main_button button")  # whatever its label is by now
        if main.inner_text().endswith(before):
            main.click()
        return main.inner_text().endswith(after)

    eventually(switched)


def test_every_part_of_the_page_is_filled_before_training(open_page):
    page = open_page()
    expect(page.get_by_text(re.compile(r"\d characters, \d+ different"))).to_be_visible()
    expect(page.locator(SAMPLE)).to_have_text(re.compile(r"[\s\S]{100,}"))
    expect(page.get_by_text(re.compile("^Before the first update the network"))).to_be_visible()
    expect(button(page, "Train")).to_be_enabled()
    expect(button(page, "Reset")).to_be_disabled()


def test_train_draws_a_curve_and_a_sample_of_200_characters(open_page):
    page = open_page()
    untrained = page.locator(SAMPLE).inner_text()
    button(page, "Train").click()
    expect(
        page.get_by_text(re.compile(r"Newest sample · iteration [1-9][\d,]*000"))
    ).to_be_visible()
    expect(page.locator(SAMPLE)).not_to_have_text(untrained)
    assert len(page.locator(SAMPLE).text_content()) == 200
    assert curve_length(page) > 5


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
    assert button(page, "Pause").is_visible()
    assert run.active


def test_the_keyboard_trains_pauses_and_resumes_without_leaving_the_button(open_page, eventually):
    page = open_page()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => !!document.activeElement.closest('.st-key-main_button')"):
            break
    main = page.locator(".st-key-main_button button")
    expect(main).to_be_focused()
    for before, after in [("Train", "Pause"), ("Pause", "Resume"), ("Resume", "Pause")]:

        def switched(before=before, after=after):
            """Presses Enter again if it came so soon that it passed for a double click."""
            if main.inner_text().endswith(before):
                page.keyboard.press("Enter")
            return main.inner_text().endswith(after)

        eventually(switched)
        expect(main).to_be_focused()
    seen = iteration(page)
    eventually(lambda: iteration(page) > seen + 1000)
    expect(main).to_be_focused()


def test_a_number_can_be_typed_and_stepped_and_the_slider_follows(open_page, eventually, store):
    page = open_page()
    hidden_size, rate = field(page, "hidden_size"), field(page, "learning rate")
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
    expect(slider_of(page, "hidden_size")).to_have_attribute("aria-valuetext", "100")
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
    switch(page, "Pause", "Resume", eventually)
    expect(button(page, "Step")).to_be_enabled()  # the worker has stopped
    paused_at = iteration(page)
    switch(page, "Resume", "Pause", eventually)
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
    url = page.url
    page.context.close()

    other = open_page(url)
    expect(button(other, "Pause")).to_be_visible()
    eventually(lambda: iteration(other) > seen)
    expect(slider_of(other, "hidden_size")).to_have_attribute("aria-valuetext", "64")


def test_two_browsers_on_one_link_stay_in_sync(open_page, server, eventually):
    one = open_page()
    button(one, "Train").click()
    eventually(lambda: iteration(one) > 0)
    other = open_page(one.url.removeprefix(server.url))
    button(other, "Pause").click()
    expect(button(one, "Resume")).to_be_visible()
    set_slider(one, "learning_rate", "0.03")
    switch(one, "Resume", "Pause", eventually)
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
    chart.hover(position={"x": 200, "y": 150})
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_contain_text("bits per character")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")

    def zoomed():
        ticks = chart.locator(".role-axis-label").first.locator("text").all_text_contents()
        return ticks if ticks[0] != "0" else None

    ticks = eventually(zoomed)
    seen = iteration(page)
    eventually(lambda: iteration(page) > seen + 1000)
    assert zoomed() == ticks
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


def test_an_earlier_sample_stays_selected_while_new_samples_arrive(open_page, eventually):
    page = open_page()
    button(page, "Train").click()
    eventually(lambda: iteration(page) > 3000)
    samples = page.locator("[class*=st-key-earlier_samples] input[type=range]")
    samples.focus()
    samples.press("ArrowRight")
    expect(page.get_by_text("Earlier sample · iteration 1,000")).to_be_visible()
    text = page.locator(".st-key-earlier_sample code").text_content()
    seen = iteration(page)
    eventually(lambda: iteration(page) > seen + 3000)
    expect(samples).to_have_attribute("aria-valuetext", "1,000")
    assert page.locator(".st-key-earlier_sample code").text_content() == text


def test_why_the_loss_goes_up_and_down_is_explained_beside_the_chart(open_page):
    page = open_page()
    page.get_by_text("Why does it go up and down?").click()
    explanation = page.get_by_text("Some windows of text are easier to predict")
    expect(explanation).to_be_visible()
    chart = page.get_by_test_id("stVegaLiteChart").bounding_box()
    assert explanation.bounding_box()["y"] >= chart["y"] + chart["height"]


@pytest.mark.parametrize("off", [(0, 0), (3, 0), (-2, -3)])
def test_a_click_on_or_beside_a_dot_shows_the_sample_written_there(
    open_page, trained, workspace, eventually, off
):
    run = trained()
    page = open_page(f"/?w={workspace.key}&run={run.id}")
    page.wait_for_function(LOADED)  # until then, things move
    dots = eventually(lambda: page.evaluate(DOTS))
    iterations = workspace.store.history.observe(run.id, points=1)[1].sample_iterations
    assert len(dots) == len(iterations) > 5
    tooltip = page.locator("#vg-tooltip-element.visible")
    for (x, y), iteration in [*zip(dots, iterations, strict=True)][::-2]:
        page.mouse.move(x, y)
        page.mouse.move(x + off[0], y + off[1])
        expect(tooltip).to_contain_text("bits per character")
        expect(tooltip).to_contain_text("perplexity (effective choices)")
        page.mouse.click(x + off[0], y + off[1])
        expect(page.get_by_text(f"Earlier sample · iteration {iteration:,}")).to_be_visible()
        text = workspace.store.history.sample(run.id, iteration)
        expect(page.locator(".st-key-earlier_sample code")).to_have_text(text)


def test_a_finished_run_can_be_resumed(open_page, eventually):
    page = open_page()
    page.get_by_text("Advanced").click()
    set_slider(page, "iterations", "1,000")
    button(page, "Train").click()
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("Iteration 1,000 of 1,000 · done in")
    expect(page.get_by_text("What next?")).to_be_visible()

    def resumed() -> bool:
        if "of 1,000" in progress.inner_text():
            button(page, "Resume").click()
        return "of 2,000" in progress.inner_text()

    eventually(resumed)
    expect(progress).to_contain_text("Iteration 2,000 of 2,000 · done in")


def test_an_uploaded_file_can_be_trained_on(open_page, tmp_path):
    file = tmp_path / "<b>my *poem*.txt"
    text = "Die Bäume im Wald\nund der Fluß\n" * 40
    file.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    page = open_page()
    page.get_by_role("radio", name="Upload").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(
        page.get_by_text(f"{len(text):,} characters, {len(set(text))} different")
    ).to_be_visible()
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    assert set(page.locator(SAMPLE).text_content()) <= set(text)


def test_a_click_at_the_instant_of_choosing_a_file_trains_on_the_file(open_page, store, tmp_path):
    file = tmp_path / "poem.txt"
    text = "the owl sat in the oak and sang to the moon\n" * 20_000  # it takes time to upload
    file.write_text(text)
    page = open_page()
    page.get_by_role("radio", name="Upload").click()
    expect(page.get_by_text("Train will wait for your file.")).to_be_visible()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    (run,) = store.runs.runnable()
    assert store.corpora.text(run.sha256) == text


def test_train_at_the_instant_of_replacing_a_file_trains_on_the_second(open_page, store, tmp_path):
    first, second = tmp_path / "owl.txt", tmp_path / "rook.txt"
    first.write_text("the owl sat in the oak and sang to the moon\n" * 200)
    second.write_text("a rook flew over the field and cried at noon\n" * 200)
    page = open_page()
    page.get_by_role("radio", name="Upload").click()
    uploader = page.get_by_test_id("stFileUploaderDropzoneInput")
    uploader.set_input_files(first)
    expect(page.get_by_text("8,800 characters,")).to_be_visible()

    on_its_way = []  # the second file arrives when the test lets it
    page.route("**/upload_file/**", lambda route: on_its_way.append(route))
    uploader.set_input_files(second)
    button(page, "Train").click()
    expect(page.get_by_text("Training starts as soon as your file is here")).to_be_visible()
    for request in on_its_way:
        request.continue_()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    (run,) = store.runs.runnable()
    assert store.corpora.text(run.sha256) == second.read_text()


def test_a_pasted_text_survives_a_reload_and_is_then_trained_on(open_page, store):
    page = open_page()
    page.get_by_role("radio", name="Paste").click()
    text = "the rook sat in the oak and sang to the moon\n" * 20
    box = page.get_by_role("textbox", name="Your text")
    box.fill(text)
    box.press("Control+Enter")
    expect(page).to_have_url(re.compile("text="))
    page.reload()
    expect(page.get_by_text(f"{len(text):,} characters,")).to_be_visible()
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    (run,) = store.runs.runnable()
    assert store.corpora.text(run.sha256) == text


def test_a_file_that_is_not_text_is_refused_and_the_page_still_works(open_page, tmp_path):
    file = tmp_path / "picture.txt"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    page = open_page()
    page.get_by_role("radio", name="Upload").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_test_id("stAlert")).to_contain_text("PNG")
    expect(button(page, "Train")).to_be_enabled()
    expect(page.locator(SAMPLE)).to_have_text(re.compile(r"[\s\S]{100,}"))


def test_a_pasted_line_can_be_trained_on_and_the_page_says_what_was_reduced(open_page):
    page = open_page()
    page.get_by_role("radio", name="Paste").click()
    box = page.get_by_role("textbox", name="Your text")
    box.fill("hello, hello")
    box.press("Control+Enter")
    expect(page.get_by_text("12 characters, 6 different")).to_be_visible()
    expect(page.get_by_text("The text is short, so seq_length becomes")).to_be_visible()
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()


def test_a_click_on_train_right_after_pasting_trains_on_the_pasted_text(open_page, store):
    page = open_page()
    page.get_by_role("radio", name="Paste").click()
    text = "the owl sat in the oak and sang to the moon\n" * 20
    page.get_by_role("textbox", name="Your text").fill(text)
    button(page, "Train").click()  # without Ctrl+Enter, as on a phone
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    (run,) = store.runs.runnable()
    assert store.corpora.text(run.sha256) == text


def test_pasted_text_is_never_interpreted_as_markup(open_page):
    page = open_page()
    page.get_by_role("radio", name="Paste").click()
    box = page.get_by_role("textbox", name="Your text")
    box.fill("<img src=x onerror=\"document.title='taken'\"> **bold** :red[x] $x^2$ <b>y</b>\n" * 5)
    box.press("Control+Enter")
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    assert page.title() != "taken"
    assert page.locator("img[src=x]").count() == 0
    assert page.locator(".katex").count() == 0


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_the_page_never_scrolls_sideways(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    overflow = page.evaluate(
        """() => [document.scrollingElement, document.querySelector('.stMain')]
            .map(e => e.scrollWidth - e.clientWidth)"""
    )
    assert max(overflow) <= 0


def test_a_link_to_an_unknown_run_is_a_warning(open_page):
    page = open_page("/?run=nobody")
    expect(page.get_by_test_id("stAlert")).to_contain_text("The run in this link was not found")
    expect(button(page, "Train")).to_be_enabled()

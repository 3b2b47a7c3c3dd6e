"""Uploaded and pasted texts on the Train page, in a real Chromium."""

import re

from playwright.sync_api import expect

from tests.support.browser import button
from tests.support.train_browser import SAMPLE


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


def test_a_click_at_the_instant_of_choosing_a_file_trains_on_the_file(
    open_page, store, tmp_path, eventually
):
    too_large, file = tmp_path / "novels.txt", tmp_path / "poem.txt"
    too_large.write_bytes(b"moon" * 2**23)
    text = "the owl sat in the oak and sang to the moon\n" * 20_000  # it takes time to upload
    file.write_text(text)
    page = open_page()
    page.get_by_role("radio", name="Upload").click()
    expect(page.get_by_text("Train will wait for your file.")).to_be_visible()
    uploader = page.get_by_test_id("stFileUploaderDropzoneInput")
    uploader.set_input_files(too_large)
    refusal = page.get_by_text("File must be 25.0MB or smaller")
    eventually(lambda: refusal.bounding_box()["width"] > 100)  # without pointing at it
    uploader.set_input_files(file)
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    (run,) = store.runs.runnable()
    assert store.corpora.text(run.sha256) == text


def test_train_at_the_instant_of_replacing_a_file_trains_on_the_second(
    open_page, store, tmp_path, eventually
):
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
    eventually(lambda: page.evaluate("true") and on_its_way)
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

"""Runs that one visitor saves and another imports, in a real Chromium."""

import re

from playwright.sync_api import Page, expect

from charrnn.runs.store.store import Store
from tests.support import terminal
from tests.support.browser import button, downloaded

SAMPLE = ".st-key-sample .written code"


def train_to_1000(page: Page):
    page.get_by_role("radio", name="1,000", exact=True).click()
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 1,000 of")


def sample_of(store: Store, page: Page, iteration: int) -> str:
    """What the run on a page has written."""
    return store.history.sample(re.search(r"run=([\w-]+)", page.url)[1], iteration)


def save_a_copy(page: Page, label: str, path) -> str:
    """Download one of the files that the dialog offers; returns its suggested name."""
    page.get_by_role("button", name="More").click()
    page.get_by_text("Save a copy").click()
    download = downloaded(page.get_by_role("dialog").get_by_role("button", name=label))
    download.save_as(path)
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    return download.suggested_filename


def import_run(page: Page, path):
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Import a run").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)


def test_a_saved_run_continues_identically_in_another_browser(open_page, store, tmp_path):
    page = open_page()
    train_to_1000(page)
    sample = sample_of(store, page, 1000)
    expect(page.locator(SAMPLE)).to_have_text(sample)
    name = save_a_copy(page, "The whole run", tmp_path / "run.safetensors")
    assert name == "charrnn-run-1.safetensors"

    other = open_page()
    import_run(other, tmp_path / "run.safetensors")
    expect(other.locator(".st-key-samples .written").first).to_have_text(sample)
    other.get_by_role("link", name="Train").click()
    expect(other.get_by_test_id("stProgress")).to_contain_text("Iteration 1,000 of")
    other.get_by_role("radio", name="1,000", exact=True).click()
    button(other, "Step").click()
    expect(other.get_by_test_id("stProgress")).to_contain_text("Iteration 2,000 of")
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 2,000 of")
    expect(page.get_by_text("Newest sample · iteration 2,000")).to_be_visible()
    expect(other.get_by_text("Newest sample · iteration 2,000")).to_be_visible()
    continued = sample_of(store, page, 2000)
    assert continued == sample_of(store, other, 2000) != sample
    for each in (page, other):
        expect(each.locator(SAMPLE)).to_have_text(continued)


def test_the_curve_and_the_samples_can_be_saved_separately(open_page, tmp_path):
    page = open_page()
    train_to_1000(page)
    save_a_copy(page, "Loss curve", tmp_path / "curve.csv")
    rows = (tmp_path / "curve.csv").read_text().splitlines()
    assert rows[0].startswith("iteration,")
    assert re.match(r"1000,", rows[-1])
    save_a_copy(page, "All samples", tmp_path / "samples.txt")
    assert "1000" in (tmp_path / "samples.txt").read_text().replace(",", "")


def test_escape_closes_the_dialog_after_a_download(open_page):
    page = open_page()
    train_to_1000(page)
    page.get_by_role("button", name="More").click()
    page.get_by_text("Save a copy").click()
    dialog = page.get_by_role("dialog")
    download = dialog.get_by_role("button", name="The whole run")
    downloaded(download)
    # Streamlit disables the button while the file is made. Often, but not always, the browser then
    # takes the keyboard focus from it; here always.
    download.evaluate("button => { button.focus(); button.disabled = true }")
    page.wait_for_function("() => document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_damaged_file_is_rejected_in_one_sentence_and_nothing_is_imported(open_page, tmp_path):
    page = open_page()
    train_to_1000(page)
    file = tmp_path / "run.safetensors"
    save_a_copy(page, "The whole run", file)
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    other = open_page()
    import_run(other, file)
    expect(other.get_by_test_id("stAlert")).to_contain_text("damaged")
    expect(other.get_by_text("No runs yet. Press Train")).to_be_visible()


def test_the_command_line_exports_and_imports_beside_a_server_that_trains(
    open_page, server, store, tmp_path, monkeypatch
):
    monkeypatch.setitem(terminal.ENVIRONMENT, "CHARRNN_STORE", str(server.log.parent / "store"))
    page = open_page()
    button(page, "Train").click()
    expect(page.get_by_text(re.compile(r"Newest sample · iteration [1-9]"))).to_be_visible()
    file = tmp_path / "run.safetensors"
    exported = terminal.run("export", "--out", file, "--", page.url)
    assert (exported.returncode, exported.stderr) == (0, "")
    imported = terminal.run("import", file)
    assert (imported.returncode, imported.stderr) == (0, "")

    other = open_page(imported.stdout.strip())
    progress = other.get_by_test_id("stProgress")
    before = progress.inner_text()
    button(other, "Resume").click()
    expect(progress).not_to_have_text(before)
    assert len(store.runs.runnable()) == 2

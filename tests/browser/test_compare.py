"""Copies of a run, sweeps, and the comparison of their curves and samples, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import SIDEWAYS, button, move, slider, wait_until_idle

COLORS = """() => [...document.querySelectorAll('.stVegaLiteChart .mark-line path')]
    .filter(path => path.getTotalLength() > 20).map(path => path.getAttribute('stroke'))"""


@pytest.fixture
def open_compare(open_page, workspace):
    """open_compare(run, ...): the comparison of these runs, opened by their owner."""

    def open_compare(*runs, **options) -> Page:
        keys = ",".join(run.id for run in runs)
        path = f"/compare?compare={keys}"
        return open_page(path, heading="Compare", key=workspace.key, **options)

    return open_compare


def sample(page: Page, run) -> Locator:
    return page.locator(f".st-key-sample_of_{run.id} .written")


def heading(page: Page, run) -> Locator:
    return page.locator(f".st-key-sample_of_{run.id} .run-name")


def menu(page: Page, run, action: str):
    page.locator(f".st-key-menu_{run.id} button:visible").click()
    page.get_by_role("menuitem", name=action).click()


def open_run(page: Page, run):
    page.locator(f".st-key-run_row_{run.id}").get_by_role("link", name="Open").click()


def test_duplicate_change_and_compare_curves_and_samples(
    open_page, open_compare, trained, workspace
):
    run = trained()
    page = open_compare(run)
    button(page, "Duplicate and change").click()
    dialog = page.get_by_role("dialog")
    expect(button(dialog, "Start the copy")).to_be_disabled()
    move(slider(dialog, "copy_learning_rate"), "0.001")
    expect(dialog.get_by_text("learning rate 0.1 → 0.001")).to_be_visible()
    expect(
        dialog.get_by_text(re.compile(r"^About \d+ (s|min)\b.* on this machine"))
    ).to_be_visible()
    button(dialog, "Start the copy").click()

    # Both curves, with the settings that differ; live until the copy has finished.
    legend = page.locator(".run-legend")
    expect(legend).to_contain_text("lr 0.001")
    expect(legend).to_contain_text("learning rate 0.1 ·")
    expect(legend).to_contain_text("learning rate 0.001 ·")
    copy = workspace.runs()[0]
    assert (copy.parent, copy.config.learning_rate) == (run.id, 0.001)
    expect(heading(page, copy)).to_contain_text("iteration 4,000")
    page.wait_for_function(f"() => new Set(({COLORS})()).size === 2")

    # One slider moves both samples: to an iteration, then to a second.
    move(slider(page, "at"), "1,000")
    for one in (run, copy):
        expect(heading(page, one)).to_contain_text("iteration 1,000")
        expect(sample(page, one)).to_have_text(workspace.store.history.sample(one.id, 1000))
    assert sample(page, run).text_content() != sample(page, copy).text_content()

    expect(page).to_have_url(re.compile("at=1000"))
    other = open_page(page.url, heading="Compare")  # the link contains the whole comparison
    for one in (run, copy):
        expect(sample(other, one)).to_have_text(sample(page, one).text_content())
        expect(heading(other, one)).to_contain_text("iteration 1,000")
    expect(slider(other, "at")).to_have_attribute("aria-valuetext", "1,000")
    other.wait_for_function(f"() => new Set(({COLORS})()).size === 2")

    page.get_by_role("radio", name="second", exact=True).click()
    expect(page.get_by_text("compare at the same second")).to_be_visible()
    slider(page, "at").press("Home")
    expect(heading(page, run)).to_contain_text(re.compile(r"iteration 0$"))
    expect(heading(page, copy)).to_contain_text(re.compile(r"iteration 0$"))

    # Both runs' own pages name the difference.
    open_run(page, run)
    expect(page.get_by_text("Copy: lr 0.001, learning rate 0.1 → 0.001")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    open_run(page, copy)
    expect(page.get_by_text("Copy of Run 1: learning rate 0.1 → 0.001")).to_be_visible()


def test_one_step_back_from_a_run_restores_the_comparison(open_compare, trained):
    first, second = trained(iterations=1000), trained(iterations=1000, seed=1)
    page = open_compare(second, first)
    page.get_by_role("radio", name="second", exact=True).click()
    expect(page).to_have_url(re.compile("by=second"))
    page.get_by_role("radio", name="iteration", exact=True).last.click()
    expect(page).to_have_url(re.compile("by=iteration"))
    move(slider(page, "at"), "500")
    comparison = re.compile(rf"compare={second.id}%2C{first.id}&by=iteration&at=500")
    expect(page).to_have_url(comparison)

    open_run(page, first)
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("Iteration 1,000 of")
    expect(page).to_have_url(re.compile(rf"/\?run={first.id}$"))
    for _ in range(2):
        page.go_back()
        expect(slider(page, "at")).to_have_attribute("aria-valuetext", "500")
        expect(page).to_have_url(comparison)
        for run in (first, second):
            expect(heading(page, run)).to_contain_text("iteration 500")
        page.go_forward()
        expect(progress).to_contain_text("Iteration 1,000 of")
        expect(page).to_have_url(re.compile(rf"/\?run={first.id}$"))


def test_step_back_on_the_page_restores_the_previous_position(open_compare, trained):
    run = trained(iterations=1000)
    page = open_compare(run)
    slider(page, "at").focus()
    for iteration in ("500", "0"):
        slider(page, "at").press("ArrowLeft" if iteration == "0" else "Home")
        if iteration == "500":
            slider(page, "at").press("ArrowRight")
        expect(page).to_have_url(re.compile(f"at={iteration}&"))
        expect(heading(page, run)).to_contain_text(re.compile(rf"iteration {iteration}$"))
    page.go_back()
    expect(heading(page, run)).to_contain_text("iteration 500")
    expect(slider(page, "at")).to_have_attribute("aria-valuetext", "500")


@pytest.mark.parametrize("width", [1440, 390])
def test_samples_do_not_jump_when_the_slider_reaches_the_newest(
    open_compare, trained, eventually, width
):
    runs = [trained(iterations=1000), trained(iterations=1000, seed=1)]
    page = open_compare(*runs, viewport={"width": width, "height": 844})
    distance = """() => document.querySelector('.st-key-samples').getBoundingClientRect().top
        - document.querySelector('.st-key-sample_position').getBoundingClientRect().top"""
    move(slider(page, "at"), "500")
    expect(page.get_by_text("last sample up to iteration 500")).to_be_visible()
    wait_until_idle(page)
    before = page.evaluate(distance)
    slider(page, "at").press("End")
    expect(page.get_by_text("Each run's newest sample.")).to_be_visible()
    eventually(lambda: page.evaluate(distance) == pytest.approx(before, abs=1))


def test_sweep_estimates_its_time_and_starts_all_runs_at_once(
    open_compare, trained, workspace, eventually
):
    page = open_compare(trained(hidden_size=8, iterations=1000))
    button(page, "Sweep").click()
    dialog = page.get_by_role("dialog")
    for setting, names in (("learning_rate", ["0.2"]), ("hidden_size", ["16", "32"])):
        for name in names:
            group = dialog.locator(f"[class*=st-key-sweep_{setting}]")
            group.get_by_text(name, exact=True).click()
    move(slider(dialog, "sweep_iterations"), "1,000")
    expect(
        dialog.get_by_text(re.compile(r"^6 runs, about \d+ (s|min)\b.* on this machine"))
    ).to_be_visible()
    button(dialog, "Start 6 runs").click()
    names = page.locator(".run-legend .run-name")
    expect(names).to_have_count(7)
    expect(names.nth(1)).to_contain_text(re.compile(r"Run 2.*hidden_size 8 · learning rate 0\.1"))
    expect(page.locator(".st-key-samples .written")).to_have_count(7)
    assert len({(r.config.hidden_size, r.config.learning_rate) for r in workspace.runs()[:6]}) == 6
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 844})
        expect(names.first).to_be_visible()
        eventually(lambda: page.evaluate(SIDEWAYS) <= 0)


def test_rename_delete_and_undo(open_compare, trained, workspace):
    first, second = trained(iterations=200), trained(iterations=200, seed=1)
    page = open_compare(first, second)
    menu(page, second, "Rename")
    page.get_by_role("textbox", name="Name").fill("<b>the *other*</b>")
    page.get_by_role("textbox", name="Name").press("Enter")
    legend = page.locator(".run-legend")
    expect(legend).to_contain_text("<b>the *other*</b>")
    expect(page.locator(f".st-key-run_row_{second.id}")).to_contain_text("<b>the *other*</b>")

    menu(page, second, "Delete")
    expect(page.get_by_text("<b>the *other*</b> was deleted.")).to_be_visible()
    expect(legend).not_to_contain_text("the *other*")
    assert [run.id for run in workspace.runs()] == [first.id]
    button(page, "Undo").click()
    expect(page.get_by_text("was deleted.")).to_be_hidden()  # until then, the page is drawn anew
    expect(legend).to_contain_text("<b>the *other*</b>")
    page.locator(f".st-key-compared_{first.number}").get_by_text("Run 1").click()
    expect(legend.locator(".run-name")).to_have_count(1)
    assert {run.id for run in workspace.runs()} == {first.id, second.id}


def test_long_run_name_fits_on_a_phone(open_compare, trained, workspace, eventually):
    runs = [trained(iterations=200), trained(iterations=200, seed=1, learning_rate=0.3)]
    workspace.rename(runs[0].id, "a name that is longer than any phone is wide, and goes on")
    page = open_compare(*runs, viewport={"width": 390, "height": 844})
    legend = page.locator(".run-legend")
    expect(legend).to_contain_text("a name that is longer")
    eventually(lambda: legend.evaluate("e => e.scrollWidth - e.clientWidth") == 0)


def test_checkbox_adds_and_removes_a_run_and_its_accessible_name_is_verbatim(
    open_compare, trained, workspace
):
    first, second = trained(iterations=200), trained(iterations=200, seed=1)
    name = "**x** $a$ :red[x] ![i](http://127.0.0.1:9/i.png)"
    workspace.rename(second.id, name)
    page = open_compare(first)
    names = page.locator(".run-legend .run-name")
    box = page.get_by_role("checkbox", name=name, exact=True)
    expect(box).not_to_be_checked()
    expect(
        page.locator(f".st-key-run_row_{second.id} .run-checkbox").get_by_text(name, exact=True)
    ).to_be_visible()
    expect(page.locator("img[src*='127.0.0.1:9']")).to_have_count(0)
    box.click()
    expect(names).to_have_count(2)
    expect(page).to_have_url(re.compile(rf"compare={first.id}%2C{second.id}"))
    other = page.get_by_role("checkbox", name="Run 1", exact=True)
    other.focus()
    other.press(" ")
    expect(names).to_have_count(1)
    expect(names).to_contain_text(name)
    expect(other).not_to_be_checked()
    page.go_back()
    expect(names).to_have_count(2)
    expect(other).to_be_checked()


def test_shared_link_shows_the_run_and_reveals_no_keys(open_page, trained, workspace):
    run = trained()
    page = open_page(f"/?run={run.view_key}", heading="Newest sample · iteration 4,000")
    expect(page.get_by_text("You are viewing another visitor's run")).to_be_visible()
    for name in ("Pause", "Resume", "Reset", "More"):
        expect(button(page, name)).to_have_count(0)
    page.get_by_role("link", name="Write").click()
    expect(page.get_by_text("You are viewing another visitor's network")).to_be_visible()
    expect(page.locator(".probabilities button")).to_have_count(10)
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_text("No runs yet")).to_be_visible()  # in their own workspace
    for viewer in (page, open_page(f"/compare?compare={run.view_key}", heading="Compare")):
        assert workspace.key not in viewer.url
        assert run.id not in viewer.content()
    expect(viewer.locator(".run-legend")).to_contain_text("Run 1")
    expect(button(viewer, "Duplicate and change")).to_have_count(0)
    assert "w=" not in viewer.url


@pytest.mark.parametrize(
    ("width", "links"), [(1024, "stTopNavLink"), (390, "stSidebarNavLink")], ids=["top", "side"]
)
def test_keyboard_focus_is_visible_in_the_navigation(open_compare, trained, width, links):
    page = open_compare(trained(iterations=200), viewport={"width": width, "height": 844})
    if width == 390:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id(links).first.focus()
    page.keyboard.press("Tab")
    second = page.get_by_test_id(links).nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_css("outline", "rgb(173, 78, 27) solid 2px")
    expect(second).to_have_css("outline-offset", "2px")
    expect(page.get_by_test_id(links).first).to_have_css("outline-style", "none")

"""From what a run wrote, and from before it broke down, a branch goes on, in a real Chromium."""

import re

from playwright.sync_api import expect

from charrnn.runs.config import RunConfig
from tests.browsing import button, move, slider
from tests.conftest import TEXT


def test_a_dot_on_the_curve_leads_into_the_diary_and_to_a_branch(
    open_page, trained, shelf, eventually
):
    run = trained()
    page = open_page(f"/?w={shelf.workspace}&run={run.id}")
    expect(page.get_by_text("It wrote · iteration 0")).to_be_visible()
    chart = page.get_by_test_id("stVegaLiteChart")
    dots = chart.locator("g[aria-roledescription='symbol mark container'] path:visible")
    expect(dots.first).to_be_attached()
    plot = chart.locator("svg g.background, svg path.background").first.bounding_box()
    page.mouse.click(plot["x"] + plot["width"] * 0.5, plot["y"] + plot["height"] * 0.5)
    wrote = page.get_by_text(re.compile(r"It wrote · iteration (1,[05]00|2,[05]00|3,000)"))
    expect(wrote).to_be_visible()
    iteration = int(re.search(r"iteration ([\d,]+)", wrote.inner_text())[1].replace(",", ""))
    text = page.locator(".st-key-earlier_sample .written").text_content()
    assert text == shelf.store.sample(run.id, iteration)

    move(slider(page, "look_back"), "2,000")
    button(page, "Branch from 2,000").click()
    dialog = page.get_by_role("dialog")
    move(slider(dialog, "branch_rate"), "0.03")
    button(dialog, "Start the branch").click()
    expect(page.get_by_text("Branch of Run 1 at iteration 2,000")).to_be_visible()
    branch = shelf.runs()[0]
    assert (branch.branched_at, branch.learning_rate) == (2000, 0.03)
    eventually(lambda: shelf.run(branch.id).iteration == 4000)
    for n in (0, 500, 2000):
        assert shelf.store.sample(branch.id, n) == shelf.store.sample(run.id, n)
    assert shelf.store.sample(branch.id, 4000) != shelf.store.sample(run.id, 4000)

    page.goto(page.url.split("?")[0] + f"?w={shelf.workspace}&run={run.id}")
    expect(page.get_by_text("Branch at 2,000: Run 2")).to_be_visible()
    move(slider(page, "look_back"), "1,000")
    button(page, "Write as at 1,000").click()
    expect(slider(page, "write_at")).to_have_attribute("aria-valuetext", "1,000")
    expect(button(page, "Branch from 1,000")).to_be_visible()


def test_a_run_that_broke_down_offers_the_way_back(open_page, shelf, eventually):
    corpus = shelf.store.add_corpus("cats", TEXT)
    run = shelf.create(corpus, RunConfig(hidden_size=24, learning_rate=10.0))
    eventually(lambda: shelf.run(run.id).status == "failed")
    page = open_page(f"/?w={shelf.workspace}&run={run.id}")
    expect(page.get_by_test_id("stAlert")).to_contain_text("The learning broke down")
    page.get_by_role(
        "button", name=re.compile("Go back to iteration .* with learning rate 1")
    ).click()
    expect(page.get_by_text("Branch of Run 1 at iteration")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    way = shelf.runs()[0]
    assert way.learning_rate == 1.0
    eventually(lambda: shelf.run(way.id).iteration > way.branched_at)

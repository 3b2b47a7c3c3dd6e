"""Branching off a run, from a sample or after training diverged, in a real Chromium."""

import re

from playwright.sync_api import expect

from charrnn.runs.config import RunConfig
from tests.support.browser import DOTS, LOADED, button, move, slider
from tests.support.store import TEXT


def test_a_click_on_the_curve_shows_its_sample_and_offers_a_branch(
    open_page, trained, workspace, eventually
):
    run = trained()
    page = open_page(f"/?run={run.id}", key=workspace.key)
    expect(page.get_by_text("Earlier sample · iteration 0")).to_be_visible()
    page.wait_for_function(LOADED)  # until then, things move
    chart = page.get_by_test_id("stVegaLiteChart")
    eventually(lambda: page.evaluate(DOTS))
    plot = chart.locator("svg g.background, svg path.background").first.bounding_box()
    page.mouse.click(plot["x"] + plot["width"] * 0.5, plot["y"] + plot["height"] * 0.5)
    heading = page.get_by_text(re.compile(r"Earlier sample · iteration (1,[05]00|2,[05]00|3,000)"))
    expect(heading).to_be_visible()
    iteration = int(re.search(r"iteration ([\d,]+)", heading.inner_text())[1].replace(",", ""))
    written = workspace.store.history.sample(run.id, iteration)
    expect(page.locator(".st-key-earlier_sample .written")).to_have_text(written)

    move(slider(page, "earlier_samples"), "2,000")
    button(page, "Branch from 2,000").click()
    dialog = page.get_by_role("dialog")
    move(slider(dialog, "branch_rate"), "0.03")
    button(dialog, "Start the branch").click()
    expect(page.get_by_text("Branch of Run 1 at iteration 2,000")).to_be_visible()
    branch = workspace.runs()[0]
    assert (branch.branched_at, branch.learning_rate) == (2000, 0.03)
    eventually(lambda: workspace.run(branch.id).iteration == 4000)
    for n in (0, 500, 2000):
        assert workspace.store.history.sample(branch.id, n) == workspace.store.history.sample(
            run.id, n
        )
    assert workspace.store.history.sample(branch.id, 4000) != workspace.store.history.sample(
        run.id, 4000
    )

    page.goto(page.url.split("?")[0] + f"?run={run.id}")
    expect(page.get_by_text("Branch at 2,000: Run 2")).to_be_visible()
    move(slider(page, "earlier_samples"), "1,000")
    button(page, "Write from 1,000").click()
    expect(slider(page, "write_at")).to_have_attribute("aria-valuetext", "1,000")
    expect(button(page, "Branch from 1,000")).to_be_visible()


def test_a_diverged_run_offers_a_branch_from_before_it_diverged(open_page, workspace, eventually):
    corpus = workspace.store.corpora.add("cats", TEXT)
    run = workspace.create(corpus, RunConfig(hidden_size=24, learning_rate=10.0))
    eventually(lambda: workspace.run(run.id).status == "failed")
    page = open_page(f"/?run={run.id}", key=workspace.key)
    expect(page.get_by_test_id("stAlert")).to_contain_text("Training diverged")
    page.get_by_role(
        "button", name="Go back to iteration 0 with learning rate 0.1", exact=True
    ).click()
    expect(page.get_by_text("Branch of Run 1 at iteration")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    branch = workspace.runs()[0]
    assert (branch.branched_at, branch.learning_rate) == (0, 0.1)
    eventually(lambda: workspace.run(branch.id).iteration > branch.branched_at)

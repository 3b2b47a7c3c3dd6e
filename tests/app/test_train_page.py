"""What the Train page does on a click, without a browser and without worker processes."""

import pytest
import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Progress
from tests.reading import buttons, click, settings, words

# --- Before the first run -----------------------------------------------------------------------


def test_the_first_page_is_whole(open_page, store, started, written):
    page = open_page()
    assert not page.exception
    assert len(page.error) + len(page.warning) == 0
    assert "characters, " in words(page)
    assert "Before the first update the network guesses" in words(page)
    assert "Iteration 0 of 100,000" in words(page)
    assert "bits per character" in words(page)
    assert 200 in {len(text) for text in written(page)}
    assert len(page.get("vega_lite_chart")) == 1
    assert buttons(page) == {"Train", "Step"}
    assert settings(page) == RunConfig()
    assert "run" not in page.query_params
    assert store.wanted() == []
    assert started == []


def test_another_text_shows_its_own_opening_and_first_sample(open_page, written):
    page = open_page()
    before = set(written(page))
    page.selectbox[0].select("dinosaurs").run()
    assert not page.exception
    assert before.isdisjoint(set(written(page)))


# --- Train, Pause, Resume, Step, Reset ----------------------------------------------------------


def test_train_makes_one_run_with_the_settings_shown_and_puts_it_into_the_link(
    open_page, shown_run, store, started
):
    page = open_page()
    page.select_slider(key="hidden_size").set_value(16)
    page.select_slider(key="learning_rate").set_value(0.3)
    page.select_slider(key="streams").set_value(4)
    page.number_input(key="seed").set_value(7).run()
    click(page, "Train")
    run = shown_run(page)
    asked = {"hidden_size": 16, "learning_rate": 0.3, "streams": 4, "seed": 7}
    assert run.config == RunConfig(**asked) == settings(page)
    assert run.active
    assert [r.id for r in store.wanted()] == started == [run.id]
    page.run()  # nothing is started twice
    assert started == [run.id]
    assert buttons(page) == {"Pause", "Reset"}


def test_pause_and_resume_write_what_is_wanted(open_page, shown_run):
    page = open_page()
    click(page, "Train")
    click(page, "Pause")
    assert shown_run(page).desired == "paused"
    assert buttons(page) == {"Resume", "Step", "Reset"}
    click(page, "Resume")
    assert shown_run(page).desired == "running"
    assert buttons(page) == {"Pause", "Reset"}


@pytest.mark.parametrize("size", [1, 100, 1000])
def test_step_asks_for_so_many_iterations_more(open_page, shown_run, work, size):
    page = open_page()
    page.button_group(key="step_size").set_value(size).run()
    click(page, "Step")
    assert (shown_run(page).desired, shown_run(page).pause_at) == ("running", size)
    assert work(shown_run(page)).iteration == size
    page.run()
    assert f"Iteration {size:,} of" in words(page)
    click(page, "Step")
    assert (shown_run(page).desired, shown_run(page).pause_at) == ("running", 2 * size)


@pytest.mark.parametrize("begun", [False, True])
def test_a_step_is_as_long_as_was_chosen_a_moment_before(open_page, shown_run, cats, begun):
    """Choice and click come together, as they do when the page is drawn slowly."""
    page = open_page(run=cats.id) if begun else open_page()
    page.button_group(key="step_size").set_value(1000)
    click(page, "Step")
    assert shown_run(page).pause_at == (cats.iteration if begun else 0) + 1000


def test_resume_after_a_step_goes_on_without_stopping(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    click(page, "Step")
    click(page, "Pause")
    click(page, "Resume")
    assert shown_run(page).pause_at is None


def test_resume_past_the_limit_goes_on_for_as_long_again(open_page, shown_run, store, cats, work):
    store.wish(cats.id, desired="running")
    assert work(cats).status == "finished"
    page = open_page(run=cats.id)
    assert "Iteration 1,000 of 1,000" in words(page)
    click(page, "Resume")
    assert (shown_run(page).iterations, shown_run(page).active) == (2000, True)
    assert settings(page).iterations == 2000
    assert work(cats).iteration == 2000


def test_resume_past_a_limit_that_was_lowered_goes_on_for_as_long_again(
    open_page, shown_run, store, cats, work
):
    store.wish(cats.id, desired="running", pause_at=None)
    work(cats)
    store.wish(cats.id, iterations=400)
    page = open_page(run=cats.id)
    assert "Iteration 1,000, past its limit of 400 · done" in words(page)
    click(page, "Resume")
    assert shown_run(page).iterations == 2000


def test_reset_goes_back_to_the_start_and_leaves_the_run_where_it_was(
    open_page, shown_run, store, cats
):
    store.wish(cats.id, desired="running")
    page = open_page(run=cats.id)
    click(page, "Reset")
    assert shown_run(page) is None
    assert "Iteration 0 of 1,000" in words(page)
    assert settings(page).hidden_size == cats.config.hidden_size
    left = store.run(cats.id)
    assert (left.desired, left.iteration) == ("paused", 250)
    assert buttons(page) >= {"Train", "Step", "Back to the run before"}
    click(page, "Back to the run before")
    assert shown_run(page) == left


def test_train_after_reset_makes_the_same_run_again(open_page, shown_run, store, cats, work):
    page = open_page(run=cats.id)
    click(page, "Reset")
    click(page, "Train")
    again = shown_run(page)
    assert again.id != cats.id
    assert (again.sha256, again.config) == (cats.sha256, cats.config)
    work(again)
    assert store.sample(again.id, 200) == store.sample(cats.id, 200)


def test_step_counts_from_where_the_run_came_to_rest(open_page, shown_run, store, cats):
    page = open_page(run=cats.id)
    assert store.claim(cats.id, "worker")
    store.publish(cats.id, "worker", {"status": "paused", "iteration": 300}, Progress())
    click(page, "Step")  # drawn before the worker wrote
    assert shown_run(page).pause_at == 301


def test_resume_at_the_largest_limit(open_page, store, shelf, corpus):
    _, high = RunConfig.limits("iterations")
    run = shelf.create(corpus, RunConfig(iterations=high))
    store.claim(run.id, "w")
    store.publish(run.id, "w", {"status": "finished", "iteration": high}, Progress())
    click(open_page(run=run.id), "Resume")  # click() asserts that there is no exception
    assert store.run(run.id).iterations == high


def test_back_in_the_browser_leaves_the_run(open_page, cats):
    page = open_page(run=cats.id)
    del page.query_params["run"]
    page.run()
    assert "run" not in page.query_params
    assert "Train" in buttons(page)


# --- Looking at a run ---------------------------------------------------------------------------


def test_the_page_of_a_run_shows_where_it_is_and_what_it_writes(open_page, store, cats, written):
    page = open_page(run=cats.id)
    shown = [*written(page), *(code.value for code in page.code)]
    assert "Iteration 250 of 1,000" in words(page)
    assert store.sample(cats.id, 200) in shown
    assert cats.likeliest.replace("\n", "⏎") in shown
    assert "After 250 iterations" in words(page)


@pytest.mark.parametrize("iteration", [0, 100, 200])
def test_what_it_wrote_before_can_be_looked_at(open_page, store, cats, written, iteration):
    page = open_page(run=cats.id)
    page.select_slider(key=f"look_back_{cats.id}").set_value(iteration).run()
    assert store.sample(cats.id, iteration) in written(page)


@pytest.mark.parametrize("axis", ["iteration", "characters", "seconds"])
@pytest.mark.parametrize("unit", ["bits", "nats", "perplexity"])
def test_every_choice_of_axes_draws(open_page, cats, unit, axis):
    page = open_page(run=cats.id)
    page.button_group(key="unit").set_value(unit)
    page.button_group(key="axis").set_value(axis).run()
    assert not page.exception
    assert len(page.get("vega_lite_chart")) == 1


def test_the_page_of_a_run_that_has_not_begun_shows_how_it_will(
    open_page, store, shelf, corpus, cats, written
):
    waiting = shelf.create(corpus, cats.config)
    page = open_page(run=waiting.id)
    assert not page.exception
    assert "Iteration 0 of 1,000" in words(page)
    assert store.sample(cats.id, 0) in written(page)


def test_the_page_looks_on_until_a_paused_run_has_come_to_rest(open_page, store, cats, monkeypatch):
    store.wish(cats.id, desired="running")
    page = open_page(run=cats.id)
    assert store.claim(cats.id, "worker")
    store.publish(cats.id, "worker", {"status": "running"}, Progress())
    intervals, fragment = [], st.fragment

    def spy(function, run_every=None):
        intervals.append(run_every)
        return fragment(function, run_every=run_every)

    monkeypatch.setattr(st, "fragment", spy)
    click(page, "Pause")  # its worker is in the middle of a stretch, and has more to write
    assert intervals[-1] is not None

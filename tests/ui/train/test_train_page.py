"""The buttons of the Train page, without a browser and without worker processes."""

from dataclasses import replace

import pytest
import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import DEFAULT, RECIPES
from charrnn.runs.store.records import Progress
from charrnn.ui import selection
from charrnn.ui.train import notebook_panel
from tests.support.store import SMALL
from tests.support.train_page import all_buttons, buttons, click, settings, words

FIRST = RunConfig(**RECIPES[DEFAULT].settings)  # the settings that the page begins with

# --- Before the first run -----------------------------------------------------------------------


def test_the_first_page_is_complete_before_any_run(open_page, store, started, written):
    page = open_page()
    assert not page.exception
    assert len(page.error) + len(page.warning) == 0
    assert "characters, " in words(page)
    assert "Before the first update the network guesses" in words(page)
    assert "Iteration 0 of 60,000" in words(page)
    assert "bits per character" in words(page)
    assert 200 in {len(text) for text in written(page)}
    assert len(page.get("vega_lite_chart")) == 1
    assert buttons(page) == {"Train", "Step"}
    assert settings(page) == FIRST
    assert "run" not in page.query_params
    assert store.runs.runnable() == []
    assert started == []


def test_page_says_what_it_corrects_in_the_notebook(open_page):
    page = open_page()
    (expander,) = [each for each in page.expander if each.label == notebook_panel.TITLE]
    shown = expander.markdown[0].value
    assert not expander.proto.expanded
    assert all(sentence in shown for sentence in notebook_panel.CORRECTED)


def test_another_text_has_another_first_sample(open_page, written):
    page = open_page()
    before = set(written(page))
    page.selectbox[0].select("dinosaurs").run()
    assert not page.exception
    assert before.isdisjoint(set(written(page)))


# --- Train, Pause, Resume, Step, Reset ----------------------------------------------------------


def test_train_starts_one_run_with_the_settings_shown_and_puts_it_into_the_url(
    open_page, shown_run, store, started
):
    page = open_page()
    page.select_slider(key="hidden_size_slider").set_value(16)
    page.select_slider(key="learning_rate_slider").set_value(0.3)
    page.select_slider(key="streams_slider").set_value(4)
    page.number_input(key="seed").set_value(7).run()
    click(page, "Train")
    run = shown_run(page)
    chosen = {"hidden_size": 16, "learning_rate": 0.3, "streams": 4, "seed": 7}
    assert run.config == replace(FIRST, **chosen) == settings(page)
    assert run.active
    assert [r.id for r in store.runs.runnable()] == started == [run.id]
    page.run()  # nothing is started twice
    assert started == [run.id]
    assert buttons(page) == {"Pause", "Reset"}


def test_pause_and_resume_request_the_desired_state(open_page, shown_run):
    page = open_page()
    click(page, "Train")
    click(page, "Pause")
    assert shown_run(page).desired == "paused"
    assert buttons(page) == {"Resume", "Step", "Reset"}
    click(page, "Resume")
    assert shown_run(page).desired == "running"
    assert buttons(page) == {"Pause", "Reset"}


@pytest.mark.parametrize("size", [1, 100, 1000])
def test_step_requests_as_many_iterations_as_are_selected(open_page, shown_run, work, size):
    page = open_page()
    page.button_group(key="step_size").set_value(size).run()
    page.number_input(key="hidden_size").set_value(8)
    click(page, "Step")
    assert (shown_run(page).desired, shown_run(page).pause_at) == ("running", size)
    assert work(shown_run(page)).iteration == size
    page.run()
    assert f"Iteration {size:,} of" in words(page)
    click(page, "Step")
    assert (shown_run(page).desired, shown_run(page).pause_at) == ("running", 2 * size)


@pytest.mark.parametrize("begun", [False, True])
def test_a_step_size_selected_just_before_the_click_counts(open_page, shown_run, cats, begun):
    """Selection and click arrive together, as they do when the page is slow."""
    page = open_page(run=cats.id) if begun else open_page()
    page.button_group(key="step_size").set_value(1000)
    click(page, "Step")
    assert shown_run(page).pause_at == (cats.iteration if begun else 0) + 1000


def test_resume_after_a_step_does_not_stop_again(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    click(page, "Step")
    click(page, "Pause")
    click(page, "Resume")
    assert shown_run(page).pause_at is None


def test_resume_at_the_limit_trains_for_as_many_iterations_again(
    open_page, shown_run, store, cats, work
):
    store.runs.request(cats.id, desired="running")
    assert work(cats).status == "finished"
    page = open_page(run=cats.id)
    assert "Iteration 1,000 of 1,000" in words(page)
    click(page, "Resume")
    assert (shown_run(page).iterations, shown_run(page).active) == (2000, True)
    assert settings(page).iterations == 2000
    assert work(cats).iteration == 2000


def test_resume_past_a_lowered_limit_trains_for_as_many_iterations_again(
    open_page, shown_run, store, cats, work
):
    store.runs.request(cats.id, desired="running", pause_at=None)
    work(cats)
    store.runs.request(cats.id, iterations=400)
    page = open_page(run=cats.id)
    assert "Iteration 1,000, past its limit of 400 · done" in words(page)
    click(page, "Resume")
    assert shown_run(page).iterations == 2000


def test_reset_shows_iteration_0_and_keeps_the_run(open_page, shown_run, store, cats):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)
    click(page, "Reset")
    assert shown_run(page) is None
    assert "Iteration 0 of 1,000" in words(page)
    assert settings(page).hidden_size == cats.config.hidden_size
    left = store.runs.get(cats.id)
    assert (left.desired, left.iteration) == ("paused", 250)
    assert buttons(page) >= {"Train", "Step", "Back to the previous run"}
    click(page, "Back to the previous run")
    assert shown_run(page) == left


def test_train_after_reset_repeats_the_run(open_page, shown_run, store, cats, work):
    page = open_page(run=cats.id)
    click(page, "Reset")
    click(page, "Train")
    again = shown_run(page)
    assert again.id != cats.id
    assert (again.sha256, again.config) == (cats.sha256, cats.config)
    work(again)
    assert store.history.sample(again.id, 200) == store.history.sample(cats.id, 200)


def test_step_counts_from_the_iteration_at_which_the_run_paused(open_page, shown_run, store, cats):
    page = open_page(run=cats.id)
    assert store.leases.claim(cats.id, "worker")
    store.leases.publish(cats.id, "worker", {"status": "paused", "iteration": 300}, Progress())
    click(page, "Step")  # the page was drawn before the worker published
    assert shown_run(page).pause_at == 301


def test_resume_does_not_raise_the_limit_above_its_maximum(open_page, store, workspace, corpus):
    _, high = RunConfig.limits("iterations")
    run = workspace.create(corpus, RunConfig(iterations=high))
    store.leases.claim(run.id, "w")
    store.leases.publish(run.id, "w", {"status": "finished", "iteration": high}, Progress())
    click(open_page(run=run.id), "Resume")  # click() asserts that there is no exception
    assert store.runs.get(run.id).iterations == high


def test_stepping_back_in_the_browser_deselects_the_run(open_page, cats, monkeypatch):
    page = open_page(run=cats.id)
    del page.query_params["run"]
    monkeypatch.setattr(selection, "is_history_navigation", lambda: True)
    page.run()
    assert "run" not in page.query_params
    assert "Train" in buttons(page)


@pytest.mark.parametrize("begun", [False, True])
def test_a_click_that_comes_with_the_url_of_before_does_not_lose_the_run(
    open_page, shown_run, cats, begun
):
    """The browser learns the new URL with the page, and a click may come before."""
    page = open_page(run=cats.id) if begun else open_page()
    if begun:
        page.select_slider(key="hidden_size_slider").set_value(64).run()
    click(page, "Train")
    run = shown_run(page)
    page.query_params.pop("run")
    if begun:
        page.query_params["run"] = cats.id
    page.run()
    assert shown_run(page).id == run.id != cats.id


# --- Viewing a run ------------------------------------------------------------------------------


def test_the_page_of_a_run_shows_its_progress_and_its_samples(open_page, store, cats, written):
    page = open_page(run=cats.id)
    shown = [*written(page), *(code.value for code in page.code)]
    assert "Iteration 250 of 1,000" in words(page)
    assert store.history.sample(cats.id, 200) in shown
    assert cats.greedy_sample.replace("\n", "⏎") in shown
    assert "After 250 iterations" in words(page)


@pytest.mark.parametrize("iteration", [0, 100, 200])
def test_earlier_samples_can_be_selected(open_page, store, cats, written, iteration):
    page = open_page(run=cats.id)
    page.select_slider(key=f"earlier_samples_{cats.id}").set_value(iteration).run()
    assert store.history.sample(cats.id, iteration) in written(page)


def test_the_newest_state_of_a_stopped_run_counts_as_a_snapshot(
    open_page, workspace, corpus, work, store
):
    run = work(workspace.create(corpus, replace(SMALL, held_out=0.0), pause_at=400))
    assert store.snapshots.iterations(run.id)[-1] == 200
    page = open_page(run=run.id)
    page.select_slider(key=f"earlier_samples_{run.id}").set_value(400).run()
    assert {"Write from 400", "Branch from 400"} <= all_buttons(page)
    assert "The nearest one" not in words(page)
    click(page, "Branch from 400")
    assert "as it is at iteration 400 and trains on" in words(page)
    page = open_page(run=run.id)
    page.select_slider(key=f"earlier_samples_{run.id}").set_value(400).run()
    click(page, "Write from 400")
    assert page.select_slider(key=f"write_at_{run.id}").value == "newest"
    assert "Branch from 400" in all_buttons(page)


@pytest.mark.parametrize("axis", ["iteration", "characters", "seconds"])
@pytest.mark.parametrize("unit", ["bits", "nats", "perplexity"])
def test_every_unit_and_axis_draws_a_chart(open_page, cats, unit, axis):
    page = open_page(run=cats.id)
    page.button_group(key="unit").set_value(unit)
    page.button_group(key="axis").set_value(axis).run()
    assert not page.exception
    assert len(page.get("vega_lite_chart")) == 1


def test_a_run_that_has_not_started_shows_its_iteration_0(
    open_page, store, workspace, corpus, cats, written
):
    waiting = workspace.create(corpus, cats.config)
    page = open_page(run=waiting.id)
    assert not page.exception
    assert "Iteration 0 of 1,000" in words(page)
    assert store.history.sample(cats.id, 0) in written(page)


def test_the_page_keeps_refreshing_until_a_paused_run_has_stopped(
    open_page, store, cats, monkeypatch
):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)
    assert store.leases.claim(cats.id, "worker")
    store.leases.publish(cats.id, "worker", {"status": "running"}, Progress())
    intervals, fragment = [], st.fragment

    def spy(function, run_every=None):
        intervals.append(run_every)
        return fragment(function, run_every=run_every)

    monkeypatch.setattr(st, "fragment", spy)
    click(page, "Pause")  # its worker has not stopped yet, and will publish more
    assert intervals[-1] is not None

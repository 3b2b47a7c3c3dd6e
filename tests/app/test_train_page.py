"""What the Train page does on a click, without a browser and without worker processes."""

from dataclasses import replace

import pytest
import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Progress, StoreError
from charrnn.runs.store import Store
from charrnn.ui.plain import plain
from charrnn.ui.settings_panel import CHOICES

NUMBERS = {
    "seed": "random seed",
    "sample_length": "sample length",
    "sample_interval": "sample interval",
}


FROM_HERE = ("Write as at", "Branch from")  # beside every sample that is looked back on


def buttons(page) -> set[str]:
    able = {button.label for button in page.button if not button.disabled}
    return {label for label in able if not label.startswith(FROM_HERE)}


def click(page, label: str):
    next(button for button in page.button if button.label == label).click()
    page.run()
    assert not page.exception


def words(page) -> str:
    """Everything that can be read, in one piece."""
    elements = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.code]
    html = [block.proto.body for block in page.get("html")]
    bars = [bar.proto.text for bar in page.get("progress")]
    return "\n".join([element.value for element in elements] + html + bars)


def lines(page, phrase: str) -> list[str]:
    return [line for line in words(page).splitlines() if phrase in line]


def settings(page) -> RunConfig:
    """What the controls stand at; the dtype has none."""
    sliders = {name: page.select_slider(key=name).value for name in CHOICES}
    return RunConfig(**sliders, **{name: page.number_input(key=name).value for name in NUMBERS})


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


def test_limits_come_from_run_config(open_page):
    page = open_page()
    for name, label in NUMBERS.items():
        control = page.number_input(key=name)
        assert (control.min, control.max) == RunConfig.limits(name)
        assert control.label == label
        assert control.help == RunConfig.meaning(name)
    for name in CHOICES:
        low, high = RunConfig.limits(name)
        assert all(low <= value <= high for value in CHOICES[name])
        assert page.select_slider(key=name).help == RunConfig.meaning(name)


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


# --- Settings -----------------------------------------------------------------------------------


def test_a_run_brings_its_settings_and_its_text_into_a_new_session(open_page, corpus, cats):
    page = open_page(run=cats.id)
    assert not page.exception
    assert settings(page) == cats.config
    assert page.selectbox[0].value == cats.sha256
    assert f"3,000 characters, {len(corpus.vocabulary)} different" in words(page)
    assert buttons(page) == {"Resume", "Step", "Reset"}


def test_settings_of_a_run_come_once_and_can_then_be_changed(open_page, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    page.run()
    assert settings(page).hidden_size == 64


def test_another_hidden_size_offers_a_new_run_and_says_so(
    open_page, shown_run, store, cats, started
):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    assert "Train" in buttons(page)
    (said,) = lines(page, "new run")
    assert all(word in said for word in ("hidden_size", "8", "64"))
    assert store.run(cats.id) == cats
    click(page, "Train")
    assert shown_run(page).config == replace(cats.config, hidden_size=64)
    assert started == [shown_run(page).id]


def test_the_setting_put_back_is_no_change(open_page, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    page.select_slider(key="hidden_size").set_value(8).run()
    assert "Train" not in buttons(page)
    assert lines(page, "new run") == []


def test_another_text_is_a_change_too(open_page, shown_run, store, cats):
    page = open_page(run=cats.id)
    page.selectbox[0].select("brackets").run()
    assert "text" in lines(page, "new run")[0]
    click(page, "Train")
    assert store.corpus(shown_run(page).sha256).name == "Brackets"


def test_train_beside_a_run_that_trains_pauses_it(open_page, shown_run, store, cats):
    store.wish(cats.id, desired="running")
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    click(page, "Train")
    assert store.run(cats.id).desired == "paused"
    assert [run.id for run in store.wanted()] == [shown_run(page).id]


def test_the_learning_rate_is_wished_for_and_needs_no_new_run(open_page, shown_run, cats, work):
    page = open_page(run=cats.id)
    page.select_slider(key="learning_rate").set_value(0.02).run()
    assert shown_run(page).learning_rate == 0.02
    assert "Train" not in buttons(page)
    click(page, "Step")
    work(cats)
    assert settings(open_page(run=cats.id)).learning_rate == 0.02


def test_the_iteration_limit_follows_its_slider_and_needs_no_new_run(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="iterations").set_value(5000).run()
    assert shown_run(page).iterations == 5000
    assert "Train" not in buttons(page)
    assert "Iteration 250 of 5,000" in words(page)


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


# --- What goes wrong ----------------------------------------------------------------------------


def test_a_link_to_an_unknown_run_is_one_sentence_and_the_page_goes_on(open_page, shown_run):
    page = open_page(run="nobody")
    assert not page.exception
    (said,) = (warning.value for warning in page.warning)
    assert "The run in this link is not here" in said
    click(page, "Train")
    assert shown_run(page).active


def test_a_failed_run_shows_why_and_can_be_tried_again(open_page, shown_run, store, cats):
    store.fail(cats.id, "The learning broke down: the loss became nan.")
    page = open_page(run=cats.id)
    assert [error.value for error in page.error] == [plain(store.run(cats.id).message)]
    assert "Iteration 250 of" in words(page)
    assert "Resume" in buttons(page)
    click(page, "Resume")
    assert shown_run(page).active
    assert len(page.error) == 0


def test_a_run_that_fails_while_somebody_looks_says_so(open_page, store, cats):
    store.wish(cats.id, desired="running")
    page = open_page(run=cats.id)
    assert store.claim(cats.id, "worker")
    facts = {"status": "failed", "message": "It broke."}
    store.publish(cats.id, "worker", facts, Progress())
    page.run()
    assert [error.value for error in page.error] == ["It broke."]
    assert "Resume" in buttons(page)


def test_what_is_not_text_is_refused_and_the_text_before_stays(open_page, shown_run, store):
    page = open_page()
    before = store.corpus(page.session_state["text"]).name
    page.button_group(key="source").set_value("Upload").run()
    page.file_uploader[0].upload("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    page.run()
    assert not page.exception
    assert "PNG" in page.error[0].value
    assert lines(page, f"Still chosen: **{plain(before)}**")
    click(page, "Train")
    assert store.corpus(shown_run(page).sha256).name == before


def test_a_pasted_text_is_kept_fitted_and_offered_again(open_page, shown_run, store):
    page = open_page()
    page.button_group(key="source").set_value("Paste").run()
    page.text_area[0].set_value("hello, hello").run()
    assert "12 characters, 6 different" in words(page)
    assert any("11" in line for line in lines(page, "seq_length"))
    click(page, "Train")
    run = shown_run(page)
    assert store.text(run.sha256) == "hello, hello"
    assert run.config.seq_length == 11
    page.button_group(key="source").set_value("Pick").run()
    assert page.selectbox[0].value == run.sha256


def test_an_unknown_run_is_not_offered_to_go_back_to(open_page):
    assert "Back to the run before" not in [b.label for b in open_page(run="nobody").button]


def test_step_counts_from_where_the_run_came_to_rest(open_page, shown_run, store, cats):
    page = open_page(run=cats.id)
    assert store.claim(cats.id, "worker")
    store.publish(cats.id, "worker", {"status": "paused", "iteration": 300}, Progress())
    click(page, "Step")  # drawn before the worker wrote
    assert shown_run(page).pause_at == 301


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


def test_resume_at_the_largest_limit(open_page, store, shelf, corpus):
    _, high = RunConfig.limits("iterations")
    run = shelf.create(corpus, RunConfig(iterations=high))
    store.claim(run.id, "w")
    store.publish(run.id, "w", {"status": "finished", "iteration": high}, Progress())
    click(open_page(run=run.id), "Resume")  # click() asserts that there is no exception
    assert store.run(run.id).iterations == high


def test_a_failure_message_is_text(open_page, store, cats):
    store.fail(cats.id, "This run cannot be started: 'a*b*c' _x_ $y$ <b>.")
    assert open_page(run=cats.id).error[0].value == plain(store.run(cats.id).message)


def test_a_text_that_is_short_does_not_shorten_what_comes_after(open_page):
    page = open_page()
    page.segmented_control(key="source").set_value("Paste").run()
    page.text_area(key="paste").set_value("hello, hello").run()
    click(page, "Train")
    assert page.select_slider(key="seq_length").value == 25
    assert page.segmented_control(key="source").value == "Paste"
    assert page.text_area(key="paste").value == "hello, hello"
    assert not lines(page, "Train starts a new run")


def test_another_visitor_moves_the_learning_rate(open_page, store, cats):
    page = open_page(run=cats.id)
    store.wish(cats.id, learning_rate=0.02)
    page.run()
    assert page.select_slider(key="learning_rate").value == 0.02


def test_of_two_visitors_who_move_a_slider_the_last_one_wins(open_page, store, cats):
    page = open_page(run=cats.id)
    store.wish(cats.id, learning_rate=0.02)
    page.select_slider(key="learning_rate").set_value(0.03).run()
    assert page.select_slider(key="learning_rate").value == 0.03
    assert store.run(cats.id).learning_rate == 0.03


def test_reset_goes_back_to_the_learning_rate_that_the_run_began_with(open_page, store, cats):
    store.wish(cats.id, learning_rate=0.02)
    page = open_page(run=cats.id)
    click(page, "Reset")
    assert page.select_slider(key="learning_rate").value == cats.config.learning_rate


def test_back_to_the_run_before_the_learning_rate_is_as_it_was_left(
    open_page, shown_run, store, cats
):
    page = open_page(run=cats.id)
    page.select_slider(key="learning_rate").set_value(0.02).run()
    click(page, "Reset")
    click(page, "Back to the run before")
    assert page.select_slider(key="learning_rate").value == 0.02
    assert store.run(cats.id).learning_rate == 0.02


def test_back_in_the_browser_leaves_the_run(open_page, cats):
    page = open_page(run=cats.id)
    del page.query_params["run"]
    page.run()
    assert "run" not in page.query_params
    assert "Train" in buttons(page)


@pytest.mark.parametrize("label", ["Pause", "Reset"])
def test_a_store_that_cannot_be_written_is_one_sentence(open_page, store, cats, monkeypatch, label):
    store.wish(cats.id, desired="running")
    page = open_page(run=cats.id)

    def fail(*_, **__):
        raise StoreError("The runs cannot be saved: the disk is full. Make room on it.")

    monkeypatch.setattr(Store, "wish", fail)
    click(page, label)  # click() asserts that there is no exception
    assert any("the disk is full" in error.value for error in page.error)
    assert "Pause" in buttons(page)

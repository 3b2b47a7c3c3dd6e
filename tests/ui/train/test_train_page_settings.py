"""The settings on the Train page are those of its run; changing one takes a new run or is live."""

from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.ui.shared.settings import CHOICES, TYPED, label
from charrnn.ui.train.number_field import step_at
from tests.support.train_page import buttons, click, lines, settings, words


def test_every_number_has_a_field_with_its_meaning_and_most_have_a_slider(open_page):
    page = open_page()
    for name in TYPED:
        field = page.number_input(key=name)
        assert field.label == label(name)
        if name in CHOICES:
            slider = page.select_slider(key=f"{name}_slider")
            assert (slider.label, slider.value) == (field.label, field.value)
            assert slider.help.startswith(RunConfig.meaning(name))
        else:
            assert field.help == RunConfig.meaning(name)


def test_every_stop_of_a_slider_is_allowed():
    for name, stops in CHOICES.items():
        for stop in stops:
            RunConfig.check(name, stop)


@pytest.mark.parametrize(
    ("name", "typed"),
    [("hidden_size", 120), ("seq_length", 1), ("learning_rate", 0.15), ("learning_rate", 10.0)],
)
def test_a_typed_value_is_trained_with_and_the_slider_shows_it(open_page, shown_run, name, typed):
    page = open_page()
    page.number_input(key=name).set_value(typed).run()
    assert page.select_slider(key=f"{name}_slider").value == typed
    click(page, "Train")
    assert getattr(shown_run(page).config, name) == typed
    assert page.number_input(key=name).value == typed


def test_the_field_follows_the_slider_and_the_slider_the_field(open_page):
    page = open_page()
    slider, field = "hidden_size_slider", "hidden_size"
    page.select_slider(key=slider).set_value(256).run()
    assert page.number_input(key=field).value == 256
    page.number_input(key=field).set_value(120).run()
    page.run()
    assert (page.select_slider(key=slider).value, settings(page).hidden_size) == (120, 120)
    page.select_slider(key=slider).set_value(128).run()
    page.run()
    assert (page.select_slider(key=slider).value, settings(page).hidden_size) == (128, 128)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("hidden_size", None, "hidden_size is empty. Type a number from 1 to 1,024."),
        ("hidden_size", 5000, "hidden_size can be 1 to 1,024, not 5,000."),
        ("hidden_size", 0, "hidden_size can be 1 to 1,024, not 0."),
        ("seq_length", 12.5, "seq_length has to be a whole number, not 12.5."),
        ("learning_rate", None, "learning rate is empty. Type a number from 0.00001 to 10."),
        ("learning_rate", -1.0, "learning rate can be 0.00001 to 10, not -1."),
        ("seed", None, "random seed is empty. Type a number from 0 to 4,294,967,295."),
        ("sample_interval", 1, "sample interval can be 100 to 1,000,000, not 1."),
        (
            "seconds",
            None,
            "time limit in seconds (0: none) is empty. Type a number from 0 to 10,000,000.",
        ),
    ],
)
def test_a_number_that_is_not_allowed_is_said_in_a_sentence_and_never_used(
    open_page, store, name, typed, sentence
):
    page = open_page()
    page.number_input(key=name).set_value(typed).run()
    assert [error.value for error in page.error] == [sentence]
    assert page.number_input(key=name).value == typed  # what was typed is left to be corrected
    assert "Train" not in buttons(page)
    page.number_input(key=name).set_value(200).run()
    assert len(page.error) == (name == "learning_rate")


def test_a_number_emptied_just_before_the_click_starts_nothing(open_page, shown_run):
    """Both arrive together: leaving the field by the click is what sends its content."""
    page = open_page()
    page.number_input(key="hidden_size").set_value(None)
    click(page, "Train")
    assert shown_run(page) is None
    assert "hidden_size is empty." in words(page)


def test_a_number_typed_just_before_the_click_counts(open_page, shown_run):
    page = open_page()
    page.number_input(key="hidden_size").set_value(120)
    page.select_slider(key="learning_rate_slider").set_value(0.3)
    click(page, "Train")
    assert (shown_run(page).config.hidden_size, shown_run(page).config.learning_rate) == (120, 0.3)


def test_an_emptied_learning_rate_changes_nothing_in_the_run(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    page.number_input(key="learning_rate").set_value(None).run()
    assert shown_run(page) == cats
    assert "learning rate is empty." in words(page)
    page.number_input(key="learning_rate").set_value(0.15).run()
    assert shown_run(page).learning_rate == 0.15
    assert not page.error


def test_the_settings_of_a_run_that_are_no_stop_of_a_slider_show_exactly(
    open_page, workspace, corpus
):
    config = RunConfig(hidden_size=117, seq_length=33, learning_rate=0.0375, iterations=12_345)
    page = open_page(run=workspace.create(corpus, config).id)
    assert settings(page) == config
    for name in ("hidden_size", "seq_length", "learning_rate", "iterations"):
        assert page.select_slider(key=f"{name}_slider").value == getattr(config, name)


@pytest.mark.parametrize(
    ("name", "value", "step"),
    [
        ("hidden_size", 1, 1),
        ("hidden_size", 83, 1),
        ("hidden_size", 100, 10),
        ("iterations", 100_000, 10_000),
        ("learning_rate", 0.1, 0.01),
        ("learning_rate", 0.003, 0.0001),
        ("learning_rate", 10.0, 1.0),
    ],
)
def test_an_arrow_key_changes_the_second_digit(name, value, step):
    assert step_at(name, value) == pytest.approx(step)


def test_a_new_session_loads_the_settings_and_the_text_of_the_run(open_page, corpus, cats):
    page = open_page(run=cats.id)
    assert not page.exception
    assert settings(page) == cats.config
    assert page.selectbox[0].value == cats.sha256
    assert f"3,000 characters, {len(corpus.vocabulary)} different" in words(page)
    assert buttons(page) == {"Resume", "Step", "Reset"}


def test_settings_of_a_run_are_loaded_once_and_can_then_be_changed(open_page, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size_slider").set_value(64).run()
    page.run()
    assert settings(page).hidden_size == 64


def test_a_changed_hidden_size_offers_a_new_run_and_says_so(
    open_page, shown_run, store, cats, started
):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size_slider").set_value(64).run()
    assert "Train" in buttons(page)
    (line,) = lines(page, "new run")
    assert all(word in line for word in ("hidden_size", "8", "64"))
    assert store.runs.get(cats.id) == cats
    click(page, "Train")
    assert shown_run(page).config == replace(cats.config, hidden_size=64)
    assert started == [shown_run(page).id]


def test_a_setting_changed_back_is_no_change(open_page, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size_slider").set_value(64).run()
    page.select_slider(key="hidden_size_slider").set_value(8).run()
    assert "Train" not in buttons(page)
    assert lines(page, "new run") == []


def test_another_text_offers_a_new_run(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    page.selectbox[0].select("brackets").run()
    assert "text" in lines(page, "new run")[0]
    click(page, "Train")
    assert shown_run(page).text_name == "Brackets"


def test_train_pauses_the_run_that_was_training(open_page, shown_run, store, cats):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size_slider").set_value(64).run()
    click(page, "Train")
    assert store.runs.get(cats.id).desired == "paused"
    assert [run.id for run in store.runs.runnable()] == [shown_run(page).id]


def test_a_changed_learning_rate_is_requested_and_needs_no_new_run(
    open_page, shown_run, cats, work
):
    page = open_page(run=cats.id)
    page.select_slider(key="learning_rate_slider").set_value(0.02).run()
    assert shown_run(page).learning_rate == 0.02
    assert "Train" not in buttons(page)
    click(page, "Step")
    work(cats)
    assert settings(open_page(run=cats.id)).learning_rate == 0.02


def test_a_changed_iteration_limit_needs_no_new_run(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="iterations_slider").set_value(5000).run()
    assert shown_run(page).iterations == 5000
    assert "Train" not in buttons(page)
    assert "Iteration 250 of 5,000" in words(page)


def test_a_pasted_text_is_stored_and_listed_and_the_settings_fit_it(open_page, shown_run, store):
    page = open_page()
    page.button_group(key="source").set_value("Paste").run()
    page.text_area[0].set_value("hello, hello").run()
    assert "12 characters, 6 different" in words(page)
    assert any("11" in line for line in lines(page, "seq_length"))
    click(page, "Train")
    run = shown_run(page)
    assert store.corpora.text(run.sha256) == "hello, hello"
    assert run.config.seq_length == 11
    page.button_group(key="source").set_value("Pick").run()
    assert page.selectbox[0].value == run.sha256


def test_a_short_text_does_not_change_the_seq_length_on_the_page(open_page):
    page = open_page()
    page.segmented_control(key="source").set_value("Paste").run()
    page.text_area(key="paste").set_value("hello, hello").run()
    click(page, "Train")
    assert page.select_slider(key="seq_length_slider").value == 25
    assert page.segmented_control(key="source").value == "Paste"
    assert page.text_area(key="paste").value == "hello, hello"
    assert not lines(page, "Train starts a new run")


def test_the_slider_follows_a_learning_rate_changed_by_another_visitor(open_page, store, cats):
    page = open_page(run=cats.id)
    store.runs.request(cats.id, learning_rate=0.02)
    page.run()
    assert page.select_slider(key="learning_rate_slider").value == 0.02


def test_the_last_visitor_who_moves_a_slider_wins(open_page, store, cats):
    page = open_page(run=cats.id)
    store.runs.request(cats.id, learning_rate=0.02)
    page.select_slider(key="learning_rate_slider").set_value(0.03).run()
    assert page.select_slider(key="learning_rate_slider").value == 0.03
    assert store.runs.get(cats.id).learning_rate == 0.03


def test_reset_restores_the_learning_rate_the_run_began_with(open_page, store, cats):
    store.runs.request(cats.id, learning_rate=0.02)
    page = open_page(run=cats.id)
    click(page, "Reset")
    assert page.select_slider(key="learning_rate_slider").value == cats.config.learning_rate


def test_back_to_the_previous_run_finds_its_last_learning_rate(open_page, shown_run, store, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="learning_rate_slider").set_value(0.02).run()
    click(page, "Reset")
    click(page, "Back to the previous run")
    assert page.select_slider(key="learning_rate_slider").value == 0.02
    assert store.runs.get(cats.id).learning_rate == 0.02


def test_the_rules_can_be_changed_under_advanced(open_page, shown_run):
    page = open_page()
    page.button_group(key="recipe").set_value("textbook").run()
    page.button_group(key="clipping").set_value("off").run()
    assert page.number_input(key="clip_limit").disabled
    page.number_input(key="initial_scale").set_value(0.0).run()
    page.button_group(key="hidden_state").set_value("cleared").run()
    page.button_group(key="gradients_through_time").set_value("off").run()
    assert page.button_group(key="recipe").value == "own"
    click(page, "Train")
    run = shown_run(page)
    assert run.config == RunConfig(
        clipping="off",
        initial_scale=0.0,
        hidden_state="cleared",
        gradients_through_time="off",
    )
    assert open_page(run=run.id).button_group(key="hidden_state").value == "cleared"


def test_the_initial_scale_can_only_be_set_where_it_makes_a_difference(open_page):
    page = open_page()  # with the recipe Quick, whose weights are orthogonal
    assert page.number_input(key="initial_scale").disabled
    page.button_group(key="recipe").set_value("textbook").run()
    assert not page.number_input(key="initial_scale").disabled

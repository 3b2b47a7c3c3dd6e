"""The settings on the Train page are those of its run; changing one takes a new run or is live."""

from dataclasses import replace

from charrnn.runs.config import RunConfig
from charrnn.ui.shared.settings import CHOICES
from tests.support.train_page import NUMBERS, buttons, click, lines, settings, words


def test_controls_have_the_limits_and_meanings_of_run_config(open_page):
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


def test_a_new_session_loads_the_settings_and_the_text_of_the_run(open_page, corpus, cats):
    page = open_page(run=cats.id)
    assert not page.exception
    assert settings(page) == cats.config
    assert page.selectbox[0].value == cats.sha256
    assert f"3,000 characters, {len(corpus.vocabulary)} different" in words(page)
    assert buttons(page) == {"Resume", "Step", "Reset"}


def test_settings_of_a_run_are_loaded_once_and_can_then_be_changed(open_page, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    page.run()
    assert settings(page).hidden_size == 64


def test_a_changed_hidden_size_offers_a_new_run_and_says_so(
    open_page, shown_run, store, cats, started
):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    assert "Train" in buttons(page)
    (line,) = lines(page, "new run")
    assert all(word in line for word in ("hidden_size", "8", "64"))
    assert store.runs.get(cats.id) == cats
    click(page, "Train")
    assert shown_run(page).config == replace(cats.config, hidden_size=64)
    assert started == [shown_run(page).id]


def test_a_setting_changed_back_is_no_change(open_page, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    page.select_slider(key="hidden_size").set_value(8).run()
    assert "Train" not in buttons(page)
    assert lines(page, "new run") == []


def test_another_text_offers_a_new_run(open_page, shown_run, store, cats):
    page = open_page(run=cats.id)
    page.selectbox[0].select("brackets").run()
    assert "text" in lines(page, "new run")[0]
    click(page, "Train")
    assert store.corpora.get(shown_run(page).sha256).name == "Brackets"


def test_train_pauses_the_run_that_was_training(open_page, shown_run, store, cats):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)
    page.select_slider(key="hidden_size").set_value(64).run()
    click(page, "Train")
    assert store.runs.get(cats.id).desired == "paused"
    assert [run.id for run in store.runs.runnable()] == [shown_run(page).id]


def test_a_changed_learning_rate_is_requested_and_needs_no_new_run(
    open_page, shown_run, cats, work
):
    page = open_page(run=cats.id)
    page.select_slider(key="learning_rate").set_value(0.02).run()
    assert shown_run(page).learning_rate == 0.02
    assert "Train" not in buttons(page)
    click(page, "Step")
    work(cats)
    assert settings(open_page(run=cats.id)).learning_rate == 0.02


def test_a_changed_iteration_limit_needs_no_new_run(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="iterations").set_value(5000).run()
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
    assert page.select_slider(key="seq_length").value == 25
    assert page.segmented_control(key="source").value == "Paste"
    assert page.text_area(key="paste").value == "hello, hello"
    assert not lines(page, "Train starts a new run")


def test_the_slider_follows_a_learning_rate_changed_by_another_visitor(open_page, store, cats):
    page = open_page(run=cats.id)
    store.runs.request(cats.id, learning_rate=0.02)
    page.run()
    assert page.select_slider(key="learning_rate").value == 0.02


def test_the_last_visitor_who_moves_a_slider_wins(open_page, store, cats):
    page = open_page(run=cats.id)
    store.runs.request(cats.id, learning_rate=0.02)
    page.select_slider(key="learning_rate").set_value(0.03).run()
    assert page.select_slider(key="learning_rate").value == 0.03
    assert store.runs.get(cats.id).learning_rate == 0.03


def test_reset_restores_the_learning_rate_the_run_began_with(open_page, store, cats):
    store.runs.request(cats.id, learning_rate=0.02)
    page = open_page(run=cats.id)
    click(page, "Reset")
    assert page.select_slider(key="learning_rate").value == cats.config.learning_rate


def test_back_to_the_previous_run_finds_its_last_learning_rate(open_page, shown_run, store, cats):
    page = open_page(run=cats.id)
    page.select_slider(key="learning_rate").set_value(0.02).run()
    click(page, "Reset")
    click(page, "Back to the previous run")
    assert page.select_slider(key="learning_rate").value == 0.02
    assert store.runs.get(cats.id).learning_rate == 0.02

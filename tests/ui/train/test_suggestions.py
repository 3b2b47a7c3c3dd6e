"""Suggest settings: a search on the page's text, its results, and the click that takes them."""

import pytest

from charrnn.runs.recipes import NOTEBOOK
from charrnn.runs.suggestions.search import Search, Searches
from charrnn.runs.suggestions.trial import Mark, Trial
from charrnn.ui import services
from tests.support.train_page import all_buttons, click, settings, words


@pytest.fixture
def searches(monkeypatch):
    """The searches of the server, whose trials wait until a test ends them."""
    monkeypatch.setattr(Searches, "_run_trials", lambda self, search: None)

    def newest():
        (search,) = services.searches()._searches.values()
        return search

    return newest


def end(search: Search) -> Trial:
    """End all trials, the last one with the best result; returns it."""
    for number, trial in enumerate(search.trials):
        trial.marks.append(Mark(1000, 2.0, 3.0 - number / 10))
        trial.state = "done"
    return search.trials[-1]


def test_a_search_shows_how_far_it_is_and_can_be_canceled(open_page, searches):
    page = open_page()
    click(page, "Suggest settings")
    assert f"Trying {len(searches().trials)} settings on this text" in words(page)
    assert "Suggest settings" not in all_buttons(page)
    search = searches()
    click(page, "Cancel")
    assert not search.active
    assert "Trying" not in words(page)
    assert "Suggest settings" in all_buttons(page)


def test_one_click_takes_the_settings_that_learn_fastest(open_page, shown_run, searches):
    page = open_page()
    click(page, "Suggest settings")
    best = end(searches()).config
    page.run()
    sentence = f"{best.hidden_size} hidden units, {best.streams} streams and learning rate "
    assert f"{sentence}{best.learning_rate:g} learns fastest here" in words(page)
    click(page, "Use these settings")
    shown = settings(page)
    assert (shown.hidden_size, shown.streams, shown.learning_rate) == (
        best.hidden_size,
        best.streams,
        best.learning_rate,
    )
    assert page.button_group(key="recipe").value == best.recipe
    assert "Use these settings" not in all_buttons(page)
    click(page, "Train")
    assert shown_run(page).config.learning_rate == best.learning_rate


def test_taking_settings_leaves_the_run_on_the_page_as_it_is(open_page, shown_run, searches):
    page = open_page()
    click(page, "Train")
    run = shown_run(page)
    click(page, "Suggest settings")
    end(searches())
    page.run()
    click(page, "Use these settings")
    after = services.store().runs.get(run.id)
    assert (after.learning_rate, after.config, after.desired) == (
        run.learning_rate,
        run.config,
        "paused",
    )


def test_the_settings_on_the_page_may_be_the_best(open_page, searches):
    page = open_page()
    click(page, "Suggest settings")
    end(searches())
    searches().trials[0].marks[-1] = Mark(1000, 2.0, 1.5)
    page.run()
    assert "Your settings learn about as fast here as any" in words(page)
    assert "Use these settings" not in all_buttons(page)


def test_a_text_too_short_to_hold_anything_out_gets_no_suggestion(open_page):
    page = open_page()
    page.button_group(key="source").set_value("Paste").run()
    page.text_area(key="paste").set_value("a short text").run()
    assert "Suggest settings" not in all_buttons(page)


def test_the_notebook_is_one_click_away(open_page):
    page = open_page()
    page.button_group(key="recipe").set_value("quick").run()
    click(page, "As in the notebook")
    shown = settings(page)
    assert (shown.hidden_size, shown.seq_length, shown.learning_rate) == (83, 25, 0.1)
    assert all(getattr(shown, n) == NOTEBOOK[n] for n in ("streams", "iterations"))
    assert page.button_group(key="recipe").value == "textbook"
    assert "As in the notebook" not in all_buttons(page)

"""A recipe sets all of its settings at once, and leaves the run on the page alone."""

from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import DEFAULT, RECIPES, TITLES
from tests.support.train_page import buttons, click, lines, settings, words

SUGGESTED = ("hidden_size", "seq_length", "learning_rate", "iterations", "streams")


def choose(page, recipe):
    page.button_group(key="recipe").set_value(recipe).run()
    assert not page.exception


def test_the_page_begins_with_quick_and_names_every_recipe(open_page):
    page = open_page()
    choice = page.button_group(key="recipe")
    assert choice.value == "quick" == DEFAULT
    assert list(choice.options) == [r.title for r in RECIPES.values()]
    assert all(recipe.meaning in choice.help for recipe in RECIPES.values())


@pytest.mark.parametrize("name", ["textbook", "patient"])
def test_a_recipe_shows_its_meaning_and_is_trained_with(open_page, shown_run, name):
    page = open_page()
    choose(page, name)
    assert RECIPES[name].meaning in words(page)
    for setting in SUGGESTED:
        assert getattr(settings(page), setting) == RECIPES[name].settings[setting]
    click(page, "Train")
    run = shown_run(page)
    assert run.config == RunConfig(**RECIPES[name].settings)
    assert (run.learning_rate, run.iterations) == (
        run.config.learning_rate,
        run.config.iterations,
    )
    assert page.button_group(key="recipe").value == name
    assert "Train" not in buttons(page)


def test_a_recipe_chosen_just_before_the_click_counts(open_page, shown_run):
    page = open_page()
    page.button_group(key="recipe").set_value("textbook")
    click(page, "Train")
    assert shown_run(page).config == RunConfig()


def test_its_numbers_can_be_changed_without_leaving_the_recipe(open_page, shown_run):
    page = open_page()
    choose(page, "patient")
    page.number_input(key="hidden_size").set_value(40).run()
    assert page.button_group(key="recipe").value == "patient"
    click(page, "Train")
    assert shown_run(page).config == RunConfig(**RECIPES["patient"].settings | {"hidden_size": 40})


def test_another_recipe_takes_a_new_run_and_changes_nothing_in_the_one_on_the_page(
    open_page, shown_run, store, cats
):
    page = open_page(run=cats.id)
    choose(page, "quick")
    assert lines(page, "recipe Textbook → Quick")
    page.number_input(key="learning_rate").set_value(0.005).run()
    assert store.runs.get(cats.id) == cats
    choose(page, "textbook")
    assert store.runs.get(cats.id) == cats
    assert settings(page).learning_rate == cats.learning_rate
    page.number_input(key="learning_rate").set_value(0.02).run()
    assert store.runs.get(cats.id).learning_rate == 0.02

    choose(page, "quick")
    click(page, "Train")
    run = shown_run(page)
    assert run.config.recipe == "quick"
    assert lines(page, f"{cats.title}: recipe Textbook → Quick")


def test_a_run_that_follows_no_recipe_says_so_and_keeps_its_settings(
    open_page, shown_run, store, workspace, cats
):
    corpus = store.corpora.get(cats.sha256)
    own = replace(cats.config, optimizer="rmsprop", learning_rate=0.002)
    page = open_page(run=workspace.create(corpus, own).id)
    choice = page.button_group(key="recipe")
    assert (choice.value, list(choice.options)) == ("own", list(TITLES.values()))
    page.number_input(key="hidden_size").set_value(12).run()
    click(page, "Train")
    assert shown_run(page).config == replace(own, hidden_size=12)

"""A link that is a setting: what it holds, what it fills in, and what it refuses."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import DEFAULT, RECIPES
from charrnn.runs.texts import library
from charrnn.ui.shared import settings_link
from charrnn.ui.shared.settings import TYPED
from tests.support.train_page import all_buttons, click, settings, words

QUICK = RunConfig(**RECIPES["quick"].settings)


def copied(page) -> dict[str, str]:
    """The parameters of the link that the button copies."""
    (data,) = [
        json.loads(element.proto.json)
        for element in page.get("bidi_component")
        if element.proto.component_name.endswith("charrnn_copy_link")
    ]
    return dict(parse_qsl(urlsplit(data["link"]).query))


def controls(page) -> set[str]:
    """The number fields on the page."""
    return {field.key for field in page.number_input} & set(TYPED)


@pytest.mark.parametrize(
    "config",
    [
        RunConfig(),
        replace(QUICK, hidden_size=64, seed=2**32 - 1, held_out=0.2, early_stopping="on"),
        replace(
            RunConfig(), optimizer="sgd", clip_limit=0.5, learning_rate=1.234e-5, dtype="float64"
        ),
    ],
)
def test_every_setting_comes_back_from_a_link(config):
    parameters = settings_link.query(config, text="brackets", only=("seed", "text"))
    linked = settings_link.read(parameters)
    assert replace(RunConfig(), **linked.settings) == config
    assert (linked.text, linked.only, linked.problems) == ("brackets", ("text", "seed"), ())


def test_the_copied_link_opens_the_same_page(open_page):
    page = open_page()
    page.selectbox(key="offer").select("arithmetic").run()
    page.session_state["recipe"] = "quick"
    page.run()
    page.number_input(key="hidden_size").set_value(70).run()
    page.number_input(key="seed").set_value(12).run()
    link = copied(page)
    assert link["recipe"] == "quick"

    opened = open_page(**link)
    assert not opened.exception
    assert settings(opened) == settings(page)
    assert settings(opened).seed == 12
    assert opened.selectbox(key="offer").value == "arithmetic"
    assert copied(opened) == link


def test_nothing_trains_by_itself_and_train_starts_what_the_link_says(
    open_page, shown_run, started
):
    page = open_page(text="brackets", hidden_size="33", seed="5")
    assert started == []
    click(page, "Train")
    run = shown_run(page)
    assert (run.config.hidden_size, run.config.seed, run.text_name) == (33, 5, "Brackets")
    assert dict(page.query_params) == {"run": run.id}


def test_settings_that_are_changed_stay_changed(open_page):
    page = open_page(hidden_size="33")
    page.number_input(key="hidden_size").set_value(44).run()
    page.run()
    assert settings(page).hidden_size == 44


def test_a_link_shows_only_the_controls_it_names_and_they_can_be_brought_back(open_page):
    page = open_page(hidden_size="33", streams="4", only="hidden_size,learning_rate")
    assert controls(page) == {"hidden_size", "learning_rate"}
    assert "These settings help decide" in words(page)
    assert "Three settings" not in words(page)
    assert not [box for box in page.selectbox if box.key == "offer"]
    click(page, "Train")
    assert page.query_params["only"] == "hidden_size,learning_rate"
    again = open_page(**dict(page.query_params.items()))
    assert controls(again) == {"hidden_size", "learning_rate"}
    click(page, "Show all controls")
    assert controls(page) == set(TYPED)
    assert settings(page).streams == 4
    assert "only" not in page.query_params


def test_the_controls_of_a_link_are_chosen_beside_its_button(open_page):
    page = open_page()
    page.multiselect(key="link_shows").set_value(["seed", "hidden_size"]).run()
    assert copied(page)["only"] == "hidden_size,seed"


HOSTILE = {
    "hidden_size": ["99999999999999999999", "-1", "0", "1e3", "１２", "50\n", "<img src=x>", ""],
    "learning_rate": ["nan", "inf", "1e999", "1e99", "-0.1", ".", "0x1", "1_0", "9" * 9999],
    "optimizer": ["", "ADAM", "__import__('os')", "**bold**"],
    "recipe": ["own", "", "quick "],
    "text": ["../../etc/passwd", "three_stone.txt", "\u202e"],
    "only": ["__class__", "hidden_size;drop"],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in HOSTILE for v in HOSTILE[n]])
def test_a_hostile_value_is_left_out_and_named_in_a_short_sentence(name, value):
    linked = settings_link.read({name: value, "seed": "7"})
    assert linked.settings == {"seed": 7}
    assert (linked.text, linked.only) == (None, ())
    if name != "only" or value:
        (problem,) = linked.problems
        assert problem.endswith(".")
        assert len(problem) < 200


def test_a_hostile_link_opens_a_whole_page_that_says_so(open_page):
    values = {name: found[-1] for name, found in HOSTILE.items()}
    page = open_page(**values, seed="7")
    assert not page.exception
    assert settings(page) == RunConfig(**RECIPES[DEFAULT].settings, seed=7)
    said = words(page)
    assert "Part of this link cannot be used" in said
    assert "9" * 50 not in said
    assert "Train" in all_buttons(page)
    click(page, "Close")
    assert "Part of this link" not in words(page)


def test_parameters_of_other_things_are_ignored():
    assert (
        settings_link.read({"utm_source": "x", "view": "Units"}) == settings_link.LinkedSettings()
    )


def test_a_text_of_ones_own_is_not_in_the_link(open_page):
    page = open_page()
    page.session_state["source"] = "Paste"
    page.run()
    page.text_area(key="paste").set_value("my own diary, once more and again\n" * 40).run()
    link = copied(page)
    assert "text" not in link
    assert "diary" not in json.dumps(link)


def test_every_library_text_can_be_named():
    for offer in library.available():
        assert settings_link.read({"text": offer.key}).text == offer.key

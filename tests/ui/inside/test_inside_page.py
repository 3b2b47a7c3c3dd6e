"""The page /inside without a browser: its run, its views, and "The network" in numbers."""

import numpy as np
import pytest

from charrnn.engine.analysis.holding import held_sample
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.inside.page import VIEWS
from tests.support.inside_page import newest, numbers, pictures, words
from tests.support.networks import plain_reading
from tests.support.store import SMALL, WORKSPACE


def test_page_without_runs_says_what_to_do(open_inside):
    page = open_inside()
    assert "There is no network yet. Press Train" in words(page)
    assert [b.label for b in page.button] == ["Go to Train"]


def test_newest_run_is_selected_and_written_into_the_link(open_inside, cats):
    assert open_inside().query_params["run"] == cats.id


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_shown_of_own_and_of_shared_runs(open_inside, cats, view):
    assert "This run is paused at iteration 250" in words(open_inside(view, run=cats.id))
    page = open_inside(view, key="v" * 32, run=cats.view_key)
    assert "You are viewing another visitor's network" in words(page)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_shown_before_the_first_update(open_inside, store, corpus, cats, view):
    run = Workspace(store, WORKSPACE).create(corpus, cats.config)
    open_inside(view, run=run.id)


def test_the_picture_of_the_network_has_activations_and_the_most_likely_characters(
    open_inside, cats
):
    [data] = pictures(open_inside(run=cats.id), "network")
    subject, snapshot, ids = newest(cats)
    n = len(data["text"])
    assert "".join(data["text"]) == subject.vocabulary.decode(ids[:n])
    states, scores = plain_reading(snapshot.weights, ids[:n], snapshot.hidden)
    np.testing.assert_allclose(numbers(data["hidden"]), states, atol=1e-5)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        numbers(data["probabilities"]), -np.sort(-p, axis=1)[:, :8], atol=1e-5
    )
    assert [best[0] for best in data["candidates"]] == p.argmax(axis=1).tolist()


def test_it_reads_a_typed_line_without_unknown_characters_or_its_own_writing(open_inside, cats):
    page = open_inside(run=cats.id)
    page.button_group(key="reads").set_value("a line you type").run()
    page.text_input(key="reads_line").set_value("the €cat <b>").run()
    [data] = pictures(page, "network")
    assert "".join(data["text"]) == "the cat "
    assert "without the characters that this text does not have" in data["where"]

    page.button_group(key="reads").set_value("what it writes").run()
    [data] = pictures(page, "network")
    subject, snapshot, _ = newest(cats)
    hidden, first = read_prompt(snapshot.weights, snapshot.hidden, subject.vocabulary, "")
    written = held_sample(
        snapshot.weights, seeded_rng(0), values={}, hidden=hidden, first=first, length=239
    )
    assert data["ids"] == [first, *written.tolist()]


def test_a_link_with_the_earlier_title_of_a_view_opens_it(open_inside, cats):
    page = open_inside("Surprise", run=cats.id)
    assert page.button_group(key="view").value == "Surprisal"
    assert page.query_params["view"] == "Surprise"  # another one would be in the way of Back
    page.button_group(key="view").set_value("Units").run()
    assert page.query_params["view"] == "Units"
    page.button_group(key="view").set_value("Surprisal").run()
    assert page.query_params["view"] == "Surprisal"


def test_an_empty_line_reads_one_character(open_inside, cats):
    page = open_inside(run=cats.id)
    page.button_group(key="reads").set_value("a line you type").run()
    page.text_input(key="reads_line").set_value("€€").run()
    assert not page.exception
    assert len(pictures(page, "network")[0]["text"]) == 1


def test_what_is_explained_stays_while_the_run_trains_on_until_the_newest_is_loaded(
    open_inside, store, workspace, cats, work
):
    page = open_inside("One step", run=cats.id)
    following = open_inside(run=cats.id)
    workspace.request(cats.id, desired="running", pause_at=300)
    work(store.runs.get(cats.id))
    assert pictures(page.run(), "step")[0]["iteration"] == 251
    assert pictures(following.run(), "network")[0]["iteration"] == 300
    next(b for b in page.button if b.label.startswith("Load iteration 300")).click().run()
    assert pictures(page, "step")[0]["iteration"] == 301


def test_a_text_of_markup_is_shown_as_text(open_inside, store, workspace, work, written):
    text = "<script>alert(1)</script> & שלום עולם $x$ **b**\n" * 40
    run = workspace.create(store.corpora.add("<b>", text), SMALL, pause_at=100)
    work(run)
    for view in VIEWS:
        page = open_inside(view, run=run.id)
        assert not any("<script" in block.proto.body for block in page.get("html"))

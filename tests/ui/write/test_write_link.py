"""A link to the page /write holds the settings of a sample, and shows the runs of others."""

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store.workspace import Workspace
from tests.support.write_page import expected_samples, words


def test_link_holds_the_settings_of_the_sample_and_restores_them(open_write, cats, written):
    page = open_write(run=cats.id)
    assert set(page.query_params) == {"run"}
    page.text_input(key="prompt").set_value("the do").run()
    page.number_input(key="length").set_value(30).run()
    page.number_input(key="sample_seed").set_value(7).run()
    page.select_slider(key="temperature").set_value(0.65).run()
    page.select_slider(key=f"write_at_{cats.id}").set_value(100).run()
    link = dict(page.query_params)
    assert link == {
        "run": cats.id,
        "iteration": "100",
        "prompt": "the do",
        "temperature": "0.65",
        "seed": "7",
        "length": "30",
    }
    other = open_write(**link)
    assert written(other) == written(page)
    assert written(other) == expected_samples(cats, "the do", iteration=100, seed=7, length=30)
    assert other.select_slider(key="temperature").value == 0.65
    assert dict(other.query_params) == link


@pytest.mark.parametrize(
    "query",
    [
        {"seed": "-1"},
        {"seed": "x"},
        {"seed": str(2**32)},
        {"length": "0"},
        {"length": "20001"},
        {"length": "1e3"},
        {"temperature": "warm"},
        {"iteration": "7"},
        {"iteration": "x"},
    ],
)
def test_invalid_settings_in_the_link_are_ignored(open_write, cats, written, query):
    page = open_write(run=cats.id, **query)
    assert written(page) == expected_samples(cats)
    assert set(page.query_params) == {"run"}


def test_long_prompt_in_the_link_is_cut(open_write, cats):
    page = open_write(run=cats.id, prompt="a" * 5000)
    assert len(page.text_input(key="prompt").value) == 200


@pytest.fixture
def theirs(store, corpus, work):
    config = RunConfig(hidden_size=8, iterations=200, sample_interval=100, sample_length=40)
    return work(Workspace(store, "s" * 32).create(corpus, config))


def test_a_withdrawn_run_is_not_found_by_its_id(open_write, store, theirs, cats, written):
    Workspace(store, "s" * 32).withdraw_link(theirs.id)
    page = open_write(run=theirs.id)
    assert "The run in this link was not found" in page.warning[0].value
    assert page.selectbox[0].options == ["Run 1 · cats · hidden 8"]
    assert written(page) == expected_samples(cats)


def test_shared_network_can_be_sampled_but_not_changed(open_write, theirs, written):
    page = open_write(run=theirs.view_key)
    assert "You are viewing another visitor's network" in words(page)
    assert written(page) == expected_samples(theirs)
    assert len(page.selectbox) == 0  # no other network to choose

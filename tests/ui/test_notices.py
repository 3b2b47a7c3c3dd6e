"""A notice that comes or goes moves nothing below it.

If it did, a browser would show each part of the page twice, at the old and at the new place, until
the script has ended.
"""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1.element_tree import Block, Widget

from charrnn.runs.errors import StoreError
from charrnn.runs.store.runs import Runs
from charrnn.ui import workspace_key
from charrnn.ui._compat.script_runs import in_callback
from tests.support.train_page import as_read, click, words

NOT_FOUND, BLOCKED = "in this link was not found", "This browser keeps no cookies"


def places(block: Block, *path: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Of the title and of each widget with a key: (its name, its place in the page)."""
    for index, child in block.children.items():
        if isinstance(child, Block):
            yield from places(child, *path, index)
        elif isinstance(child, Widget) and child.key:
            yield child.key, (*path, index)
        elif child.type == "markdown" and child.value.startswith("# "):
            yield "title", (*path, index)


def fails_with(error: Exception):
    """A function that raises this error, whatever it is given."""

    def fail(*_, **__):
        raise error

    return fail


def shown(page) -> dict[str, tuple[int, ...]]:
    return {**dict(places(page.main)), **dict(places(page.sidebar))}


@pytest.mark.parametrize(
    ("at", "query", "notice"),
    [
        ("", {"run": "nobody"}, NOT_FOUND),
        ("", {"w": "x" * 32}, "This link opens no runs"),
        ("alphabet", {"run": "nobody"}, NOT_FOUND),
        ("inside", {"run": "nobody"}, NOT_FOUND),
        ("compare", {"compare": "nobody"}, NOT_FOUND),
        ("write", {"run": "nobody"}, NOT_FOUND),
    ],
)
def test_nothing_moves_when_a_notice_goes(open_page, cats, at, query, notice):
    page = open_page(at, **query)
    before = shown(page)
    assert notice in words(page)
    page.run()
    assert notice not in words(page)
    assert "title" in before
    assert {name: place for name, place in shown(page).items() if name in before} == before


def test_nothing_moves_when_a_notice_comes(open_page):
    page = open_page()
    before = shown(page)
    page.session_state[workspace_key._BLOCKED] = True
    page.number_input(key="hidden_size").set_value(-1)
    page.run()
    assert BLOCKED in words(page)
    assert "hidden_size can be" in words(page)
    assert shown(page) == before


@pytest.mark.parametrize(
    ("failure", "words_of_it"),
    [
        (StoreError("The runs cannot be saved: the disk is full."), "the disk is full"),
        (RuntimeError("nobody expects this"), "an unexpected error"),
    ],
    ids=["expected", "unexpected"],
)
def test_nothing_moves_when_what_a_click_asked_for_has_failed(
    open_page, store, cats, monkeypatch, failure, words_of_it
):
    store.runs.request(cats.id, desired="running")
    page = open_page(run=cats.id)
    before = shown(page)
    monkeypatch.setattr(Runs, "request", fails_with(failure))
    for _ in range(2):
        click(page, "Pause")
        (error,) = page.error
        assert words_of_it in error.value
        assert {key: shown(page)[key] for key in before} == before
    page.run()
    assert not page.error


def test_a_click_on_the_alphabet_page_says_what_has_failed(open_page, cats, monkeypatch):
    read = Runs.get

    def get(runs, key):
        return fail() if in_callback() else read(runs, key)

    fail = fails_with(StoreError("The store cannot be reached."))
    page = open_page("alphabet", run=cats.id)
    monkeypatch.setattr(Runs, "get", get)
    click(page, "Current window")
    (error,) = page.error
    assert "The store cannot be reached" in as_read(error.value)

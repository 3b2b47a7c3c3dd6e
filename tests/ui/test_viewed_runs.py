"""A run counts as viewed on every page that shows it, so that it is neither paused nor pruned."""

from pathlib import Path

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from charrnn import ui
from charrnn.runs.errors import StoreError
from charrnn.runs.store import schema
from charrnn.runs.store.runs import Runs
from charrnn.ui import services
from tests.support.visitor import enter

# The pages of several runs by themselves, which show none because it is in the link.
WITHOUT_RUN_IN_LINK = {"learn", "room"}
PAGES = sorted(
    {path.parent.name for path in Path(ui.__file__).parent.glob("*/page.py")} - WITHOUT_RUN_IN_LINK
)
every_page = pytest.mark.parametrize("name", PAGES)


def the_page(name, refreshes):
    """Draw a page. refreshes: afterwards, refresh as its fragments do."""
    from importlib import import_module

    import streamlit as st
    from sqlalchemy import update

    from charrnn.runs.store import schema
    from charrnn.ui import navigation, selection, services

    titles = ("Train", "Alphabet", "Inside", "Compare", "Write")
    pages = [st.Page(print, title=title, url_path=title.lower()) for title in titles]
    navigation.register(pages)
    st.navigation(pages)
    selection.read_url(name.title())
    import_module(f"charrnn.ui.{name}.page").show()
    if refreshes:
        with services.store().database.writing() as db:
            db.execute(update(schema.runs).values(viewed_at=0.0))
        services.note_refresh(1.0)


@pytest.fixture
def draw(store):
    """draw(name, run=...): a page that shows a run which was last viewed long ago."""

    def draw(name, *, refreshes=False, **query) -> AppTest:
        with store.database.writing() as db:
            db.execute(update(schema.runs).values(viewed_at=0.0))
        kwargs = {"name": name, "refreshes": refreshes}
        page = AppTest.from_function(the_page, kwargs=kwargs, default_timeout=60)
        enter(page, **query)
        page.run()
        assert not page.exception
        return page

    return draw


def viewed(store, run) -> bool:
    return store.runs.get(run.id).viewed_at > 0


def link(name, key) -> dict[str, str]:
    return {"compare" if name == "compare" else "run": key}


def test_all_pages_are_tested():
    assert {"train", "alphabet", "inside", "compare", "write"} <= set(PAGES)


@every_page
def test_opening_a_page_counts_as_viewing_its_run_and_no_other(draw, store, workspace, cats, name):
    other = workspace.create(store.corpora.get(cats.sha256), cats.config)
    draw(name, **link(name, cats.id))
    assert viewed(store, cats)
    assert not viewed(store, other)


@every_page
def test_a_refresh_counts_as_viewing(draw, store, cats, name):
    draw(name, refreshes=True, **link(name, cats.id))
    assert viewed(store, cats)


@every_page
def test_every_page_refreshes_while_its_run_trains(draw, store, cats, name, monkeypatch):
    noted = []
    monkeypatch.setattr(services, "note_refresh", noted.append)
    store.runs.request(cats.id, desired="running")
    draw(name, **link(name, cats.id))
    assert noted


@every_page
def test_viewing_a_shared_run_counts(draw, store, cats, name):
    draw(name, key="another" * 5, **link(name, cats.view_key))
    assert viewed(store, cats)


def test_the_run_that_the_write_page_chooses_itself_counts(draw, store, cats):
    draw("write")
    assert viewed(store, cats)


@every_page
def test_page_is_drawn_even_if_the_view_cannot_be_recorded(draw, store, cats, name, monkeypatch):
    def fail(*_):
        raise StoreError("The runs cannot be saved: the disk is full.")

    shown = draw(name, **link(name, cats.id))
    with monkeypatch.context() as broken:
        broken.setattr(Runs, "mark_viewed", fail)
        full = draw(name, **link(name, cats.id))
    assert "the disk is full" in full.error[0].value
    assert len(full.markdown) == len(shown.markdown)

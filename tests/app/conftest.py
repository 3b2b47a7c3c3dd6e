"""The whole page in this process, without a browser and without worker processes."""

import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from charrnn.runs import launcher
from charrnn.runs.config import RunConfig
from charrnn.ui import services
from tests.conftest import WORKSPACE

PAGES = Path(__file__).parents[2] / "charrnn" / "ui" / "pages.py"
SMALL = RunConfig(hidden_size=8, iterations=1000, sample_interval=100, sample_length=40)


class IdleProcess:
    """Stands for a worker process that lives and does nothing."""

    pid = 0

    def __init__(self):
        self.stdin = self
        self._ended = threading.Event()

    def close(self) -> None:
        self._ended.set()

    def poll(self) -> int | None:
        return 0 if self._ended.is_set() else None

    def wait(self, timeout: float | None = None) -> int:
        self._ended.wait(timeout)
        return 0


@pytest.fixture(autouse=True)
def fresh_caches():
    """What Streamlit caches would leak from one test into the next."""
    st.cache_resource.clear()
    st.cache_data.clear()
    services._store_at.cache_clear()
    services._launcher_at.cache_clear()


@pytest.fixture(autouse=True)
def no_cookies(monkeypatch):
    """A browser that was never here; AppTest has none of its own."""
    monkeypatch.setattr(type(st.context), "cookies", property(lambda _: {}))


@pytest.fixture(autouse=True)
def started(monkeypatch) -> list[str]:
    """The runs that a worker process would have been started for, in order."""
    runs = []

    def note(_, run):
        runs.append(run.id)
        return IdleProcess()

    monkeypatch.setattr(launcher.Launcher, "_spawn", note)
    monkeypatch.setattr(launcher.Launcher, "watch", lambda _: None)  # a round is taken when asked
    return runs


@pytest.fixture
def open_page(store):
    """open_page(run="..."): the page in a new session, drawn once. w="": as a stranger."""

    def open_page(**query) -> AppTest:
        page = AppTest.from_file(str(PAGES), default_timeout=60)
        query = {"w": WORKSPACE} | query
        page.query_params.update(query)
        return page.run()

    return open_page


class _Written(HTMLParser):
    """Collects what stands in each <pre class="written">, as a browser would read it."""

    def __init__(self):
        super().__init__()
        self.texts, self._inside = [], False

    def handle_starttag(self, tag, attrs):
        if tag == "pre":
            assert dict(attrs)["class"] == "written"
            self.texts.append("")
            self._inside = True
        assert tag in ("pre", "code", "mark") or not self._inside

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "pre"

    def handle_data(self, data):
        if self._inside:
            self.texts[-1] += data


@pytest.fixture
def written():
    """written(page): the samples that the page shows, as they read."""

    def written(page) -> list[str]:
        reader = _Written()
        for block in page.get("html"):
            reader.feed(block.proto.body)
        return reader.texts

    return written


@pytest.fixture
def shown_run(store):
    """The run that a page's URL names, as the store has it; None if it names none."""

    def shown_run(page):
        run_id = page.query_params.get("run")
        return run_id and store.run(run_id)

    return shown_run


@pytest.fixture
def cats(shelf, corpus, work):
    """A run of a text that does not ship, trained for 250 of its 1,000 iterations, and paused."""
    return work(shelf.create(corpus, SMALL, pause_at=250))

"""Fixtures that run the whole dashboard in this process, without browser and worker processes."""

import logging
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count
from pathlib import Path

import pytest
import streamlit as st
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from charrnn.runs.workers.local_launcher import LocalLauncher
from charrnn.runs.workers.supervisor import Supervisor
from charrnn.ui import services, session, workspace_key
from charrnn.ui._compat.script_runs import session_id
from charrnn.ui.shared import double_click
from tests.support.store import SMALL, WORKSPACE
from tests.support.visitor import enter

# These loggers warn that there is no server, which is so in every test.
NO_SERVER = (
    "streamlit.runtime.scriptrunner_utils.script_run_context",
    "streamlit.runtime.caching.cache_data_api",
)
PAGES = Path(__file__).parents[2] / "charrnn" / "ui" / "pages.py"


def go(page: AppTest, path: str) -> None:
    """Let the next run of the whole dashboard show the page at this path; "" is the Train page."""
    page._page_hash = calc_hash(path)


def sent(page) -> list[str]:
    """The keys of the controls whose value the last drawing has sent to the browser."""
    widgets = [element for element in page._tree if getattr(element, "key", None)]
    keys = [widget.key for widget in widgets if getattr(widget.proto, "set_value", False)]
    # The number of the drawing is not the visitor's: its control is hidden.
    return [key for key in keys if key != session.DRAWING]


class IdleWorker:
    """Stands in for a worker that is alive and does nothing."""

    id, name = 0, "idle"

    def __init__(self):
        self._ended = threading.Event()

    @property
    def exit_status(self) -> int | None:
        return 0 if self._ended.is_set() else None

    def stop(self) -> None:
        self._ended.set()

    def wait(self, seconds: float | None = None) -> bool:
        return self._ended.wait(seconds)


@pytest.fixture(autouse=True)
def fresh_caches():
    """Clear all caches, which would leak from one test into the next."""
    st.cache_resource.clear()
    st.cache_data.clear()
    services._store_at.cache_clear()
    services._supervisor_at.cache_clear()


@pytest.fixture(autouse=True)
def no_cookies(monkeypatch):
    """A browser without cookies, on its first visit; AppTest does not provide any."""
    monkeypatch.setattr(type(st.context), "cookies", property(lambda _: {}))


@pytest.fixture(autouse=True)
def own_workspace(monkeypatch):
    """What tests call outside of a page is called for the owner of WORKSPACE."""
    within_page = workspace_key.current

    def current() -> str:
        return within_page() if session_id() else WORKSPACE

    monkeypatch.setattr(workspace_key, "current", current)


@pytest.fixture(autouse=True)
def started(monkeypatch) -> list[str]:
    """The ids of the runs that a worker process would have been started for, in order."""
    runs = []

    def start(_, run):
        runs.append(run.id)
        return IdleWorker()

    monkeypatch.setattr(LocalLauncher, "start", start)
    # No thread: the supervisor only acts when reconcile() is called.
    monkeypatch.setattr(Supervisor, "watch", lambda _: None)
    return runs


@pytest.fixture
def logged(monkeypatch) -> Iterator[list[str]]:
    """The messages that any logger has logged as warnings or worse."""
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)  # it is logged only once
    messages = []
    make_record = logging.getLogRecordFactory()

    def collect(*args, **kwargs) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        if record.levelno >= logging.WARNING and record.name not in NO_SERVER:
            messages.append(record.getMessage())
        return record

    logging.setLogRecordFactory(collect)
    yield messages
    logging.setLogRecordFactory(make_record)


@pytest.fixture
def open_page(store):
    """open_page(run="..."): the page in a new session, run once. key="": as another visitor.

    at: the path of the page, such as "compare"; "" is the Train page.
    """

    def open_page(at: str = "", /, **query) -> AppTest:
        page = AppTest.from_file(str(PAGES), default_timeout=60)
        go(page, at)
        return enter(page, **query).run()

    return open_page


class _SampleParser(HTMLParser):
    """Collects the text of each <pre class="written">, as a browser would show it."""

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
    """written(page): the text of each sample on the page."""

    def written(page) -> list[str]:
        parser = _SampleParser()
        for block in page.get("html"):
            parser.feed(block.proto.body)
        return parser.texts

    return written


@pytest.fixture
def shown_run(store):
    """shown_run(page): the run in the page's URL, as it is in the store; None if there is none."""

    def shown_run(page):
        run_id = page.query_params.get("run")
        return run_id and store.runs.get(run_id)

    return shown_run


@pytest.fixture
def cats(workspace, corpus, work):
    """A paused run at iteration 250 of 1,000, of a text that does not come with charrnn."""
    return work(workspace.create(corpus, SMALL, pause_at=250))


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock that double clicks are told by: a minute passes with every reading of it."""
    minutes = count()
    monkeypatch.setattr(double_click, "clock", lambda: 60.0 * next(minutes))

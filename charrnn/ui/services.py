"""What all visitors of one server share: the store and the launcher."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import streamlit as st

from charrnn.runs.database import default_url
from charrnn.runs.events import write_to_stderr
from charrnn.runs.launcher import Launcher
from charrnn.runs.records import Corpus, Run
from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from charrnn.ui import session


@cache
def _store_at(url: str) -> Store:
    return Store(url)


@cache
def _launcher_at(url: str) -> Launcher:
    return Launcher(_store_at(url))


@asynccontextmanager
async def open_up(_) -> AsyncIterator[None]:
    """The life of a server: what was wanted running goes on, and rests after the last visitor."""
    write_to_stderr()
    running = launcher()
    running.watch()
    yield
    await asyncio.to_thread(running.close)


def store() -> Store:
    return _store_at(default_url())


def shelf() -> Shelf:
    """The visitor's own runs."""
    return Shelf(store(), session.workspace())


def owned(run: Run) -> bool:
    """Whether a run is the visitor's own, to control and not only to look at."""
    return run.workspace == session.workspace()


def launcher() -> Launcher:
    return _launcher_at(default_url())


@st.cache_data(show_spinner=False, max_entries=200)
def _corpus_at(url: str, sha256: str) -> Corpus:
    return _store_at(url).corpus(sha256)


def corpus(sha256: str) -> Corpus:
    """A text's description; it never changes, so it is read once. Raises KeyError."""
    return _corpus_at(default_url(), sha256)

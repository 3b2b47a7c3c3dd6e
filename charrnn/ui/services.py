"""What all visitors of one server share: the store, the launcher, and the crowd they are."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from charrnn.runs.database import URL_VARIABLE, default_url
from charrnn.runs.events import event, write_to_stderr
from charrnn.runs.launcher import Launcher
from charrnn.runs.records import Corpus, Run, StoreError
from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from charrnn.ui import session
from charrnn.ui.crowd import Crowd


@cache
def _url(_place: str | None) -> str:
    """Where runs live, found out once for each value of the variable, not at every look."""
    return default_url()


def url() -> str:
    return _url(os.environ.get(URL_VARIABLE))


@cache
def _store_at(url: str) -> Store:
    return Store(url)


@cache
def _launcher_at(url: str) -> Launcher:
    launcher = Launcher(_store_at(url))
    launcher.watch()
    return launcher


@asynccontextmanager
async def open_up(_) -> AsyncIterator[None]:
    """The life of a server: what was wanted running goes on, and rests after the last visitor."""
    write_to_stderr()
    try:
        launcher()
    except StoreError as error:  # the pages say it too, until it is mended
        event("store_failed", reason=str(error))
    yield
    with suppress(StoreError):
        await asyncio.to_thread(launcher().close)


@cache
def _crowd() -> Crowd:
    return Crowd()


def crowd_factor() -> int:
    """How many times rarer than alone a live page looks, so that training keeps the machine."""
    return _crowd().factor


def look_again_in(seconds: float) -> None:
    """Say that this page is live, and when it will look again."""
    context = get_script_run_ctx()
    if context:
        _crowd().note(context.session_id, seconds)


def store() -> Store:
    return _store_at(url())


def shelf() -> Shelf:
    """The visitor's own runs."""
    return Shelf(store(), session.workspace())


def owned(run: Run) -> bool:
    """Whether a run is the visitor's own, to control and not only to look at."""
    return run.workspace == session.workspace()


def launcher() -> Launcher:
    return _launcher_at(url())


@st.cache_data(show_spinner=False, max_entries=200)
def _corpus_at(url: str, sha256: str) -> Corpus:
    return _store_at(url).corpus(sha256)


def corpus(sha256: str) -> Corpus:
    """A text's description; it never changes, so it is read once. Raises KeyError."""
    return _corpus_at(url(), sha256)

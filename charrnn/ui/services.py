"""What all visitors of one server share: the store and the launcher."""

import atexit

import streamlit as st

from charrnn.runs.database import default_url
from charrnn.runs.launcher import Launcher
from charrnn.runs.records import Corpus
from charrnn.runs.store import Store


@st.cache_resource(show_spinner=False)
def _store_at(url: str) -> Store:
    return Store(url)


@st.cache_resource(show_spinner=False)
def _launcher_at(url: str) -> Launcher:
    launcher = Launcher(_store_at(url))
    launcher.take_up()
    atexit.register(launcher.close)
    return launcher


def store() -> Store:
    return _store_at(default_url())


def launcher() -> Launcher:
    return _launcher_at(default_url())


@st.cache_data(show_spinner=False, max_entries=200)
def _corpus_at(url: str, sha256: str) -> Corpus:
    return _store_at(url).corpus(sha256)


def corpus(sha256: str) -> Corpus:
    """A text's description; it never changes, so it is read once. Raises KeyError."""
    return _corpus_at(default_url(), sha256)

"""The text that the visitor has chosen, the same on every page."""

from contextlib import suppress

import streamlit as st

from charrnn.runs.store.records import Corpus
from charrnn.runs.texts import library
from charrnn.ui import services, session
from charrnn.ui._compat import is_history_navigation

SOURCES = ("Pick", "Upload", "Paste")


def chosen_corpus() -> Corpus:
    """The chosen text; before any choice, that of the link, or else the first of the library."""
    if session.text_sha256() is None:
        choose_linked_text()
    return services.corpus(session.text_sha256() or _first_sha256())


def add_text(name: str, text: str) -> Corpus:
    """Store a text of the visitor's, and list it among the texts to pick from."""
    corpus = services.workspace().add_text(name, text)
    session.remember_text(corpus.sha256, name)
    return corpus


def choose_linked_text() -> None:
    """Choose the text in the link, if the visitor's workspace has it."""
    sha256 = session.linked_text()
    if sha256:
        with suppress(KeyError):
            session.remember_text(sha256, services.workspace().own_text(sha256))
            choose_corpus(sha256)


def follow_history(run_sha256: str | None) -> None:
    """After a step back or forward in the browser, choose the text of that time again.

    run_sha256: the text of the selected run; None if no run is selected.
    """
    if is_history_navigation():
        if session.text_sha256() in session.own_texts() and session.linked_text() is None:
            choose_corpus(run_sha256 or _first_sha256())
        choose_linked_text()


def _first_sha256() -> str:
    return shipped_sha256(library.available()[0].key)


def choose_corpus(sha256: str) -> None:
    """Choose a text that is in the store already, such as the one of the run that is shown."""
    if sha256 == session.text_sha256():
        return
    session.select_text(sha256)
    if shipped_sha256(offer_of(sha256)) != sha256:
        session.remember_text(sha256, services.corpus(sha256).name)
    st.session_state[session.SOURCE] = SOURCES[0]
    st.session_state.pop(session.OFFER, None)


def offer_of(sha256: str | None) -> str:
    """The key of the library text with this content, or else of the first library text."""
    offers = library.available()
    name = services.corpus(sha256).name if sha256 else ""
    keys = [offer.key for offer in offers if offer.title == name]
    return keys[0] if keys and shipped_sha256(keys[0]) == sha256 else offers[0].key


@st.cache_data(show_spinner=False)
def shipped_sha256(key: str) -> str:
    """The SHA-256 of a library text. The first call adds the text to the store."""
    titles = {offer.key: offer.title for offer in library.available()}
    return services.store().corpora.add(titles[key], library.load(key)).sha256

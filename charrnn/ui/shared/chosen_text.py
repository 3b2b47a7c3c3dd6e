"""The text that the visitor has chosen, the same on every page."""

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from charrnn.runs.errors import TextNotFound
from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.texts import library
from charrnn.ui import selection, services, session
from charrnn.ui._compat.script_runs import is_history_navigation

SOURCES = ("Pick", "Upload", "Paste")


def chosen_corpus() -> Corpus:
    """The chosen text; before any choice, that of the link, or else the first of the library."""
    if session.text_sha256() is None:
        choose_linked_text()
    sha256 = session.text_sha256() or _first_sha256()
    _check_borrowed(sha256)
    name = library_titles().get(sha256) or session.own_texts().get(sha256, "")
    return replace(services.corpus(sha256), name=name)


def choose_text_of(run: Run) -> None:
    """Choose the text of the run that is shown, if the visitor may read it."""
    if services.may_read_text(run):
        if not services.owned(run) and run.sha256 not in library_titles():
            session.borrow_text(run.sha256, run.id)
        choose_corpus(run.sha256, services.text_of(run).name)


def _check_borrowed(sha256: str) -> None:
    """Raises TextNotFound if this is another visitor's text, who has stopped sharing it."""
    lender = session.lender(sha256)
    if lender is None:
        return
    with suppress(KeyError):
        if services.may_read_text(services.store().runs.get(lender)):
            return
    try:
        services.workspace().own_text(sha256)  # a run of the visitor's learns it by now
    except KeyError:
        raise TextNotFound(sha256) from None


def add_text(name: str, text: str) -> Corpus:
    """Store a text of the visitor's, and list it among the texts to pick from."""
    corpus = services.workspace().add_text(name, text)
    session.remember_text(corpus.sha256, name)
    return corpus


def choose_linked_text() -> None:
    """Choose the text in the link, if the visitor's workspace has it."""
    sha256 = selection.linked_text()
    if sha256:
        with suppress(KeyError):
            choose_corpus(sha256, services.workspace().own_text(sha256))


def follow_history(run: Run | None) -> None:
    """After a step back or forward in the browser, choose the text of that time again.

    run: the selected one, if any.
    """
    if is_history_navigation():
        if session.text_sha256() in session.own_texts() and selection.linked_text() is None:
            if run:
                choose_text_of(run)
            else:
                choose_corpus(_first_sha256())
        choose_linked_text()


def _first_sha256() -> str:
    return shipped_sha256(library.available()[0].key)


def choose_corpus(sha256: str, name: str = "") -> None:
    """Choose a text that is in the store already. name: of a text that is not in the library."""
    if sha256 == session.text_sha256():
        return
    session.select_text(sha256)
    if sha256 not in library_titles():
        session.remember_text(sha256, name)
    st.session_state[session.SOURCE] = SOURCES[0]
    st.session_state.pop(session.OFFER, None)


def offer_of(sha256: str | None) -> str:
    """The key of the library text with this content, or else of the first library text."""
    offers = library.available()
    title = library_titles().get(sha256 or "")
    return next((offer.key for offer in offers if offer.title == title), offers[0].key)


@st.cache_data(show_spinner=False)
def shipped_sha256(key: str) -> str:
    """The SHA-256 of a library text. The first call adds the text to the store."""
    titles = {offer.key: offer.title for offer in library.available()}
    return services.store().corpora.add(titles[key], library.load(key)).sha256

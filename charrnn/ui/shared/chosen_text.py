"""The text that the visitor has chosen, the same on every page."""

import streamlit as st

from charrnn.runs.store.records import Corpus
from charrnn.runs.texts import library
from charrnn.ui import services, session

SOURCES = ("Pick", "Upload", "Paste")


def chosen_corpus() -> Corpus:
    """The chosen text; before any choice, the first of the library."""
    return services.corpus(session.text_sha256() or shipped_sha256(library.available()[0].key))


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

"""Step 1: the text. Pick one that ships, upload a file, or paste."""

import textwrap
from collections import Counter

import streamlit as st

from charrnn.engine.training import split
from charrnn.runs import library
from charrnn.runs.decoding import NotText, clean_pasted, decode
from charrnn.runs.limits import Limits
from charrnn.runs.naming import clean_name, short_name
from charrnn.runs.records import Corpus
from charrnn.ui import services, session, settings
from charrnn.ui.plain import plain

SOURCES = ("Pick", "Upload", "Paste")
OPENING_LINES = 3
PASTED_NAME_LENGTH = 24


def choose_text() -> Corpus:
    """Draw the panel; returns the text that is chosen. There always is one."""
    st.session_state.setdefault(session.SOURCE, SOURCES[0])
    st.markdown("##### 1 · Text")
    source = st.segmented_control(
        "Where the text comes from",
        SOURCES,
        required=True,
        key=session.SOURCE,
        label_visibility="collapsed",
        persist_state="session",
        width="stretch",
    )
    brought = {"Pick": _pick, "Upload": _upload, "Paste": _paste}[source]()
    corpus = text_in_hand()
    session.select_text(corpus.sha256)
    _describe(corpus, still=not brought)
    return corpus


def text_in_hand() -> Corpus:
    """The text that is chosen, or else the first that ships."""
    return services.corpus(session.text_sha256() or _offered(library.offers()[0].key))


def catch_up() -> Corpus | None:
    """The text that is chosen at this moment; None if what was just pasted cannot be read.

    A tap on a button leaves the box for pasting as well, and comes together with what is in it.
    """
    pasted = st.session_state.get(session.PASTE)
    if st.session_state.get(session.SOURCE) == "Paste" and pasted and _keep_pasted(pasted):
        return None
    return text_in_hand()


def _pick() -> bool:
    offers = {offer.key: offer for offer in library.offers()}
    own = session.own_texts()
    titles = _told_apart({key: offer.title for key, offer in offers.items()} | own)
    if session.OFFER not in st.session_state:
        sha256 = session.text_sha256()
        st.session_state[session.OFFER] = sha256 if sha256 in own else _offer_of(sha256)
    key = st.selectbox(
        "Ready-made",
        [*own, *offers],
        format_func=titles.__getitem__,
        key=session.OFFER,
        persist_state="session",
        help="\n\n".join(f"**{o.title}**: {o.description}" for o in offers.values()),
    )
    session.select_text(key if key in own else _offered(key))
    return True


def _told_apart(titles: dict[str, str]) -> dict[str, str]:
    """Every title once: a list takes two entries that read the same for one."""
    told, seen = {}, Counter()
    for key, title in titles.items():
        seen[title] += 1
        told[key] = f"{title} ({seen[title]})" if seen[title] > 1 else title
    return told


def show_text(sha256: str) -> None:
    """Choose a text that is in the store: that of a run that comes into view."""
    if sha256 == session.text_sha256():
        return
    session.select_text(sha256)
    offer = _offer_of(sha256)
    if _offered(offer) != sha256:
        session.remember_text(sha256, services.corpus(sha256).name)
    st.session_state[session.SOURCE] = SOURCES[0]
    st.session_state.pop(session.OFFER, None)


def _offer_of(sha256: str | None) -> str:
    """The key of the text that ships with this content, or else of the first."""
    offers = library.offers()
    name = services.corpus(sha256).name if sha256 else ""
    keys = [offer.key for offer in offers if offer.title == name]
    return keys[0] if keys and _offered(keys[0]) == sha256 else offers[0].key


def _upload() -> bool:
    file = st.file_uploader(
        f"A text file, up to {Limits.here().text_megabytes:g} MB",
        key=session.UPLOAD,
        label_visibility="collapsed",
        max_upload_size=max(1, Limits.here().text_bytes // 2**20),
    )
    if file is None:
        return False
    with st.spinner("Reading your text"):
        problem = _keep(file.name, file.file_id, lambda: decode(file.getvalue()))
    return _read(problem)


def _paste() -> bool:
    pasted = st.text_area(
        "Your text",
        key=session.PASTE,
        persist_state="session",
        height=140,
        placeholder="Paste or type a text, then press Ctrl+Enter.",
        label_visibility="collapsed",
    )
    return _read(_keep_pasted(pasted)) if pasted else False


def _keep_pasted(pasted: str) -> str | None:
    first_words = textwrap.shorten(
        pasted[: 10 * PASTED_NAME_LENGTH], PASTED_NAME_LENGTH, placeholder=" …"
    )
    return _keep(f"Pasted: {first_words}", hash(pasted), lambda: clean_pasted(pasted))


def _read(problem: str | None) -> bool:
    """Whether a text could be read; says why not."""
    if problem:
        st.error(plain(problem), icon=":material/error:")
    return not problem


def _keep(name: str, identity: str | int, read) -> str | None:
    """Keep a visitor's text and choose it; work through it once, not at every rerun.

    Returns why it cannot be read, if so: then the text before stays chosen.
    """
    taken = st.session_state.get(session.TAKEN)
    if not taken or taken["identity"] != identity:
        # A paste is called by its first words, in which a slash is no path.
        name = clean_name(name) if isinstance(identity, str) else short_name(name)
        taken = {"identity": identity, "sha256": None, "problem": None}
        try:
            taken["sha256"] = services.store().add_corpus(name, read()).sha256
            session.remember_text(taken["sha256"], name)
            st.session_state.pop(session.OFFER, None)
        except NotText as problem:
            taken["problem"] = str(problem)
        st.session_state[session.TAKEN] = taken
    if not taken["problem"]:
        session.select_text(taken["sha256"])
    return taken["problem"]


def _describe(corpus: Corpus, *, still: bool) -> None:
    """still: nothing was brought yet, or it could not be read."""
    n, different = corpus.characters, len(corpus.vocabulary)
    name = f"Still chosen: **{plain(corpus.name)}**. " if still else ""
    st.caption(f"{name}{n:,} characters, {different:,} different. {_long_enough(corpus)}")
    lines = [line for line in corpus.opening.splitlines() if line.strip()][:OPENING_LINES]
    st.code("\n".join(lines), language=None, wrap_lines=True, height=66)


def _long_enough(corpus: Corpus) -> str:
    """Whether the settings fit the text, and what becomes of them if not."""
    asked = settings.chosen()
    shortened = asked.differences(asked.fitted(corpus.characters))
    words = [f"{name} becomes {fits}" for name, (_, fits) in shortened.items()]
    if asked.held_out and split(corpus.characters, asked.held_out) == corpus.characters:
        words.append("nothing is held out")
    if not words:
        return f"Long enough for seq_length {asked.seq_length}."
    return f"Short, so {' and '.join(words)}."


@st.cache_data(show_spinner=False)
def _offered(key: str) -> str:
    """The sha256 of a text that ships, kept in the store when it is first asked for."""
    titles = {offer.key: offer.title for offer in library.offers()}
    return services.store().add_corpus(titles[key], library.load(key)).sha256

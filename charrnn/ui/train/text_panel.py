"""Step 1 in the sidebar: the text. Pick one, upload a file, or paste."""

import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from charrnn.engine.corpus import training_length
from charrnn.runs.errors import OutOfSpace
from charrnn.runs.limits import MEGABYTE, Limits
from charrnn.runs.store.records import Corpus
from charrnn.runs.texts import library
from charrnn.runs.texts.decoding import NotText, clean_pasted
from charrnn.runs.texts.names import clean_name, short_name
from charrnn.ui import session
from charrnn.ui._compat.uploads import UploadedFile, uploaded_file
from charrnn.ui.direction import isolated
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import settings
from charrnn.ui.shared.chosen_text import (
    SOURCES,
    add_text,
    chosen_corpus,
    offer_of,
    shipped_sha256,
)
from charrnn.ui.shared.formatting import listed
from charrnn.ui.train import text_encoding

OPENING_LINES = 3
PASTED_NAME_LENGTH = 24


@dataclass(frozen=True)
class _LastText:
    """The text that was uploaded or pasted last: stored in the session, so that it is read once."""

    identity: str | int
    sha256: str = ""
    problem: str = ""  # why it could not be read


def choose_text() -> Corpus:
    """Draw the panel; returns the selected text. There always is one."""
    st.session_state.setdefault(session.SOURCE, SOURCES[0])
    if session.page_changed() and awaits_file():
        # The uploader has lost its file with the page before, and no other is on its way.
        st.session_state[session.SOURCE] = SOURCES[0]
        st.session_state.pop(session.OFFER, None)
    st.markdown("## 1 · Text")
    if not session.shows("text"):
        corpus = chosen_corpus()
        session.select_text(corpus.sha256)
        st.markdown(f"**{escape_markdown(corpus.name)}**")
        _describe(corpus, unchanged=False)
        return corpus
    source = st.segmented_control(
        "Where the text comes from",
        SOURCES,
        required=True,
        key=session.SOURCE,
        label_visibility="collapsed",
        persist_state="session",
        width="stretch",
    )
    with st.container():  # whatever is in it: nothing below it may move
        if source == "Upload":
            changed = _upload()
        elif source == "Paste":
            changed = _paste()
        else:
            changed = _pick()
    corpus = chosen_corpus()
    session.select_text(corpus.sha256)
    _describe(corpus, unchanged=not changed)
    return corpus


def current_corpus() -> Corpus | None:
    """The selected text, for a callback; None if the new text cannot be read.

    A click on a button also ends the input in the paste box, and both arrive together: the
    callback runs before the panel has seen what was pasted. The same goes for a file that arrives
    together with the click.
    """
    source, pasted = st.session_state.get(session.SOURCE), st.session_state.get(session.PASTE)
    if source == "Paste" and pasted and _select_pasted(pasted):
        return None
    if source == "Upload" and (file := uploaded_file(session.UPLOAD)):
        before = st.session_state.get(session.LAST_TEXT)
        if _select_uploaded(file) and st.session_state[session.LAST_TEXT] != before:
            return None
    return chosen_corpus()


def awaits_file() -> bool:
    """Whether the visitor is about to upload a file that has not arrived yet."""
    return st.session_state.get(session.SOURCE) == "Upload" and not uploaded_file(session.UPLOAD)


# --- The three sources. Each returns whether it has selected a text. ----------------------------


def _pick() -> bool:
    offers = {offer.key: offer for offer in library.available()}
    own = session.own_texts()
    titles = _distinct({key: offer.title for key, offer in offers.items()} | own)
    if session.OFFER not in st.session_state:
        sha256 = session.text_sha256()
        st.session_state[session.OFFER] = sha256 if sha256 in own else offer_of(sha256)
    key = st.selectbox(
        "Ready-made",
        [*own, *offers],
        format_func=titles.__getitem__,
        key=session.OFFER,
        persist_state="session",
        help="\n\n".join(f"**{o.title}**: {o.description}" for o in offers.values()),
    )
    session.select_text(key if key in own else shipped_sha256(key))
    return True


def _upload() -> bool:
    file = st.file_uploader(
        f"A text file, up to {_megabytes()} MB",
        key=session.UPLOAD,
        label_visibility="collapsed",
        max_upload_size=_megabytes(),
    )
    if file is None:
        if session.TRAIN_ON_UPLOAD in st.session_state:
            st.info(
                f"Training starts as soon as your file is here (up to {_megabytes()} MB).",
                icon=":material/hourglass:",
            )
        return False
    with st.spinner("Reading your text"):
        problem = _select_uploaded(file)
    if problem:
        st.session_state.pop(session.TRAIN_ON_UPLOAD, None)
    _show_problem(problem)
    text_encoding.draw(file)
    return not problem


def _megabytes() -> int:
    """How large a file may be. The browser does not send a larger one, and says why beside it."""
    return max(1, Limits.from_environment().text_bytes // MEGABYTE)


def _select_uploaded(file: UploadedFile) -> str:
    """Select the text of a file. Returns why it cannot be read, or ""."""
    name = clean_name(file.name)
    identity = text_encoding.identity(file)
    return _select_new(name, lambda: text_encoding.read(file), identity=identity)


def _paste() -> bool:
    pasted = st.text_area(
        "Your text",
        key=session.PASTE,
        persist_state="session",
        height=140,
        placeholder="Paste or type a text, then press Ctrl+Enter.",
        label_visibility="collapsed",
    )
    if not pasted:
        return False
    problem = _select_pasted(pasted)
    _show_problem(problem)
    return not problem


def _select_pasted(pasted: str) -> str:
    """Select a pasted text, named after its first words. Returns why it cannot be read, or ""."""
    first_words = textwrap.shorten(
        pasted[: 10 * PASTED_NAME_LENGTH], PASTED_NAME_LENGTH, placeholder=" …"
    )
    # Not clean_name(): a slash in a text does not begin a file name.
    name = short_name(f"Pasted: {first_words}")
    return _select_new(name, lambda: clean_pasted(pasted), identity=hash(pasted))


def _select_new(name: str, read: Callable[[], str], *, identity: str | int) -> str:
    """Add a text to the store and select it; returns why it cannot be read, or "".

    A text that cannot be read leaves the selection as it was. identity: tells a new text from the
    one of the last rerun, which is not read again.
    """
    last: _LastText | None = st.session_state.get(session.LAST_TEXT)
    if last is None or last.identity != identity:
        try:
            last = _LastText(identity, sha256=add_text(name, read()).sha256)
            st.session_state.pop(session.OFFER, None)
        except (NotText, OutOfSpace) as error:
            last = _LastText(identity, problem=str(error))
        st.session_state[session.LAST_TEXT] = last
    if not last.problem:
        session.select_text(last.sha256)
    return last.problem


def _show_problem(problem: str) -> None:
    if problem:
        st.error(escape_markdown(problem), icon=":material/error:")


def _distinct(titles: dict[str, str]) -> dict[str, str]:
    """The titles with a number after each repeated one: a selectbox merges equal entries."""
    distinct: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for key, title in titles.items():
        seen[title] += 1
        distinct[key] = f"{isolated(title)} ({seen[title]})" if seen[title] > 1 else title
    return distinct


# --- The selected text --------------------------------------------------------------------------


def _describe(corpus: Corpus, *, unchanged: bool) -> None:
    """Its size and its first lines. unchanged: nothing new was uploaded or pasted."""
    n, different = corpus.characters, len(corpus.vocabulary)
    name = ""
    if awaits_file():
        name = f"Train will wait for your file. Until then: **{escape_markdown(corpus.name)}**. "
    elif unchanged:
        name = f"Still using **{escape_markdown(corpus.name)}**. "
    st.caption(f"{name}{n:,} characters, {different:,} different. {_fit_in_words(corpus)}")
    lines = [line for line in corpus.opening.splitlines() if line.strip()][:OPENING_LINES]
    st.code("\n".join(lines), language=None, wrap_lines=True, height=66)


def _fit_in_words(corpus: Corpus) -> str:
    """Whether the text is long enough for the settings, and how they are reduced if not."""
    config = settings.current()
    reduced = config.differences(config.fitted(corpus.characters))
    words = [f"{name} becomes {fitted}" for name, (_, fitted) in reduced.items()]
    if config.held_out and training_length(corpus.characters, config.held_out) == corpus.characters:
        words.append("nothing is held out")
    if not words:
        return f"Long enough for seq_length {config.seq_length}."
    return f"The text is short, so {listed(words)}."

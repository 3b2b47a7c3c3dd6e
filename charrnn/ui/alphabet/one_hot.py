"""Panel 2: a character as its one-hot vector, a word as a matrix."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine import alphabet
from charrnn.ui import session
from charrnn.ui.alphabet import behind, cells
from charrnn.ui.alphabet.reading import Subject

MAX_WORD = 40


def draw(subject: Subject) -> None:
    st.markdown("### 2 · One-hot: a character as numbers")
    st.markdown(
        "The network reads lists of numbers. A character is a list with a place for each of them: "
        "0 everywhere, and a single 1 at its own place."
    )
    st.text_input(
        "Type a character or a word, or click a row of the table above",
        key=session.TYPED,
        persist_state="session",
        max_chars=MAX_WORD,
        on_change=_see_typed,
        placeholder="a character, a word",
        width=420,
    )
    asked = session.seen() or first_seen(subject)
    strangers = subject.vocabulary.unknown(asked)
    if strangers:
        listed = ", ".join(f"{alphabet.symbol(c)} ({alphabet.name(c)})" for c in strangers)
        them = "it" if len(strangers) == 1 else "them"
        st.text(f"Not in this text, so the network has no place for {them}: {listed}")
    known = "".join(c for c in asked if c not in strangers)
    ids = subject.vocabulary.encode(known)
    with st.container(key="one_hot"):
        if len(ids) == 1:
            _vector(subject, int(ids[0]))
        elif len(ids):
            _matrix(subject, ids)


def _see_typed() -> None:
    session.see(st.session_state[session.TYPED], typed=True)


def first_seen(subject: Subject) -> str:
    """Something to begin with: the most frequent letter, or else the most frequent character."""
    characters = [subject.vocabulary.characters[i] for i in subject.by_frequency]
    return next((c for c in characters if c.isalpha()), characters[0])


def seen_index(subject: Subject) -> int:
    """The index of the character that is looked at; of a word, its first that is known."""
    known = [c for c in session.seen() if c in subject.vocabulary.characters]
    return subject.vocabulary.characters.index((known or [first_seen(subject)])[0])


def _vector(subject: Subject, i: int) -> None:
    c, V = subject.vocabulary.characters[i], len(subject.vocabulary)
    st.text(f"{alphabet.symbol(c)} is a list of {V:,} numbers: a 1 at place {i:,}, 0 elsewhere.")
    st.html(cells.vector(subject.vocabulary, i))
    st.code(f"index_of[{c!r}] = {i}\ncharacter_at[{i}] = {c!r}", language=None, wrap_lines=True)
    behind.table("The vector as a table", "one_hot", lambda: _frame(subject, np.array([i])))


def _matrix(subject: Subject, ids: np.ndarray) -> None:
    T, V = len(ids), len(subject.vocabulary)
    st.text(
        f"{T} characters are {T} rows of {V:,} numbers, a {T} × {V:,} matrix: in each row a 1 at "
        f"{', '.join(map(str, ids.tolist()))}, 0 elsewhere."
    )
    st.html(cells.matrix(subject.vocabulary, ids))
    behind.table("The matrix as a table", "one_hot", lambda: _frame(subject, ids))


def _frame(subject: Subject, ids: np.ndarray) -> pd.DataFrame:
    """The matrix, lying on its side: one row for each character of the vocabulary."""
    frame = subject.table[["index", "character", "name"]].copy()
    for t, row in enumerate(subject.vocabulary.one_hot(ids, np.int8)):
        symbol = alphabet.symbol(subject.vocabulary.characters[ids[t]])
        frame[f"{t}: {symbol}"] = row
    return frame

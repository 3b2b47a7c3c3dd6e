"""Panel 2: a character as a one-hot vector, a word as a matrix."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.ui import session
from charrnn.ui.alphabet import cells, contents
from charrnn.ui.direction import isolated
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Subject

MAX_WORD_LENGTH = 40


def draw(subject: Subject) -> None:
    """Draw the panel for the character or word that was typed or clicked."""
    st.markdown(f"## {contents.ONE_HOT}")
    st.markdown(
        "The network reads vectors, which are lists of numbers. A character becomes a vector with "
        "one number for each character of the vocabulary: a single 1 at its own index, and 0 "
        "everywhere else."
    )
    st.text_input(
        "Type a character or a word, or click a row of the table above",
        key=session.TYPED,
        persist_state="session",
        max_chars=MAX_WORD_LENGTH,
        on_change=_inspect_typed,
        placeholder="a character, a word",
        width=420,
    )
    inspected = session.inspected() or default_character(subject)
    unknown = subject.vocabulary.unknown(inspected)
    with st.container():  # also if it is empty: nothing below it may move
        if unknown:
            listed = ", ".join(
                f"{isolated(character_info.symbol(c))} ({character_info.name(c)})" for c in unknown
            )
            st.text(f"Not in this text, so not in the network's vocabulary: {listed}")
    ids = subject.vocabulary.encode("".join(c for c in inspected if c not in unknown))
    with st.container(key="one_hot"):
        if len(ids) == 1:
            _draw_vector(subject, int(ids[0]))
        elif len(ids):
            _draw_matrix(subject, ids)


def _inspect_typed() -> None:
    session.inspect(st.session_state[session.TYPED], typed=True)


def default_character(subject: Subject) -> str:
    """The character shown at first: the most frequent letter, or else the most frequent one."""
    characters = [subject.vocabulary.characters[i] for i in subject.by_frequency]
    return next((c for c in characters if c.isalpha()), characters[0])


def inspected_index(subject: Subject) -> int:
    """The index of the inspected character; of a word, its first character in the vocabulary."""
    known = [c for c in session.inspected() if c in subject.vocabulary.characters]
    return subject.vocabulary.characters.index((known or [default_character(subject)])[0])


def _draw_vector(subject: Subject, i: int) -> None:
    c, V = subject.vocabulary.characters[i], len(subject.vocabulary)
    st.text(
        f"{isolated(character_info.symbol(c))} is a vector of {V:,} numbers: a 1 at index {i:,}, "
        "0 everywhere else."
    )
    st.html(cells.vector(subject.vocabulary, i))
    st.code(f"index_of[{c!r}] = {i}\ncharacter_at[{i}] = {c!r}", language=None, wrap_lines=True)
    tables.table("The vector as a table", "one_hot", lambda: _frame(subject, np.array([i])))


def _draw_matrix(subject: Subject, ids: np.ndarray) -> None:
    T, V = len(ids), len(subject.vocabulary)
    st.text(
        f"{T} characters are {T} rows of {V:,} numbers, a {T} × {V:,} matrix. Each row has a "
        f"single 1, at index {', '.join(map(str, ids.tolist()))}; all other numbers are 0."
    )
    st.html(cells.matrix(subject.vocabulary, ids))
    tables.table("The matrix as a table", "one_hot", lambda: _frame(subject, ids))


def _frame(subject: Subject, ids: np.ndarray) -> pd.DataFrame:
    """The matrix transposed, (V, T): one row for each character of the vocabulary."""
    frame = subject.table[["index", "character", "name"]].copy()
    for t, row in enumerate(subject.vocabulary.one_hot(ids, np.int8)):
        symbol = character_info.symbol(subject.vocabulary.characters[ids[t]])
        frame[f"{t}: {isolated(symbol)}"] = row
    return frame

"""Panel 1: every character with its index, how often it occurs, and the rare ones flagged."""

import zlib

import numpy as np
import streamlit as st

from charrnn.engine import alphabet
from charrnn.ui import session
from charrnn.ui.alphabet import charts
from charrnn.ui.alphabet.behind import download
from charrnn.ui.alphabet.reading import Subject

SORTS = ("index", "frequency", "code point")
HEIGHT = 430


def draw(subject: Subject) -> None:
    st.markdown("### 1 · The characters")
    st.markdown(
        "Each different character gets a number, its index. Indices follow the order of Unicode's "
        "code points, so a text always gives the same ones."
    )
    with st.container(horizontal=True, key="stage_characters"):
        with st.container():
            _table(subject)
        with st.container():
            _frequency(subject)
    st.text(rare_in_words(subject))


def _table(subject: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        find = st.text_input(
            "Find",
            key=session.FIND,
            persist_state="session",
            max_chars=60,
            placeholder="a, newline, U+0061, 37",
            icon=":material/search:",
        )
        sort = st.segmented_control(
            "Sort by",
            SORTS,
            default=SORTS[0],
            required=True,
            key=session.SORT,
            persist_state="session",
        )
    ids = found(subject, find, sort)
    if len(ids) == 0:
        st.info("No character of this text is called so.", icon=":material/search_off:")
        return
    key = f"characters_{subject.corpus.sha256[:8]}_{sort}_{zlib.crc32(find.encode())}"
    frame = subject.table.iloc[ids]
    st.dataframe(
        frame.assign(share=100 * frame["share"]),
        hide_index=True,
        height=min(HEIGHT - 72, 37 + 35 * len(ids)),
        on_select=_pick,
        selection_mode="single-row",
        key=key,
        column_config={
            "index": st.column_config.NumberColumn(width=55),
            "character": st.column_config.TextColumn(width=80, alignment="center"),
            "name": st.column_config.TextColumn(width=180),
            "code point": st.column_config.TextColumn(width=85),
            "count": st.column_config.NumberColumn(format="localized", width=70),
            "share": st.column_config.NumberColumn(format="%.2f%%", width=65),
            "rare": st.column_config.TextColumn(width=60),
        },
    )
    # The callback knows the rows by what it is told now: sorting anew makes another table.
    st.session_state[session.ROWS] = (key, subject.vocabulary.decode(ids))
    download(frame, "characters")


def _pick() -> None:
    key, characters = st.session_state[session.ROWS]
    rows = st.session_state[key].selection.rows
    if rows:
        session.see(characters[rows[0]])


def found(subject: Subject, find: str, sort: str) -> np.ndarray:
    """Indices of the characters that `find` means, in the order asked for."""
    order = np.arange(len(subject.vocabulary))
    if sort == "frequency":
        order = subject.by_frequency
    elif sort == "code point":
        order = np.argsort([ord(c) for c in subject.vocabulary.characters], kind="stable")
    if not find:
        return order
    characters, table = subject.vocabulary.characters, subject.table
    if find in characters:
        return np.array([characters.index(find)])
    if find.isdecimal() and int(find) < len(characters):
        return np.array([int(find)])
    words = find.lower().split()
    meant = table["name"].str.cat(table["code point"].str.lower(), " ")
    # A letter alone means itself, as in "latin a", not every name that has one.
    hits = np.array(
        [all(word in (name if len(word) > 1 else name.split()) for word in words) for name in meant]
    )
    return order[hits[order]]


def _frequency(subject: Subject) -> None:
    shown = subject.by_frequency[: charts.MAX_BARS]
    rest = len(subject.vocabulary) - len(shown)
    st.markdown("#### How often each occurs")
    height = min(HEIGHT - 72, charts.ROW_PIXELS * len(shown) + 24)
    with st.container(height=height, border=False, key="frequency"):
        st.vega_lite_chart(
            charts.frequency_rows(subject.table, shown),
            charts.frequency_spec(len(shown)),
            key="frequency_chart",
            alt="How often each character occurs, the most frequent first; the table beside it "
            "has the same numbers",
        )
    words = "Times in the whole text."
    if (subject.counts[shown] < alphabet.RARE).any():
        words += " Blue: the rare."
    if rest:
        words += f" {rest:,} more characters, less frequent, are in the table."
    st.caption(words)


def rare_in_words(subject: Subject) -> str:
    """How many characters hardly occur, and what that costs."""
    counts, H = subject.counts, subject.config.hidden_size
    n = int((counts < alphabet.RARE).sum())
    if n == 0:
        return f"No character is rare: each occurs {alphabet.RARE} times or more."
    who = "One character is" if n == 1 else f"{n:,} characters are"
    each = "It takes" if n == 1 else "Together they take"
    all_weights = len(counts) * (2 * H + 1) + H * H + H
    return (
        f"⚑ {who} rare: fewer than {alphabet.RARE} times in the whole text. {each} "
        f"{alphabet.rare_weights(counts, H):,} of the network's {all_weights:,} weights, a "
        "column of Wxh and a row of Why each, and these are hardly ever trained."
    )

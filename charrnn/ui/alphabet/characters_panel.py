"""Panel 1: every character with its index and its count, and the rare ones flagged."""

import zlib

import numpy as np
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.ui import session
from charrnn.ui.alphabet import character_charts, contents
from charrnn.ui.shared.charts.tables import download
from charrnn.ui.shared.snapshots import Subject

SORTS = ("index", "frequency", "code point")
HEIGHT = 430  # pixels, for the table with its controls and for the chart beside it
CONTROLS_HEIGHT = 72
TABLE_HEADER_HEIGHT, TABLE_ROW_HEIGHT = 37, 35


def draw(subject: Subject) -> None:
    """Draw the panel: a table that can be searched, a chart of the counts, and a sentence."""
    st.markdown(f"## {contents.CHARACTERS}")
    st.markdown(
        "Each different character gets a number, its index. Indices follow the order of Unicode "
        "code points, so the same text always gets the same indices."
    )
    with st.container(horizontal=True, key="stage_characters"):
        with st.container():
            _draw_table(subject)
        with st.container():
            _draw_counts(subject)
    st.text(describe_rare(subject))


def _draw_table(subject: Subject) -> None:
    query, sort = _choose_rows()
    ids = matching_ids(subject, query, sort)
    if len(ids) == 0:
        st.info("No character in this text matches.", icon=":material/search_off:")
        return
    key = f"characters_{subject.corpus.sha256[:8]}_{sort}_{zlib.crc32(query.encode())}"
    frame = subject.table.iloc[ids]
    st.dataframe(
        frame.assign(share=100 * frame["share"]),
        hide_index=True,
        height=min(HEIGHT - CONTROLS_HEIGHT, TABLE_HEADER_HEIGHT + TABLE_ROW_HEIGHT * len(ids)),
        on_select=_inspect_row,
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
    # The callback runs before the table is drawn again, so it needs the rows as they are now.
    st.session_state[session.ROWS] = (key, subject.vocabulary.decode(ids))
    download(frame, "characters")


def _choose_rows() -> tuple[str, str]:
    """The search query, "" for none, and one of SORTS."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
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
    return query, sort


def _inspect_row() -> None:
    key, characters = st.session_state[session.ROWS]
    rows = st.session_state[key].selection.rows
    if rows:
        session.inspect(characters[rows[0]])


def matching_ids(subject: Subject, query: str, sort: str) -> np.ndarray:
    """Indices of the characters that match a query, sorted: (n,).

    query: a character, an index, or words from the name and the code point; "" matches every
    character. sort: one of SORTS.
    """
    order = np.arange(len(subject.vocabulary))
    if sort == "frequency":
        order = subject.by_frequency
    elif sort == "code point":
        order = np.argsort([ord(c) for c in subject.vocabulary.characters], kind="stable")
    if not query:
        return order
    characters, table = subject.vocabulary.characters, subject.table
    if query in characters:
        return np.array([characters.index(query)])
    if query.isdecimal() and int(query) < len(characters):
        return np.array([int(query)])
    words = query.lower().split()
    descriptions = table["name"].str.cat(table["code point"].str.lower(), " ")
    matches = np.array([_matches(words, description) for description in descriptions])
    return order[matches[order]]


def _matches(words: list[str], description: str) -> bool:
    # A single letter, as in "latin a", must be a word of its own: most names contain an "a".
    return all(word in (description if len(word) > 1 else description.split()) for word in words)


def _draw_counts(subject: Subject) -> None:
    shown = subject.by_frequency[: character_charts.MAX_BARS]
    rest = len(subject.vocabulary) - len(shown)
    st.markdown("### How often each one occurs")
    height = min(HEIGHT - CONTROLS_HEIGHT, character_charts.ROW_PIXELS * len(shown) + 24)
    with st.container(height=height, border=False, key="frequency"):
        spec = character_charts.frequency_spec(len(shown))
        st.vega_lite_chart(
            character_charts.frequency_rows(subject.table, shown),
            spec,
            key="frequency_chart",
            height=spec["height"],
            alt="How often each character occurs, most frequent first; the table beside the chart "
            "has the same numbers",
        )
    caption = "Occurrences in the whole text."
    if (subject.counts[shown] < character_info.RARE).any():
        caption += " Rare characters are blue."
    if rest:
        caption += f" {rest:,} more characters, all less frequent, are in the table."
    st.caption(caption)


def describe_rare(subject: Subject) -> str:
    """How many characters are rare, and how many weights they take."""
    counts, H = subject.counts, subject.config.hidden_size
    n = int((counts < character_info.RARE).sum())
    if n == 0:
        return f"No character is rare: each occurs at least {character_info.RARE} times."
    who = "One character is" if n == 1 else f"{n:,} characters are"
    each = "It takes" if n == 1 else "Together they take"
    all_weights = len(counts) * (2 * H + 1) + H * H + H
    return (
        f"⚑ {who} rare, with fewer than {character_info.RARE} occurrences in the whole text. "
        f"{each} {character_info.rare_weights(counts, H):,} of the network's {all_weights:,} "
        "weights, which are hardly ever trained: an embedding (a column of Wxh), a row of Why and "
        "an output bias per character."
    )

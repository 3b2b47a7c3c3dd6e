"""Panel 4: what the network has made of its characters, now and at the moments that are kept."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine import alphabet
from charrnn.engine.columns import clustered, neighbours
from charrnn.runs.records import Run
from charrnn.ui import services, session
from charrnn.ui.alphabet import behind, charts
from charrnn.ui.alphabet.one_hot import seen_index
from charrnn.ui.alphabet.reading import Impression, Moment, Subject, impression
from charrnn.ui.words import back_to, why_not_earlier

PAGE_SIZE = 40  # characters in the heat map
NEIGHBOURS = 10
NEWEST = "newest"
ORDERS = ("frequency", "index", "alike")


def draw_heading() -> None:
    st.markdown("### 4 · What was learned")
    st.markdown(
        "Before the first update every column is chance. Then characters that are used alike "
        "come to have columns alike: watch vowels, capitals and digits drift together."
    )


def draw_hint() -> None:
    """Without a run nothing has been learned."""
    draw_heading()
    st.markdown("Nothing yet: press Train on the page Train, then come back and watch.")


def draw(subject: Subject, run: Run) -> None:
    """The network at the moment that is chosen. run: as it is now."""
    kept = services.store().snapshot_iterations(run.id)
    chosen = _choose_moment(run, kept)
    moment = subject.newest_moment() if chosen == NEWEST else subject.moment(chosen)
    now = impression(subject, moment, kept)
    doing = "learning" if run.moving else run.status
    if chosen != NEWEST:
        doing = "looking back" if chosen else "before the first update"
    st.text(f"Iteration {moment.iteration:,} of {run.iterations:,} · {doing}")
    with st.container(horizontal=True, key="stage_map"):
        with st.container():
            _map(subject, now)
        with st.container():
            _neighbours(subject, moment)
    order = _choose_order(subject, moment)
    with st.container(horizontal=True, key="stage_columns"):
        with st.container():
            _columns(subject, moment, order)
        with st.container():
            _surprise(subject, now, order)


def looks_back(run: Run) -> bool:
    """Whether the slider stands at a moment of the past."""
    return st.session_state.get(_moment_key(run), NEWEST) != NEWEST


def _moment_key(run: Run) -> str:
    return f"{session.MOMENT}_{run.id}"


def _choose_moment(run: Run, kept: list[int]) -> int | str:
    """The slider over the moments that are kept. At its right end it follows the newest."""
    key = _moment_key(run)
    if st.session_state.get(key) not in kept:
        # Its right end moves on as moments come; the slider has to be told to stay there.
        st.session_state[key] = NEWEST
    return st.select_slider(
        f"Look back: {back_to(kept)}",
        [*kept, NEWEST],
        format_func=lambda n: n if n == NEWEST else f"{n:,}",
        help=why_not_earlier(kept),
        key=key,
        persist_state="session",
    )


def _map(subject: Subject, now: Impression) -> None:
    st.markdown("#### The map: alike is near")
    kinds = [alphabet.kind(subject.vocabulary.characters[i]) for i in now.shown]
    rows = charts.map_rows(subject.table, now.shown, now.points, kinds, seen_index(subject))
    key = f"map_{subject.run.id}"
    st.vega_lite_chart(
        rows,
        charts.map_spec(tuple(kind for kind in alphabet.KINDS if kind in kinds)),
        key=key,
        on_select=_pick,
        selection_mode=["pick", "zoom"],
        alt="A map of the characters' columns in two dimensions; the table below has the places",
    )
    st.session_state[session.MAP] = (key, subject.corpus.vocabulary)
    share = now.shares.sum()
    some = f" The {len(now.shown):,} most frequent characters." if _many(subject) else ""
    st.caption(
        f"The two directions in which the columns differ most: {share:.0%} of all their "
        f"variance.{some} Click a character to see its neighbours; Ctrl and the wheel zoom."
    )
    behind.table(
        "The map as a table",
        "map",
        lambda: rows[rows["layer"] != "corner"].drop(columns=["layer", "seen"]),
    )


def _many(subject: Subject) -> bool:
    return len(subject.vocabulary) > charts.MAX_LABELS


def _pick() -> None:
    key, characters = st.session_state[session.MAP]
    picked = st.session_state[key].selection.get("pick")
    if picked:
        session.see(characters[int(picked[0]["index"])])
        st.session_state[session.PICKED] = True


def _neighbours(subject: Subject, moment: Moment) -> None:
    if st.session_state.pop(session.PICKED, False):
        st.rerun()  # the panels above look at the same character
    i = seen_index(subject)
    ids, cosines = neighbours(moment.weights.Wxh.T, i, NEIGHBOURS)
    st.markdown("#### Its nearest neighbours")
    character = subject.vocabulary.characters[i]
    st.text(f"of {alphabet.symbol(character)}, {alphabet.name(character)}")
    if len(ids) == 0:
        st.text("There is no other character.")
        return
    rows = charts.neighbour_rows(subject.table, ids, cosines)
    st.vega_lite_chart(
        rows,
        charts.neighbour_spec(len(ids)),
        key="neighbour_chart",
        alt="The characters with the most similar columns; the table below names them",
    )
    if subject.counts[i] < alphabet.RARE:
        st.text("It is rare: its column is hardly trained, so this says little.")
    behind.table(
        "The neighbours as a table", "neighbours", lambda: rows.drop(columns=["slot", "said"])
    )


def _choose_order(subject: Subject, moment: Moment) -> np.ndarray:
    """The characters of the two charts below, from top to bottom."""
    V = len(subject.vocabulary)
    pages = list(range(-(-V // PAGE_SIZE)))
    page = 0
    with st.container(horizontal=True, vertical_alignment="bottom", key="column_choices"):
        order = st.segmented_control(
            "Order",
            ORDERS,
            default=ORDERS[0],
            required=True,
            key=session.ORDER,
            persist_state="session",
        )
        if len(pages) > 1:
            key = session.PAGE_OF_CHARACTERS
            st.session_state[key] = min(st.session_state.get(key, 0), pages[-1])
            page = st.selectbox(
                "Characters, by frequency",
                pages,
                format_func=lambda p: f"{p * PAGE_SIZE + 1:,} to {min((p + 1) * PAGE_SIZE, V):,}",
                key=key,
                persist_state="session",
                width=180,
            )
    shown = subject.by_frequency[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    if order == "index":
        return np.sort(shown)
    if order == "alike":
        return shown[clustered(moment.weights.Wxh.T[shown])]
    return shown


def _columns(subject: Subject, moment: Moment, order: np.ndarray) -> None:
    columns = moment.weights.Wxh.T
    st.markdown("#### Each character's column")
    st.vega_lite_chart(
        charts.column_rows(subject.table, order, columns),
        charts.column_spec(len(order), min(columns.shape[1], charts.MAX_UNITS)),
        key=f"columns_{len(order)}",
        alt="The columns of Wxh as colours, one line a character; the table below has the numbers",
    )
    H = columns.shape[1]
    units = f"{H}" if charts.MAX_UNITS >= H else f"the {charts.MAX_UNITS} that differ most of {H}"
    st.caption(
        f"Laid on its side: one line a character, one cell a hidden unit ({units}). Orange "
        f"pushes the unit up, blue down; the strongest is {np.abs(columns[order]).max():.2f}."
    )
    behind.table("The columns as a table", "columns", lambda: _whole(subject, columns))


def _whole(subject: Subject, columns: np.ndarray) -> pd.DataFrame:
    names = subject.table[["index", "character", "name"]]
    numbers = pd.DataFrame(columns, columns=[f"unit {u}" for u in range(columns.shape[1])])
    return pd.concat([names, numbers], axis=1)


def _surprise(subject: Subject, now: Impression, order: np.ndarray) -> None:
    st.markdown("#### What it cannot predict yet")
    nats, places = now.surprise
    st.vega_lite_chart(
        charts.surprise_rows(subject.table, order, nats, places),
        charts.surprise_spec(len(order)),
        key=f"surprise_{len(order)}",
        alt="Bits that each character costs when it comes next; the table below has the numbers",
    )
    st.caption(
        "Bars: bits of surprise when the character comes next, and at the right the figure. Blue "
        f"ticks: what its frequency alone would cost. Measured at {places.sum():,} places."
    )
    everyone = subject.by_frequency
    behind.table(
        "The surprise as a table",
        "surprise",
        lambda: charts.surprise_rows(subject.table, everyone, nats, places).drop(
            columns=["slot", "said"]
        ),
    )

"""Panel 4: what a run has learned about its characters, now and at earlier snapshots."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.analysis.embeddings import cluster_order, nearest_neighbors
from charrnn.runs.store.records import Run
from charrnn.ui import navigation, services, session
from charrnn.ui.alphabet import character_charts, contents, embedding_charts, map_player
from charrnn.ui.alphabet.measurements import Measurements, measure
from charrnn.ui.alphabet.one_hot_panel import inspected_index
from charrnn.ui.direction import isolated
from charrnn.ui.shared import live_run, snapshot_slider
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.replay import ICON
from charrnn.ui.shared.snapshots import Snapshot, Subject

PAGE_SIZE = 40  # characters in the heat map
NEIGHBORS = 10
ORDERS = ("frequency", "index", "similarity")


def draw_heading() -> None:
    """Draw the heading and what there is to see."""
    st.markdown(f"## {contents.LEARNED}")
    st.markdown(
        "Before the first update every embedding (a character's column of Wxh) is random. Then "
        "characters that are used in similar ways get similar embeddings: watch vowels, capitals "
        "and digits drift together."
    )


def draw_hint() -> None:
    """Draw what is shown here while there is no run."""
    draw_heading()
    st.markdown("Nothing yet: press Train on the Train page, then come back and watch.")
    if st.button("Go to Train", icon=":material/model_training:"):
        navigation.go("Train")


def draw(subject: Subject, run: Run) -> None:
    """Draw the panel at the chosen snapshot. run: the subject's run, read anew."""
    kept = services.store().snapshots.iterations(run.id)
    iteration = snapshot_slider.choose_iteration(run, kept, key=session.EMBEDDINGS_AT)
    snapshot = subject.newest_snapshot() if iteration is None else subject.snapshot(iteration)
    measurements = measure(subject, run, snapshot, kept)
    status = "training" if run.moving else run.status
    if live_run.is_queued(run):
        status = "queued"
    if iteration is not None:
        status = "an earlier snapshot" if iteration else "before the first update"
    st.text(f"Iteration {snapshot.iteration:,} of {run.iterations:,} · {status}")
    with st.container(horizontal=True, key="stage_map"):
        with st.container():
            _draw_map(subject, run, measurements, kept)
        with st.container():
            _draw_neighbors(subject, snapshot)
    order = _choose_order(subject, snapshot)
    with st.container(horizontal=True, key="stage_embeddings"):
        with st.container():
            _draw_embeddings(subject, snapshot, order)
        with st.container():
            _draw_surprisal(subject, measurements, order)


def _draw_map(subject: Subject, run: Run, measurements: Measurements, kept: list[int]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="map_heading"):
        st.markdown("### Embedding map: similar characters are close", width="content")
        if len(kept) > 1 and st.button("Play", icon=ICON):
            map_player.play(run)
    ids, characters = measurements.ids, subject.vocabulary.characters
    kinds = [character_info.kind(characters[i]) for i in ids]
    rows = embedding_charts.map_rows(
        subject.table, ids, measurements.points, kinds, inspected_index(subject)
    )
    key = f"map_{run.id}"
    spec = embedding_charts.map_spec(tuple(kind for kind in character_info.KINDS if kind in kinds))
    st.vega_lite_chart(
        rows,
        spec,
        key=key,
        height=spec["height"],  # here and below: from the start, so that nothing moves later
        on_select=_inspect_point,
        selection_mode=["pick", "zoom"],
        alt="The characters' embeddings in two dimensions; the table below has the coordinates",
    )
    st.session_state[session.MAP] = (key, characters)
    share = measurements.shares.sum()
    which = ""
    if len(characters) > len(ids):
        which = f" Only the {len(ids):,} most frequent characters are shown."
    st.caption(
        "The two directions in which the embeddings differ most (principal components); they show "
        f"{share:.0%} of the variance.{which} Click a character to see its nearest neighbors. "
        "Zoom with Ctrl and the mouse wheel."
    )
    tables.table(
        "The map as a table",
        "map",
        lambda: rows[rows["layer"] != "corner"].drop(columns=["layer", "inspected"]),
    )


def _inspect_point() -> None:
    key, characters = st.session_state[session.MAP]
    picked = st.session_state[key].selection.get("pick")
    if picked:
        session.inspect(characters[int(picked[0]["index"])])
        st.session_state[session.MAP_CLICKED] = True


def _draw_neighbors(subject: Subject, snapshot: Snapshot) -> None:
    if st.session_state.pop(session.MAP_CLICKED, False):
        st.rerun()  # the panels above show the inspected character too
    i = inspected_index(subject)
    ids, cosines = nearest_neighbors(snapshot.weights.Wxh.T, i, NEIGHBORS)
    st.markdown("### Nearest neighbors")
    character = subject.vocabulary.characters[i]
    name = f"{isolated(character_info.symbol(character))}, {character_info.name(character)}"
    st.text(f"of {name}, by cosine similarity")
    if len(ids) == 0:
        st.text("There is no other character.")
        return
    rows = embedding_charts.neighbor_rows(subject.table, ids, cosines)
    spec = embedding_charts.neighbor_spec(len(ids))
    st.vega_lite_chart(
        rows,
        spec,
        key="neighbor_chart",
        height=spec["height"],
        alt="The characters with the most similar embeddings; the table below has the numbers",
    )
    with st.container():  # also if it is empty: nothing below it may move
        if subject.counts[i] < character_info.RARE:
            st.text("This character is rare. Its embedding is hardly trained, so this says little.")
    tables.table(
        "The nearest neighbors as a table",
        "neighbors",
        lambda: rows.drop(columns=["row", "value_label"]),
    )


def _choose_order(subject: Subject, snapshot: Snapshot) -> np.ndarray:
    """Indices of the characters in the two charts below, from top to bottom."""
    V = len(subject.vocabulary)
    pages = list(range(-(-V // PAGE_SIZE)))
    page = 0
    with st.container(horizontal=True, vertical_alignment="bottom", key="embedding_choices"):
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
            session.set_widget(key, min(st.session_state.get(key, 0), pages[-1]))
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
    if order == "similarity":
        return shown[cluster_order(snapshot.weights.Wxh.T[shown])]
    return shown


def _draw_embeddings(subject: Subject, snapshot: Snapshot, order: np.ndarray) -> None:
    embeddings = snapshot.weights.Wxh.T  # (V, H)
    H, n_units = embeddings.shape[1], min(embeddings.shape[1], embedding_charts.MAX_UNITS)
    st.markdown("### Each character's embedding")
    spec = embedding_charts.embedding_spec(len(order), n_units)
    st.vega_lite_chart(
        embedding_charts.embedding_rows(subject.table, order, embeddings),
        spec,
        key=f"embeddings_{len(order)}",
        height=spec["height"],
        alt="The embeddings as colors, one row per character; the table below has the numbers",
    )
    units = f"{H}" if n_units == H else f"the {n_units} of {H} that differ most"
    st.caption(
        f"One row per character, one cell per hidden unit ({units}). Orange pushes the unit up, "
        f"blue pushes it down; the largest weight is {np.abs(embeddings[order]).max():.2f}."
    )
    tables.table(
        "The embeddings as a table", "embeddings", lambda: _all_embeddings(subject, embeddings)
    )


def _all_embeddings(subject: Subject, embeddings: np.ndarray) -> pd.DataFrame:
    names = subject.table[["index", "character", "name"]]
    weights = pd.DataFrame(embeddings, columns=[f"unit {u}" for u in range(embeddings.shape[1])])
    return pd.concat([names, weights], axis=1)


def describe_faded(counts: np.ndarray) -> str:
    """What the faded bars mean, if there are any. counts: positions measured, one a character."""
    few = character_charts.FEW_POSITIONS
    if (counts >= few).all():
        return ""
    return f"Faded bars rest on fewer than {few}, so chance may have moved them by a bit or more."


def _draw_surprisal(subject: Subject, measurements: Measurements, order: np.ndarray) -> None:
    st.markdown("### Surprisal: what it cannot predict yet")
    nats, counts = measurements.surprisal
    spec = character_charts.surprisal_spec(len(order))
    st.vega_lite_chart(
        character_charts.surprisal_rows(subject.table, order, nats, counts),
        spec,
        key=f"surprisal_{len(order)}",
        height=spec["height"],
        alt="The surprisal of each character in bits; the table below has the numbers",
    )
    st.caption(
        "Bars: surprisal, the bits the network needs for the character when it comes next. Blue "
        "ticks: the bits its frequency alone would need. Measured at "
        f"{counts.sum():,} positions in the text; the last column says at how many of them the "
        f"character came next. {describe_faded(counts[order])}"
    )
    tables.table(
        "The surprisal as a table",
        "surprisal",
        lambda: character_charts.surprisal_rows(
            subject.table, subject.by_frequency, nats, counts
        ).drop(columns=["row", "value_label"]),
    )

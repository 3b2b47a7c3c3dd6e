"""The view "The network": a picture of it reading, character by character."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.analysis.reading import Reading, read_passage
from charrnn.ui import session
from charrnn.ui.inside import components, passage
from charrnn.ui.inside.live import View
from charrnn.ui.inside.passage import Passage
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Snapshot, Subject

MAX_CHARACTERS = 240
MAX_NUMBERS = 80_000  # activations in one message
CANDIDATES = 8  # next characters
MAX_ONE_HOT = 400  # cells; a longer one-hot vector is drawn as a scale

_network = components.component("network")


def draw(view: View) -> None:
    """Draw the picture, which plays in the browser, and the numbers behind it."""
    subject, snapshot = view.subject, view.snapshot
    length = min(MAX_CHARACTERS, MAX_NUMBERS // snapshot.weights.hidden_size)
    read = passage.choose(view, length)
    reading = read_passage(snapshot.weights, read.ids, read.hidden)
    _network(key="network", data=picture(subject, snapshot, read, reading), on_unit_change=_look_at)
    st.caption(
        "One character comes in as a one-hot vector. Each square is a hidden unit: orange is up to "
        "+1, blue down to −1, and the color fades toward 0. From the hidden "
        "state come the most likely next characters, and it comes back in with the next character: "
        "that is the network's only memory. Click a unit to color the text by it."
    )
    tables.table("The numbers as a table", "network", lambda: frame(subject, read, reading))


def _look_at() -> None:
    unit = st.session_state["network"].get("unit")
    if unit is not None:
        session.look_at_unit(int(unit))


def picture(
    subject: Subject, snapshot: Snapshot, read: Passage, reading: Reading
) -> dict[str, object]:
    """All that network.js needs to play the whole passage."""
    vocabulary = subject.vocabulary
    order = np.argsort(-reading.probabilities, axis=1, kind="stable")[:, :CANDIDATES]
    best = np.take_along_axis(reading.probabilities, order, axis=1)
    used = set(read.ids.tolist()) | set(order.ravel().tolist())
    text = components.characters(vocabulary, read.ids)
    V = len(vocabulary)
    return {
        "where": read.where,
        "iteration": snapshot.iteration,
        "text": text,
        "ids": read.ids.tolist(),
        "vocabulary": V,
        "cells": V if V <= MAX_ONE_HOT else 0,
        "symbols": {str(i): character_info.symbol(vocabulary.characters[i]) for i in used},
        "names": {str(i): components.name(vocabulary.characters[i]) for i in used},
        "hidden": components.numbers(reading.hidden),
        "candidates": order.tolist(),
        "probabilities": components.numbers(best),
    }


def frame(subject: Subject, read: Passage, reading: Reading) -> pd.DataFrame:
    """One row for each character: what was expected next, what came, and every activation."""
    symbols = [character_info.symbol(c) for c in subject.vocabulary.characters]
    ids, p = read.ids, reading.probabilities
    best = p.argmax(axis=1)
    came = [p[t, ids[t + 1]] if t + 1 < len(ids) else np.nan for t in range(len(ids))]
    columns = {
        "reads": [symbols[i] for i in ids],
        "most likely next": [symbols[i] for i in best],
        "its probability": p[np.arange(len(ids)), best],
        "came next": [*(symbols[i] for i in ids[1:]), ""],
        "probability of it": came,
    }
    units = {f"unit {u}": reading.hidden[:, u] for u in range(reading.hidden.shape[1])}
    return pd.DataFrame(columns | units)

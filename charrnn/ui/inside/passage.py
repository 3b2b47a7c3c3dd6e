"""What the network reads on this page: a passage of the text, a typed line, or its own writing.

Whoever may not read the text of a run has the other two: the network writes what it has learned.
"""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from charrnn.engine.analysis.reading import hidden_before
from charrnn.engine.corpus import training_length
from charrnn.engine.sampling import sample
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.ui import services, session
from charrnn.ui.inside.live import View
from charrnn.ui.shared.snapshots import Snapshot, Subject

THE_TEXT, A_LINE, ITS_WRITING = "the text", "a line you type", "what it writes"
SOURCES = [THE_TEXT, A_LINE, ITS_WRITING]
MAX_LINE = 200  # characters
DEFAULT_LINE = "Once upon a time "


@dataclass(frozen=True)
class Passage:
    """Characters to read, and the hidden state before them."""

    ids: np.ndarray  # (T,), T >= 1
    hidden: np.ndarray  # (H,)
    where: str  # in words: "characters 120 to 360 of the text"
    start: int | None = None  # its position in the text, if it is from there


def reads_text(view: View) -> bool:
    """Whether the visitor may read the text of the run."""
    return services.may_read_text(view.run)


def choose(view: View, length: int) -> Passage:
    """Draw the controls; returns the passage, about `length` characters long."""
    sources = SOURCES if reads_text(view) else [ITS_WRITING, A_LINE]
    session.ensure_option(session.READS, sources)
    with view.controls:
        source = st.segmented_control(
            "It reads", sources, required=True, key=session.READS, persist_state="session"
        )
        if source == A_LINE:
            return _typed(view.subject, view.snapshot)
        if source == ITS_WRITING:
            seed = st.session_state.setdefault(session.READS_SEED, 0)
            st.button("New seed", icon=":material/casino:", on_click=new_seed)
            return written(view.subject, view.snapshot, length, seed)
    return choose_from_text(view, length)


def of_length(view: View, length: int, start: int = 0) -> Passage:
    """The text from a position on, or else what the network writes; about `length` characters.

    For measurements: nothing is chosen, and the same state always reads the same.
    """
    if reads_text(view):
        return from_text(view.subject, view.snapshot, start, length)
    return written(view.subject, view.snapshot, length)


def choose_from_text(view: View, length: int, *, held_out: bool = False) -> Passage:
    """Draw a slider over the text; returns the passage that begins there.

    held_out: only over the part that is never trained on, if there is one.
    """
    n = len(view.subject.ids)
    begin = training_length(n, view.subject.config.held_out) if held_out else 0
    begin = 0 if begin == n else begin
    last = max(begin, n - length - 1)
    key = session.HELD_OUT_FROM if held_out else session.READS_FROM
    # Another text may be shorter than the one before.
    start = min(max(st.session_state.get(key, begin), begin), last)
    session.set_widget(key, start)
    if last > begin:
        start = view.controls.slider(
            "Beginning at character",
            begin,
            last,
            key=key,
            format="localized",
            persist_state="session",
        )
    return from_text(view.subject, view.snapshot, start, length)


def from_text(subject: Subject, snapshot: Snapshot, start: int, length: int) -> Passage:
    """The passage at a position of the text, with the hidden state that fits it."""
    ids = subject.ids[start : start + length]
    hidden = hidden_before(snapshot.weights, subject.ids, start, snapshot.hidden)
    where = f"characters {start:,} to {start + len(ids) - 1:,} of the text"
    return Passage(ids, hidden, where, start)


def again(subject: Subject, snapshot: Snapshot, read: Passage) -> Passage:
    """The same characters for another snapshot, with its own hidden state before them."""
    if read.start is None:
        return replace(read, hidden=snapshot.hidden)
    return from_text(subject, snapshot, read.start, len(read.ids))


def new_seed() -> None:
    """Let the network write something else, on all views that show what it writes."""
    st.session_state[session.READS_SEED] += 1


def _typed(subject: Subject, snapshot: Snapshot) -> Passage:
    st.session_state.setdefault(session.READS_LINE, DEFAULT_LINE)
    typed = st.text_input(
        "A line for it to read",
        key=session.READS_LINE,
        max_chars=MAX_LINE,
        live="300ms",
        persist_state="session",
    )
    known = subject.vocabulary.known(typed)
    where = "the line you typed"
    if known != typed:
        where += ", without the characters that this text does not have"
    if not known:
        _, first = read_prompt(snapshot.weights, snapshot.hidden, subject.vocabulary, "")
        known, where = subject.vocabulary.characters[first], "one character"
    return Passage(subject.vocabulary.encode(known), snapshot.hidden, where)


def written(subject: Subject, snapshot: Snapshot, length: int, seed: int = 0) -> Passage:
    """What the network writes from where the snapshot has read to."""
    weights = snapshot.weights
    hidden, first = read_prompt(weights, snapshot.hidden, subject.vocabulary, "")
    ids = sample(weights, seeded_rng(seed), hidden=hidden, first=first, length=length - 1)
    where = f"what it writes with random seed {seed}"
    return Passage(np.append(first, ids), hidden, where)

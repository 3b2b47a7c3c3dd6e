"""Panel 2, continued: the windows that the network reads, up to the end where the text wraps."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.corpus import training_length, windows_per_epoch
from charrnn.ui import services, session
from charrnn.ui.alphabet import cells, contents
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Subject


def draw(subject: Subject) -> None:
    """Draw the chosen window: inputs over targets."""
    st.markdown(f"### {contents.WINDOWS}")
    st.markdown(
        "The network reads the text one window at a time. After every character it has to predict "
        "the next one."
    )
    T, streams = subject.config.seq_length, subject.config.streams
    carries = subject.config.hidden_state == "carried"
    length = training_length(subject.corpus.characters, subject.config.held_out) // streams
    n_windows = windows_per_epoch(length, T)
    k, stream = _choose_window(subject, n_windows, streams)
    start = stream * length + (k - 1) * T
    ids = subject.ids[start : start + T + 1]
    st.text(_describe_start(k, n_windows, T, length, carries=carries))
    with st.container(key="window_cells"):
        st.html(cells.window(subject.vocabulary, ids[:-1], ids[1:]))
    st.caption(
        "Every target is the input of the next step: the same text, shifted by one. "
        + _describe_end(k, n_windows, T, length, carries=carries)
    )
    tables.table("The window as a table", "window", lambda: _frame(subject, ids, start))


def _choose_window(subject: Subject, n_windows: int, streams: int) -> tuple[int, int]:
    """(window, counted from 1; stream, counted from 0)."""
    state = st.session_state
    # Another text or another setting may have fewer windows or streams than were chosen before.
    session.set_widget(session.WINDOW, min(max(1, state.get(session.WINDOW, 1)), n_windows))
    session.set_widget(session.STREAM, min(max(1, state.get(session.STREAM, 1)), streams))
    k = state[session.WINDOW]
    with st.container(horizontal=True, vertical_alignment="bottom", key="window_steps"):
        st.number_input(
            f"Window, of {n_windows:,}",
            1,
            n_windows,
            key=session.WINDOW,
            persist_state="session",
            width=170,
        )
        if streams > 1:
            st.number_input(
                f"Stream, of {streams}",
                1,
                streams,
                key=session.STREAM,
                persist_state="session",
                width=170,
            )
        _button("Previous", "arrow_back", k - 1, disabled=k == 1)
        # The text wraps: after the last window comes the first.
        _button("Next", "arrow_forward", k % n_windows + 1)
        _button("Last", "last_page", n_windows, disabled=k == n_windows)
        if subject.run:
            st.button(
                "Current window",
                icon=":material/my_location:",
                on_click=_go_to_current,
                args=(subject.run.id, n_windows),
            )
    return k, state[session.STREAM] - 1


def _button(label: str, icon: str, window: int, *, disabled: bool = False) -> None:
    icon = f":material/{icon}:"
    st.button(label, icon=icon, on_click=_go_to, args=(window,), disabled=disabled)


def _go_to(window: int) -> None:
    st.session_state[session.WINDOW] = window


@shows_errors()
def _go_to_current(run_id: str, n_windows: int) -> None:
    _go_to(services.store().runs.get(run_id).iteration % n_windows + 1)


def _describe_start(k: int, n_windows: int, T: int, length: int, *, carries: bool) -> str:
    """carries: whether the hidden state goes from window to window."""
    start = (k - 1) * T
    before = "is carried over from the window before" if carries else "is cleared (zero)"
    hidden = "is zero" if k == 1 else before
    return (
        f"Window {k:,} of {n_windows:,}: characters {start:,} to {start + T:,} of {length:,}; "
        f"the hidden state {hidden}."
    )


def _describe_end(k: int, n_windows: int, T: int, length: int, *, carries: bool) -> str:
    if k < n_windows:
        goes_on = "carried over to" if carries else "cleared before"
        return f"The hidden state is {goes_on} the next window."
    left = length - k * T
    return (
        f"Here the text wraps, with {left} character{'s' * (left != 1)} left. The hidden "
        "state is set to zero, and reading starts again from the beginning."
    )


def _frame(subject: Subject, ids: np.ndarray, start: int) -> pd.DataFrame:
    """One row per step. start: position in the text of ids[0]."""
    symbols = [character_info.symbol(subject.vocabulary.characters[i]) for i in ids]
    return pd.DataFrame(
        {
            "step": range(len(ids) - 1),
            "position in the text": range(start, start + len(ids) - 1),
            "input": symbols[:-1],
            "input index": ids[:-1],
            "target": symbols[1:],
            "target index": ids[1:],
        }
    )

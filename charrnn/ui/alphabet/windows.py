"""Panel 2, continued: the windows that the network itself reads, up to where the text wraps."""

import pandas as pd
import streamlit as st

from charrnn.engine import alphabet
from charrnn.engine.corpus import windows_in_pass
from charrnn.engine.training import split
from charrnn.ui import services, session
from charrnn.ui.alphabet import behind, cells
from charrnn.ui.alphabet.reading import Subject


def draw(subject: Subject) -> None:
    st.markdown("#### The windows it reads")
    st.markdown(
        "It reads the text a window at a time, and after every character it has to predict the "
        "next one."
    )
    T, streams = subject.config.seq_length, subject.config.streams
    length = split(subject.corpus.characters, subject.config.held_out) // streams
    n_windows = windows_in_pass(length, T)
    k, stream = _step(subject, n_windows, streams)
    p = stream * length + (k - 1) * T
    ids = subject.ids[p : p + T + 1]
    st.text(_place_in_words(k, n_windows, T, length))
    with st.container(key="window_cells"):
        st.html(cells.window(subject.vocabulary, ids[:-1], ids[1:]))
    st.caption(
        "Every target is the input of the next step: the same text, shifted by one. "
        + _end_in_words(k, n_windows, T, length)
    )
    behind.table("The window as a table", "window", lambda: _frame(subject, ids, p))


def _step(subject: Subject, n_windows: int, streams: int) -> tuple[int, int]:
    """(window, counted from 1; stream, counted from 0) as chosen."""
    state = st.session_state
    state[session.WINDOW] = min(max(1, state.get(session.WINDOW, 1)), n_windows)
    state[session.STREAM] = min(max(1, state.get(session.STREAM, 1)), streams)
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
        _button("Back", "arrow_back", k - 1, disabled=k == 1)
        # After the last comes the first: the text wraps.
        _button("Forward", "arrow_forward", k % n_windows + 1)
        _button("To the wrap", "last_page", n_windows, disabled=k == n_windows)
        if subject.run:
            st.button(
                "Where it is now",
                icon=":material/my_location:",
                on_click=_go_to_now,
                args=(subject.run.id, n_windows),
            )
    return k, state[session.STREAM] - 1


def _button(label: str, icon: str, window: int, *, disabled: bool = False) -> None:
    icon = f":material/{icon}:"
    st.button(label, icon=icon, on_click=_go_to, args=(window,), disabled=disabled)


def _go_to(window: int) -> None:
    st.session_state[session.WINDOW] = window


def _go_to_now(run_id: str, n_windows: int) -> None:
    _go_to(services.store().run(run_id).iteration % n_windows + 1)


def _place_in_words(k: int, n_windows: int, T: int, length: int) -> str:
    start = (k - 1) * T
    where = f"characters {start:,} to {start + T:,} of {length:,}"
    memory = "the memory is empty" if k == 1 else "the memory comes from the window before"
    return f"Window {k:,} of {n_windows:,}: {where}; {memory}."


def _end_in_words(k: int, n_windows: int, T: int, length: int) -> str:
    if k < n_windows:
        return "What it remembers goes on into the next window."
    left = length - k * T
    those = "1 character is" if left == 1 else f"{left} characters are"
    return (
        f"Here the text wraps: {those} left, too few for a window and its last target. "
        "The memory is cleared, and reading begins again at the start."
    )


def _frame(subject: Subject, ids, start: int) -> pd.DataFrame:
    symbols = [alphabet.symbol(subject.vocabulary.characters[i]) for i in ids]
    return pd.DataFrame(
        {
            "step": range(len(ids) - 1),
            "place in the text": range(start, start + len(ids) - 1),
            "input": symbols[:-1],
            "input id": ids[:-1],
            "target": symbols[1:],
            "target id": ids[1:],
        }
    )

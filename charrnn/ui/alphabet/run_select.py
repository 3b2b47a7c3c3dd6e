"""Choosing what the page shows: one of the visitor's runs, or the text chosen on Train."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session
from charrnn.ui.shared.chosen_text import chosen_corpus
from charrnn.ui.shared.run_select import run_label

CHOSEN_TEXT = ""  # in place of the id of a run


def draw(run: Run | None) -> None:
    """Draw the choice. run: the one the page shows; None if it shows the text chosen on Train."""
    labels = {CHOSEN_TEXT: f"The text chosen on Train · {chosen_corpus().name}"}
    labels |= {own.id: run_label(own) for own in services.workspace().runs()}
    if run:
        labels.setdefault(run.id, f"Another visitor's run · {services.text_of(run).name}")
    session.set_widget(session.SHOWN, run.id if run else CHOSEN_TEXT)
    st.selectbox(
        "Run or text",
        list(labels),
        format_func=labels.__getitem__,
        key=session.SHOWN,
        on_change=_select,
        label_visibility="collapsed",
        width=420,
    )


def _select() -> None:
    selection.select_run(st.session_state[session.SHOWN] or None)

"""Choosing the run that the page shows."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session
from charrnn.ui.shared.run_label import run_label


def choose_run(linked: Run | None) -> Run | None:
    """The run in the link, or else the newest; None if there is no run.

    Visitors can switch to another of their own runs.
    """
    if linked and not services.owned(linked):
        without = "" if services.may_read_text(linked) else ", but not at its text"
        st.caption(f"You are viewing another visitor's network. You can look at it{without}.")
        return linked
    runs = {run.id: run for run in services.workspace().runs()}
    if not runs:
        return None
    if linked is None:
        linked = next(iter(runs.values()))
        selection.select_run(linked.id)
        services.show_runs([linked])
    session.set_widget(session.LOOKED_INTO, linked.id)
    st.selectbox(
        "Run",
        list(runs),
        format_func=lambda run_id: run_label(runs[run_id]),
        key=session.LOOKED_INTO,
        on_change=_select_run,
        label_visibility="collapsed",
        width=420,
    )
    return linked


def _select_run() -> None:
    selection.select_run(st.session_state[session.LOOKED_INTO])

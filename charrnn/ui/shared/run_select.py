"""Choosing one of the visitor's runs: the list, and how each run is named in it."""

from collections.abc import Callable

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session
from charrnn.ui.direction import isolated


def choose_own_run(
    linked: Run | None, *, label: str, key: str, on_change: Callable[[], None] | None = None
) -> Run | None:
    """Draw the list; returns the run in the link, or else the newest; None if there is no run.

    label: for screen readers. key: of the session. on_change: called once another run is selected.
    """
    runs = {run.id: run for run in services.workspace().runs()}
    if not runs:
        return None
    if linked is None:
        linked = next(iter(runs.values()))
        selection.select_run(linked.id)
        services.show_runs([linked])
    session.set_widget(key, linked.id)
    st.selectbox(
        label,
        list(runs),
        format_func=lambda run_id: run_label(runs[run_id]),
        key=key,
        on_change=_select,
        args=(key, on_change),
        label_visibility="collapsed",
        width=420,
    )
    return linked


def run_label(run: Run) -> str:
    """Its name, text and size. Always different: a selectbox would merge equal labels."""
    title = f"{run.name} (run {run.number})" if run.name else run.title
    text = services.text_of(run).name
    return f"{isolated(title)} · {isolated(text)} · hidden {run.config.hidden_size}"


def _select(key: str, on_change: Callable[[], None] | None) -> None:
    selection.select_run(st.session_state[key])
    if on_change:
        on_change()

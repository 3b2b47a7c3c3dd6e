"""The run that the link names."""

from contextlib import suppress

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session


def run_in_link() -> Run | None:
    """The run to show, which counts as viewed: the visitor's own, or another visitor's to look at.

    None if the link names no run, or one that does not exist; the latter is said on the page.
    """
    key = session.run_id()
    run = _find(key) if key else None
    if key and run is None:
        selection.forget_run()
    warn_of_missing(
        bool(key) and run is None,
        "The run in this link was not found: it was deleted, its owner has withdrawn the link, or "
        "it is on another server. You can start a new run.",
    )
    services.show_runs([run] if run else [])
    return run


def warn_of_missing(missing: bool, sentence: str) -> None:
    """Warn of a run that was not found, until the visitor does something."""
    state = st.session_state
    said_before = state.get(session.RUN_NOT_FOUND, False)
    state[session.RUN_NOT_FOUND] = missing or (session.redrawn() and said_before)
    with st.container():  # also if it is empty: nothing below it may move
        if state[session.RUN_NOT_FOUND]:
            st.warning(sentence, icon=":material/link_off:")


def _find(key: str) -> Run | None:
    workspace = services.workspace()
    for find in (workspace.run, workspace.viewed):
        with suppress(KeyError):
            return find(key)
    return None


def leave_run(run: Run | None) -> None:
    """Go on without a run, so that the settings on the page are for a new one.

    The run is kept, and paused if it is the visitor's own. For a callback.
    """
    if run and services.owned(run):
        services.workspace().request(run.id, desired="paused")
    selection.select_run(None)

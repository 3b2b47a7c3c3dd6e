"""The run that the link names."""

from contextlib import suppress

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session


def run_in_link() -> Run | None:
    """The run to show, which counts as viewed: an own one, or another visitor's, to look at.

    None if the link names no run, or one that does not exist; the latter is said on the page.
    """
    with st.container():  # also if it is empty: nothing below it may move
        run = _find()
    services.show_runs([run] if run else [])
    return run


def _find() -> Run | None:
    key = session.run_id()
    if key is None:
        return None
    workspace = services.workspace()
    for find in (workspace.run, workspace.viewed):
        with suppress(KeyError):
            return find(key)
    selection.forget_run()
    st.warning(
        "The run in this link was not found: it was deleted, its owner has withdrawn the link, or "
        "it is on another server. You can start a new run.",
        icon=":material/link_off:",
    )
    return None


def leave_run(run: Run | None) -> None:
    """Go on without a run, so that the settings on the page are for a new one.

    The run is kept, and paused if it is the visitor's own. For a callback.
    """
    if run and services.owned(run):
        services.workspace().request(run.id, desired="paused")
    selection.select_run(None)

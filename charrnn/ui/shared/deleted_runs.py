"""Deleted runs: what every page says after one was deleted, and the list of those that remain."""

import streamlit as st

from charrnn.runs.errors import RunNotFound
from charrnn.runs.store.records import Run
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import comparison, selection, services, session
from charrnn.ui.errors import say, shows_errors
from charrnn.ui.markdown import escape_markdown


def delete(run: Run) -> None:
    """Delete a run. The page has to be drawn again. Raises StoreError, RunNotFound."""
    services.workspace().delete(run.id)
    session.note_deleted(run.id)
    comparison.select([key for key in comparison.selected() or [] if key != run.id])
    if session.run_id() == run.id:
        selection.forget_run()


def draw_notice() -> None:
    """Say which run was deleted last, and offer to undo that. Every page has this at its top.

    A run that was deleted in another tab is not selected any more. Raises StoreError.
    """
    deleted = {run.id: run for run in services.workspace().deleted()}
    if session.run_id() in deleted:
        session.note_deleted(session.run_id())
        selection.forget_run()
    run = deleted.get(session.deleted_run() or "")
    if run is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="deleted_notice"):
        st.markdown(f"{escape_markdown(run.title)} was deleted.")
        _restore_button("Undo", run)
        st.button(
            "Close",
            key="close_deleted_notice",
            type="tertiary",
            on_click=session.note_deleted,
            args=(None,),
        )


def draw_list() -> None:
    """The list of all deleted runs that can be restored. Raises StoreError."""
    deleted = services.workspace().deleted()
    if not deleted:
        return
    with st.expander(f"Deleted runs ({len(deleted)})", key="deleted_runs"):
        st.caption("A deleted run is kept for at least a day.")
        for run in deleted:
            _restore_button(f"Restore {escape_markdown(run.title)}", run)


def offer_to_restore(run: Run) -> None:
    """In place of a dialog: say that its run was deleted meanwhile. Raises StoreError."""
    st.markdown(f"{escape_markdown(run.title)} was deleted, perhaps in another tab.")
    if run.id in [deleted.id for deleted in services.workspace().deleted()]:
        _restore_button("Restore it", run)


def _restore_button(label: str, run: Run) -> None:
    st.button(
        label,
        key=f"restore_{label}_{run.id}",
        icon=":material/undo:",
        type="tertiary",
        on_click=_restore,
        args=(services.workspace(), run),
    )


@shows_errors()
def _restore(workspace: Workspace, run: Run) -> None:
    """Restore a run, and show it again on the page."""
    try:
        workspace.restore(run.id)
    except RunNotFound:
        say(
            f"{escape_markdown(run.title)} can no longer be restored: it was deleted more than a "
            "day ago, and has been removed since.",
            ":material/delete_forever:",
        )
    if session.page() == "Compare":
        others = [key for key in comparison.selected() or [] if key != run.id]
        comparison.select([*others[: comparison.MAX_RUNS - 1], run.id])
    else:
        selection.select_run(run.id)

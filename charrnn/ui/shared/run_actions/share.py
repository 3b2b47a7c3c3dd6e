"""Share a run: the link with which others can view it."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import session
from charrnn.ui.shared.dialogs import run_dialog


@run_dialog("Share a read-only link", icon=":material/share:")
def share(run: Run) -> None:
    """The dialog with the link. It holds the view key of the run, not that of the workspace."""
    st.markdown(
        "Anyone with this link can view this run but not change it. They can also start a run of "
        "their own with the same settings."
    )
    st.code(f"{address()}/?run={run.view_key}", language=None, wrap_lines=True)


def address() -> str:
    """The URL of the dashboard in the visitor's browser, without a page; "" if it is unknown."""
    url = (st.context.url or "").split("?")[0].rstrip("/")
    return url if session.page() == "Train" else url.rsplit("/", 1)[0]

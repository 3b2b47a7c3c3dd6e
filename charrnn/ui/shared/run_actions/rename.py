"""Rename a run."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.runs.texts.names import MAX_NAME_LENGTH
from charrnn.ui import services
from charrnn.ui.shared.dialogs import run_dialog


@run_dialog("Rename", icon=":material/edit:")
def rename(run: Run) -> None:
    """The dialog for a new name. An empty one brings back the default, "Run 1"."""
    with st.form("rename", border=False):  # a form, so that Enter submits it
        name = st.text_input(
            "Name", run.name, max_chars=MAX_NAME_LENGTH, placeholder=f"Run {run.number}"
        )
        submitted = st.form_submit_button("Rename", type="primary")
    if submitted:
        services.workspace().rename(run.id, name)
        st.rerun()

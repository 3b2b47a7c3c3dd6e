"""Importing a saved run: the uploaded file becomes one of the visitor's own runs."""

import streamlit as st

from charrnn.runs.errors import OutOfSpace
from charrnn.runs.files.transfer import TextNeeded, import_run
from charrnn.runs.files.validation import BadRunFile
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.store.records import Run
from charrnn.ui import comparison, selection, services, session
from charrnn.ui._compat.uploads import drop_uploaded
from charrnn.ui.markdown import escape_markdown


def draw() -> None:
    """The file uploader. The imported run is paused, selected and compared."""
    with st.popover("Import a run", icon=":material/upload_file:", type="tertiary"):
        file = st.file_uploader(
            "File of a saved run",
            key=session.RUN_FILE,
            max_upload_size=Limits.from_environment().run_file_megabytes,
            label_visibility="collapsed",
        )
        st.caption("Choose a file saved with “Save a copy”.")
        if file is None:
            return
        file_id, title = st.session_state.get(session.IMPORTED_FILE, ("", ""))
        if file.file_id == file_id:
            st.success(f"Imported as {escape_markdown(title)}.", icon=":material/check:")
            return
        try:
            with st.spinner("Importing the run …"):
                run = _import(file.getvalue())
        except (BadRunFile, TooLarge, OutOfSpace) as error:
            st.error(escape_markdown(str(error)), icon=":material/error:")
            return
        drop_uploaded(file)
        st.session_state[session.IMPORTED_FILE] = (file.file_id, run.title)
        others = comparison.selected() or []
        comparison.select([*others[: comparison.MAX_RUNS - 1], run.id])
        selection.select_run(run.id)
        st.rerun()


def _import(data: bytes) -> Run:
    """Import a run; one saved without its text continues with a text of this workspace.

    Raises BadRunFile, TooLarge, OutOfSpace.
    """
    try:
        return import_run(services.workspace(), data)
    except TextNeeded as error:
        try:
            services.workspace().own_text(error.sha256)
        except KeyError:
            raise error from None
        text = services.store().corpora.text(error.sha256)
        return import_run(services.workspace(), data, text=text)

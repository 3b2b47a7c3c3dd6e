"""A run as a file: saved whole, as a table, as text; and brought back, here or elsewhere."""

from functools import partial

import streamlit as st

from charrnn.runs.contents import BadRunFile
from charrnn.runs.limits import TooLarge
from charrnn.runs.records import Run
from charrnn.runs.transfer import TextNeeded, curve_csv, export_run, import_run, samples_text
from charrnn.ui import services, session
from charrnn.ui.dialogs import dialog
from charrnn.ui.plain import plain
from charrnn.ui.trouble import told

MAX_FILE_MEGABYTES = 120  # the largest network that is allowed, with its text


@dialog("Save a copy", icon=":material/save:")
@told()
def save(run: Run) -> None:
    """The files to choose from; each is made when it is asked for."""
    store, stem = services.store(), f"charrnn-run-{run.number}"
    if store.checkpoint_iteration(run.id) is None:
        st.markdown("There is nothing to save yet: let it train for a moment.")
        return
    st.markdown(
        "**The whole run**: the network, what it remembers, its curve and all it wrote. Bring it "
        "back here, on another machine or on the command line, and it goes on as if nothing had "
        "happened, to the last bit."
    )
    with_text = st.toggle("With the text it learns from", value=True)
    _download(
        "The whole run",
        partial(export_run, store, run, with_text=with_text),
        f"{stem}.safetensors",
        "application/octet-stream",
    )
    st.markdown("**For a spreadsheet or a page**: the curve as a table, the samples as text.")
    with st.container(horizontal=True):
        _download("The curve", partial(curve_csv, store, run), f"{stem}-curve.csv", "text/csv")
        _download(
            "All samples", partial(samples_text, store, run), f"{stem}-samples.txt", "text/plain"
        )


def _download(label: str, make, name: str, mime: str) -> None:
    st.download_button(
        label, make, file_name=name, mime=mime, icon=":material/download:", on_click="ignore"
    )


def bring() -> None:
    """A place for a file of a whole run: it becomes one of the visitor's own, and rests."""
    with st.popover("Bring a run", icon=":material/upload_file:", type="tertiary"):
        file = st.file_uploader(
            "The file of a whole run",
            key=session.RUN_FILE,
            max_upload_size=MAX_FILE_MEGABYTES,
            label_visibility="collapsed",
        )
        st.caption("A file that “Save a copy” has made.")
        if file is None or st.session_state.get(session.BROUGHT) == file.file_id:
            return
        try:
            run = _brought(file.getvalue())
        except (BadRunFile, TooLarge) as problem:
            st.error(plain(str(problem)), icon=":material/error:")
            return
        st.session_state[session.BROUGHT] = file.file_id
        session.compare([*(session.compared() or []), run.id])
        session.select_run(run.id)
        st.rerun()


def _brought(data: bytes) -> Run:
    """The run of a file. One without its text goes on with that text if the visitor brought it."""
    try:
        return import_run(services.shelf(), data)
    except TextNeeded as needed:
        if needed.sha256 not in session.own_texts():
            raise
        return import_run(services.shelf(), data, text=services.store().text(needed.sha256))

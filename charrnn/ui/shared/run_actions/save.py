"""Save a run to files: the whole run, a page to look at, its loss curve, its samples as text."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from charrnn.runs.files.replay.page import run_page
from charrnn.runs.files.transfer import curve_csv, export_run, samples_text
from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.shared.dialogs import run_dialog


@run_dialog("Save a copy", icon=":material/save:")
def save(run: Run) -> None:
    """The dialog that offers the files. Each is made only when it is downloaded."""
    store, stem = services.store(), f"charrnn-run-{run.number}"
    if store.snapshots.checkpoint_iteration(run.id) is None:
        st.markdown("There is nothing to save yet: let the run train for a moment.")
        return
    st.markdown(
        "**The whole run**: the network, the state of its optimizer, its loss curve and all its "
        "samples. Import it here, on another machine or on the command line, and training "
        "continues as if it had never stopped. (Another kind of processor rounds differently, so "
        "there the losses drift apart in time.)"
    )
    with_text = st.toggle("Include the text it learns from", value=True)
    _download(
        "The whole run",
        partial(export_run, store, run, with_text=with_text),
        f"{stem}.safetensors",
        "application/octet-stream",
    )
    st.markdown(
        "**A page**: one HTML file that opens offline in any browser, with the curve, up to "
        "a thousand samples and the settings."
    )
    in_page = st.toggle("Include the text in the page", value=False)
    _download(
        "The run as a page",
        partial(run_page, store, run, with_text=in_page),
        f"{stem}.html",
        "text/html",
    )
    st.markdown("**Parts of it**: the loss curve as a spreadsheet (CSV), the samples as text.")
    with st.container(horizontal=True):
        _download("Loss curve", partial(curve_csv, store, run), f"{stem}-curve.csv", "text/csv")
        _download(
            "All samples", partial(samples_text, store, run), f"{stem}-samples.txt", "text/plain"
        )


def _download(
    label: str, make: Callable[[], bytes] | Callable[[], str], file_name: str, mime: str
) -> None:
    st.download_button(
        label, make, file_name=file_name, mime=mime, icon=":material/download:", on_click="ignore"
    )

"""The run that the link names."""

import streamlit as st

from charrnn.runs.records import Run
from charrnn.ui import services, session


def run_in_link() -> Run | None:
    """The run that is seen; None, and a word about it, if the link leads nowhere."""
    run_id = session.run_id()
    if run_id is None:
        return None
    try:
        return services.store().run(run_id)
    except KeyError:
        session.forget_run()
        st.warning(
            "The run in this link is not here: it was made on another server, or deleted. "
            "You can start a new one.",
            icon=":material/link_off:",
        )
        return None

"""The run that the link names."""

from contextlib import suppress

import streamlit as st

from charrnn.runs.records import Run
from charrnn.ui import services, session


def run_in_link() -> Run | None:
    """The run that is seen: the visitor's own, or one that its owner shows to others.

    None, and a word about it, if the link leads nowhere.
    """
    asked = session.run_id()
    if asked is None:
        return None
    shelf = services.shelf()
    for find, owned in ((shelf.run, True), (shelf.viewed, False)):
        with suppress(KeyError):
            run = find(asked)
            session.show_workspace(owned or services.owned(run))
            return run
    session.forget_run()
    st.warning(
        "The run in this link is not here: it was made on another server, or deleted. "
        "You can start a new one.",
        icon=":material/link_off:",
    )
    return None

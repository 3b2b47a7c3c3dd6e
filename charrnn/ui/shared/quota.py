"""What a visitor has stored: said before it is as much as is allowed."""

import streamlit as st

from charrnn.runs.store.quota import Usage
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import services

SAID_FROM = 0.8  # of what is allowed
UPDATE_SECONDS = 10.0


def draw_notice() -> None:
    """Say how much the visitor has stored, if that is most of what is allowed."""
    workspace = services.workspace()
    usage = _usage(services.url(), workspace.key, workspace)
    if usage.used < max(1.0, SAID_FROM * usage.allowed):
        return
    st.info(
        f"Your texts and runs take {usage.used:,.0f} MB of the {usage.allowed:,.0f} MB that you "
        "may store here. On the page Compare, delete runs that you no longer need; when there is "
        "no space left, runs pause and nothing can be uploaded.",
        icon=":material/hard_drive:",
    )


@st.cache_data(show_spinner=False, ttl=UPDATE_SECONDS, max_entries=1000)
def _usage(url: str, key: str, _workspace: Workspace) -> Usage:
    return _workspace.quota.usage()

"""Whether the machines of a cluster can train runs: said on every page while they cannot."""

import streamlit as st

from charrnn.ui import services

UPDATE_SECONDS = 5.0


def draw_notice() -> None:
    """Say why no run can be started now, as long as that is so."""
    if services.cluster():
        st.fragment(_draw, run_every=UPDATE_SECONDS * services.refresh_factor())()


def _draw() -> None:
    with st.container(key="cluster"):  # also if it is empty: nothing below it may move
        cluster = services.cluster()
        if cluster and cluster.problem:
            st.warning(cluster.problem, icon=":material/cloud_off:")

"""The page at /inside: look into the network while it learns."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import navigation, services, session
from charrnn.ui._compat.script_runs import is_history_navigation
from charrnn.ui.inside import (
    check_panel,
    gauges_panel,
    hold_panel,
    live,
    memory_panel,
    network_panel,
    step_panel,
    surprisal_panel,
    units_panel,
)
from charrnn.ui.inside.live import Kind
from charrnn.ui.shared import settings
from charrnn.ui.shared.linked_run import run_in_link
from charrnn.ui.shared.run_select import choose_own_run

VIEWS = {
    "The network": Kind(network_panel.draw),
    "One step": Kind(step_panel.draw, follows=False),
    session.UNITS_VIEW: Kind(units_panel.draw),
    "Memory": Kind(memory_panel.draw),
    "Hold a unit": Kind(hold_panel.draw, follows=False),
    "Surprisal": Kind(surprisal_panel.draw),
    "Gauges": Kind(gauges_panel.draw),
    "Gradient check": Kind(check_panel.draw, follows=False),
}
FIRST = next(iter(VIEWS))
EARLIER_TITLES = {"Surprise": "Surprisal"}  # in links from before they were changed


def show() -> None:
    """Draw the page, for the run in the link."""
    settings.set_defaults()
    with st.container(horizontal=True, vertical_alignment="center", key="inside_heading"):
        st.markdown("# Inside the network", width="content")
        run = _choose_run(run_in_link())
    if run is None:
        st.markdown("There is no network yet. Press Train on the Train page to start one.")
        if st.button("Go to Train", icon=":material/model_training:", type="primary"):
            navigation.go("Train")
        return
    view = _choose_view()
    live.draw(run, view, VIEWS[view])


def _choose_run(linked: Run | None) -> Run | None:
    """The run in the link, or else the newest; None if there is no run.

    Visitors can switch to another of their own runs.
    """
    if linked and not services.owned(linked):
        without = "" if services.may_read_text(linked) else ", but not at its text"
        st.caption(f"You are viewing another visitor's network. You can look at it{without}.")
        return linked
    return choose_own_run(linked, label="Run", key=session.LOOKED_INTO)


def _choose_view() -> str:
    """The title of the chosen view, which is also in the URL."""
    _read_url()
    chosen = st.pills(
        "View",
        list(VIEWS),
        required=True,
        key=session.VIEW,
        persist_state="session",
        label_visibility="collapsed",
    )
    view = chosen or FIRST
    if (_linked() or FIRST) != view:
        st.query_params[session.VIEW] = view
    return view


def _read_url() -> None:
    """Take the view from the URL, when the page is opened and after a step back or forward."""
    linked = _linked()
    if is_history_navigation():
        st.session_state[session.VIEW] = linked or FIRST
    elif session.page_changed() and linked:
        st.session_state[session.VIEW] = linked
    session.ensure_option(session.VIEW, list(VIEWS))


def _linked() -> str | None:
    """The title of the view in the URL, as it is today."""
    title = st.query_params.get(session.VIEW)
    return EARLIER_TITLES.get(title, title) if title else None

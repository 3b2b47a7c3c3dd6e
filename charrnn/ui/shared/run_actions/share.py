"""Share a run: the link with which others can view it, what the link gives, and withdrawing it."""

import streamlit as st

from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.records import Run
from charrnn.ui import navigation, services
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared.dialogs import run_dialog


@run_dialog("Share a read-only link", icon=":material/share:")
def share(run: Run) -> None:
    """The dialog with the link. It holds the view key of the run, not that of the workspace."""
    run = services.store().runs.get(run.id)  # as it is now
    st.markdown(
        "Anyone with this link, or with the address of this run's page, can see its curve, samples "
        "and settings and write with its network. They cannot change it."
        if run.opens_by_id
        else "Anyone with this link can see the run's curve, samples and settings and write with "
        "its network. They cannot change it. The address of this page does not open it for others."
    )
    _choose_text(run)
    st.code(f"{navigation.address()}/?run={run.view_key}", language=None, wrap_lines=True)
    with st.container():  # also if it is empty: nothing below it may move
        if st.session_state.pop(_withdrawn(run.id), False):
            st.success("The old link is withdrawn. This is a new one.", icon=":material/link_off:")
    st.button(
        "Withdraw the link",
        icon=":material/link_off:",
        type="tertiary",
        on_click=_withdraw,
        args=(run.id,),
        help="The link above stops working at once, and the run has a new one from then on.",
    )


def _withdrawn(run_id: str) -> str:
    """The session key: whether the dialog should say that the link was withdrawn."""
    return f"link_withdrawn_{run_id}"


@shows_errors()
def _withdraw(run_id: str) -> None:
    services.workspace().withdraw_link(run_id)
    st.session_state[_withdrawn(run_id)] = True


def _choose_text(run: Run) -> None:
    """The choice whether the link gives the text, too."""
    if run.sha256 in library_titles():
        st.caption("Its text comes with charrnn, so everyone can read it.")
        return
    key = f"share_text_{run.id}"
    st.session_state[key] = run.shares_text
    shares = st.toggle("Include the text", key=key, on_change=_share_text, args=(run.id, key))
    st.caption(
        "They can read the text, train on it and save it."
        if shares
        else "The text stays with you: nobody else can read it or train on it. But samples can "
        "quote what the network has learned by heart."
    )


@shows_errors()
def _share_text(run_id: str, key: str) -> None:
    services.workspace().share_text(run_id, st.session_state[key])

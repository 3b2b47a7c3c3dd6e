"""A link that opens all runs of a workspace: making one, and following one.

Whoever has such a link owns the runs, so nobody is taken into another workspace unasked: their
texts would end up on somebody else's list.
"""

from urllib.parse import urlencode

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import navigation, selection, services, workspace_key
from charrnn.ui.shared.dialogs import run_dialog

_OPENED = "opened_by_link"  # whether the page should say that a link has opened these runs


@run_dialog("Open my runs on another device", icon=":material/devices:")
def offer_link(run: Run) -> None:
    """The dialog with the link to all runs, which opens `run` first."""
    st.markdown(
        "This link opens all your runs in another browser. Whoever has it can see, change and "
        "delete them and read their texts: keep it to yourself."
    )
    st.code(_link(run=run.id), language=None, wrap_lines=True)


def _link(**others: str) -> str:
    query = urlencode({workspace_key.URL_PARAMETER: workspace_key.current()} | others)
    return f"{navigation.address()}/?{query}"


def follow() -> None:
    """Follow the link that opens a workspace, if there is one. Raises StoreError.

    Nothing below it is drawn while it asks whether to leave the visitor's own runs.
    """
    key = workspace_key.linked()
    if key == workspace_key.current():
        workspace_key.refuse_link()
    elif key is not None and not (key and Workspace(services.store(), key).in_use()):
        workspace_key.refuse_link()
        st.warning(
            "This link opens no runs: there are none any more, or they are on another server.",
            icon=":material/link_off:",
        )
    elif key and services.workspace().in_use():
        _ask(key)
        st.stop()
    elif key:
        _open(key)
    _draw_notice()


def _ask(key: str) -> None:
    """Ask which runs to open. The visitor's own can be found again by the link shown here."""
    with st.container(key="workspace_question"):
        st.markdown("# This link opens other runs than yours")
        st.markdown(
            "You have runs of your own in this browser. If you open the others, what you do from "
            "then on belongs to them: everyone who has the link sees your texts and can change "
            "your runs."
        )
        with st.container(horizontal=True):
            st.button("Stay with mine", type="primary", on_click=workspace_key.refuse_link)
            st.button("Open the other runs", on_click=_open, args=(key,))
        with st.popover("Link to my own runs", icon=":material/key:", type="tertiary"):
            st.caption("Your own runs stay on this server, and this link opens them again.")
            st.code(_link(), language=None, wrap_lines=True)


def _open(key: str) -> None:
    workspace_key.take(key)
    st.session_state[_OPENED] = True


def _draw_notice() -> None:
    """Say whose runs these are, after a link has opened them; or that they will be lost."""
    if st.session_state.get(_OPENED):
        with st.container(horizontal=True, vertical_alignment="center", key="workspace_notice"):
            st.markdown(
                "A link has opened these runs. Everyone who has it sees your texts and can "
                "change your runs."
            )
            st.button("Start a list of my own", type="tertiary", on_click=_leave)
            st.button(
                "Close", key="close_workspace_notice", type="tertiary", on_click=_close_notice
            )
    if workspace_key.cookies_blocked():
        st.warning(
            "This browser keeps no cookies, so after a reload your runs are found only by their "
            "link: choose *More → Open my runs on another device* and keep it.",
            icon=":material/cookie_off:",
        )


def _leave() -> None:
    workspace_key.take_new()
    _close_notice()
    selection.forget_run()


def _close_notice() -> None:
    st.session_state[_OPENED] = False

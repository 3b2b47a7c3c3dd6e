"""The key of the visitor's workspace: whoever knows it owns the workspace's runs.

It arrives with the `w` parameter of a link or with a cookie; a visitor who has neither gets a new
one. Links to another visitor's runs never contain it.
"""

import re
import secrets

import streamlit as st

URL_PARAMETER = "w"  # also the session key
_FORMAT = re.compile(r"[A-Za-z0-9_-]{20,64}")
COOKIE = "charrnn_workspace"
_COOKIE_SECONDS = 365 * 24 * 3600
_IS_NEW = "new_workspace"  # the browser has no cookie for the key yet

_cookie = st.components.v2.component(
    "charrnn_cookie",
    html="<i hidden></i>",
    js="export default ({ data }) => { document.cookie = data; };",
    isolate_styles=False,
)


def enter() -> None:
    """Take the key from the link, or else from the session, the cookie, or a new random token."""
    state = st.session_state
    linked = st.query_params.get(URL_PARAMETER, "")
    if _FORMAT.fullmatch(linked):
        state[URL_PARAMETER] = linked
    elif URL_PARAMETER not in state:
        saved = st.context.cookies.get(COOKIE, "")
        state[_IS_NEW] = not _FORMAT.fullmatch(saved)
        state[URL_PARAMETER] = secrets.token_urlsafe(24) if state[_IS_NEW] else saved


def current() -> str:
    """The key of this session; enter() must have been called."""
    return str(st.session_state[URL_PARAMETER])


def save_cookie() -> None:
    """Store a new key in the browser for later visits; adds nothing visible to the page.

    A key from a link is not stored: it may belong to somebody else.
    """
    if st.session_state.pop(_IS_NEW, False):
        cookie = f"{COOKIE}={current()}; path=/; max-age={_COOKIE_SECONDS}; SameSite=Strict"
        _cookie(key="workspace_cookie", data=cookie)

"""The key of the visitor's workspace: whoever knows it owns the workspace's runs.

The browser keeps it in a cookie; a visitor without one gets a new key. The address bar never shows
it, because that is what people copy to share a run. Only a link that was asked for contains it, as
the parameter `w`: see shared/workspace_link.py.
"""

import re
import secrets
from pathlib import Path

import streamlit as st

URL_PARAMETER = "w"
_FORMAT = "[A-Za-z0-9_-]{20,64}"
COOKIE = "charrnn_workspace"
_COOKIE_SECONDS = 365 * 24 * 3600
_KEY = "workspace_key"
_LINKED = "linked_workspace"  # the key of a link, until the session has decided about it
_TO_STORE = "stores_cookie"  # "if none" or "always", if the browser lacks the cookie for the key
_BLOCKED = "cookies_blocked"

_cookie = st.components.v2.component(
    "charrnn_cookie",
    html="<i hidden></i>",
    js=Path(__file__).with_name("cookie.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def enter() -> None:
    """Take the key from the session, or else from the cookie, or else a new random one.

    A key in the link is only put aside: linked() has it until take() or refuse_link().
    """
    state = st.session_state
    if _KEY not in state:
        saved = st.context.cookies.get(COOKIE, "")
        is_key = re.fullmatch(_FORMAT, saved)
        state[_KEY] = saved if is_key else secrets.token_urlsafe(24)
        state[_TO_STORE] = "" if is_key else "if none"
    if URL_PARAMETER in st.query_params:
        state[_LINKED] = st.query_params[URL_PARAMETER]
        del st.query_params[URL_PARAMETER]


def current() -> str:
    """The key of this session; enter() must have been called."""
    return str(st.session_state[_KEY])


def linked() -> str | None:
    """The key in the link that was followed, "" if it cannot be one; None if there is none."""
    key: str | None = st.session_state.get(_LINKED)
    return key if key is None or re.fullmatch(_FORMAT, key) else ""


def take(key: str) -> None:
    """Use this key from now on, in this session and in the browser."""
    st.session_state[_KEY] = key
    st.session_state[_TO_STORE] = "always"
    refuse_link()


def take_new() -> None:
    """Begin an empty workspace."""
    take(secrets.token_urlsafe(24))


def refuse_link() -> None:
    """Stay with the present key, whatever the link said."""
    st.session_state.pop(_LINKED, None)


def cookies_blocked() -> bool:
    """Whether the browser does not keep the key, as far as is known by now."""
    return bool(st.session_state.get(_BLOCKED))


def store_cookie() -> None:
    """Let the browser keep the key for later visits; adds nothing visible to the page."""
    to_store = st.session_state.get(_TO_STORE)
    data = {
        "name": COOKIE,
        "key": current(),
        "format": _FORMAT,
        "seconds": _COOKIE_SECONDS,
        "replaces": to_store == "always",
    }
    with st.container(key="cookie"):  # also if it is empty: nothing below it may move
        if to_store:
            _cookie(key="workspace_cookie", data=data, on_blocked_change=_note_blocked)


def _note_blocked() -> None:
    st.session_state[_BLOCKED] = True

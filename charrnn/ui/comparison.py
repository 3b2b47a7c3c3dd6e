"""Which runs the page /compare shows and how: kept in the session and in the URL.

The URL parameters are `compare`, `by`, `at` and `axis`.
"""

import streamlit as st

from charrnn.ui import session
from charrnn.ui._compat.script_runs import is_history_navigation

MAX_RUNS = 12

_RUNS = "compare"  # session key and URL parameter: run ids or view keys, in the URL with commas
_VIEW = (session.BY, session.AT, session.AXIS)  # session keys and URL parameters


def read_url() -> None:
    """Take the comparison from the URL into the session.

    The session's own view (by, at, axis) takes precedence over the URL, except after a step back
    or forward in the browser's history.
    """
    state, query = st.session_state, st.query_params
    if _RUNS in query:
        state[_RUNS] = [key for key in query[_RUNS].split(",") if key][:MAX_RUNS]
    from_history = is_history_navigation()
    for name in _VIEW:
        if name in query and (from_history or name not in state):
            state[name] = query[name]


def write_url() -> None:
    """Write the comparison into the URL, in one step of the browser's history."""
    state = st.session_state
    shown = {_RUNS: ",".join(selected() or [])}
    shown |= {name: str(state[name]) for name in _VIEW if state.get(name) is not None}
    before = st.query_params.to_dict()
    after = {name: value for name, value in (before | shown).items() if value}
    if after != before:
        st.query_params.from_dict(after)


def selected() -> list[str] | None:
    """The keys of the compared runs (run ids or view keys); None before any selection."""
    keys: list[str] | None = st.session_state.get(_RUNS)
    return keys


def select(keys: list[str]) -> None:
    """Compare these runs, the first MAX_RUNS of them."""
    st.session_state[_RUNS] = keys[:MAX_RUNS]
    if _RUNS in st.query_params:
        st.query_params[_RUNS] = ",".join(keys[:MAX_RUNS])

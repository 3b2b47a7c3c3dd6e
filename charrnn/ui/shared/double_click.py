"""The second click of a double click: it must not undo what the first one did.

A click on Train turns the button into Pause, and a second click would pause the new run at once.
A click that arrives within a second after the page has answered the last one is therefore ignored:
the two clicks are up to half a second apart, and the way to the server takes its time, too.
"""

import time

import streamlit as st

from charrnn.ui import session

SECONDS = 1.0

clock = time.monotonic


def belongs_to(answered_at: float | None, now: float) -> bool:
    """Whether a click at `now` is a second one.

    answered_at: when the page had answered the first click; infinity while it has not yet, None if
    there was none.
    """
    return answered_at is not None and now < answered_at + SECONDS


def repeats(key: str) -> bool:
    """Whether a click on a button comes within a second of the last one on it. Notes the click.

    For a button that is drawn where note_drawn() is not called. key: of the button.
    """
    at = f"{key}_clicked_at"
    now, last = clock(), st.session_state.get(at)
    st.session_state[at] = now
    return belongs_to(last, now)


def is_second() -> bool:
    """Whether the click that is being handled is the second one of a double click."""
    return belongs_to(st.session_state.get(session.ANSWERED_AT), clock())


def note_click() -> None:
    """Note that a click has been handled; the page has not been drawn again yet."""
    st.session_state[session.ANSWERED_AT] = float("inf")


def note_drawn() -> None:
    """Note, once the page has been drawn, that the click before has been answered by now."""
    if st.session_state.get(session.ANSWERED_AT) == float("inf"):
        st.session_state[session.ANSWERED_AT] = clock()

"""Joining a room with a code and a nickname, or opening one."""

import streamlit as st

from charrnn.runs.limits import Limits
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.rooms import CODE_LENGTH, MAX_NICKNAME_LENGTH, CannotJoin
from charrnn.ui import client_address, services, workspace_key
from charrnn.ui._compat.script_runs import session_id
from charrnn.ui.errors import shows_errors
from charrnn.ui.room.code_guesses import CodeGuesses
from charrnn.ui.shared.room import presence, starts

JOIN = "join"  # the URL parameter with the code of a room
CODE, NICKNAME = "room_code", "room_nickname"
_PROBLEM = "join_problem"
GUESSES = CodeGuesses()


def draw() -> None:
    """Draw both forms; only that for joining if the link has a code."""
    linked = st.query_params.get(JOIN)
    if linked and CODE not in st.session_state:
        st.session_state[CODE] = linked[: 2 * CODE_LENGTH]
    st.markdown("# Join a room" if linked else "# Room")
    if not linked:
        st.markdown(
            "Train together: one person presents, and everybody has a network of their own. The "
            "wall shows how each of them learns."
        )
    with st.container(horizontal=True, key="room_forms"):
        with st.container(border=True, key="join_form"):
            _draw_join()
        if not linked:
            with st.container(border=True, key="open_form"):
                _draw_open()


def _draw_join() -> None:
    st.markdown("## Join with a code")
    st.text_input("Code", key=CODE, max_chars=2 * CODE_LENGTH, placeholder="on the screen")
    st.text_input(
        "Nickname",
        key=NICKNAME,
        max_chars=MAX_NICKNAME_LENGTH,
        placeholder="as the others will see it",
    )
    st.button("Join", type="primary", icon=":material/login:", on_click=_join)
    with st.container():  # also if it is empty: nothing below it may move
        if problem := st.session_state.pop(_PROBLEM, ""):
            st.error(problem, icon=":material/error:")
    st.caption(
        "The wall shows your nickname and the run that you train in the room: its curve, samples "
        "and settings. Nothing else of yours is shown, and you can leave at any time."
    )


def _draw_open() -> None:
    most = int(Limits.from_environment().room_people)
    st.markdown("## Open a room")
    st.markdown(
        "You get a code and a QR code for the screen, and a wall with one tile per person. "
        "Everybody starts with the text and the settings that are now on your Train page; you can "
        "send others later."
    )
    st.button("Open a room", icon=":material/co_present:", on_click=_open)
    st.caption(
        f"Up to {most} people can join. You present from this browser: nobody can take over with "
        "the code alone. A room that you have not looked at for a day closes."
    )


@shows_errors()
def _join() -> None:
    state = st.session_state
    visitor, address = session_id() or "", client_address.current() or ""
    if not GUESSES.allowed(visitor, address):
        state[_PROBLEM] = "Too many wrong codes: wait a minute, then try again."
        return
    rooms = services.store().rooms
    room = rooms.find(state.get(CODE) or "")
    if room is None:
        GUESSES.note_wrong(visitor, address)
        state[_PROBLEM] = "No open room has this code. Compare it with the one on the screen."
        return
    try:
        rooms.join(
            room,
            workspace_key.current(),
            state.get(NICKNAME) or "",
            address=client_address.current(),
        )
    except CannotJoin as error:
        state[_PROBLEM] = str(error)
        return
    presence.forget()
    state.pop(CODE, None)
    st.query_params.pop(JOIN, None)


@shows_errors()
def _open() -> None:
    Presenter.open_room(services.store(), workspace_key.current(), starts.from_page())
    presence.forget()

"""Renaming people, and removing them from the room."""

import streamlit as st

from charrnn.runs.store.room_records import Member, Room
from charrnn.ui import services, session
from charrnn.ui.direction import isolated
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import dialogs
from charrnn.ui.shared.room import presence

_PERSON, _NEW_NAME = "person", "new_nickname"


@st.dialog("People", icon=":material/badge:", on_dismiss=dialogs.mark_closed)
@shows_errors()
def draw(room: Room) -> None:
    """The dialog."""
    st.session_state[session.DIALOG] = True
    _, members = services.store().rooms.people(room.id)
    if not members:
        st.markdown("Nobody has joined yet.")
        return
    by_key = {member.key: member for member in members}
    # By key, because the browser knows people by their labels, and these change.
    shown = st.session_state.get(_PERSON, members[0].key)
    st.session_state[_PERSON] = shown if shown in by_key else None
    chosen = st.selectbox(
        "Person",
        list(by_key),
        format_func=lambda key: _label(by_key[key]),
        key=_PERSON,
        placeholder="Choose a person",
    )
    if chosen is not None:
        _draw_actions(room, by_key[chosen])
    st.caption(
        "Whoever is removed keeps their runs, and can join again under another nickname. The code "
        "stays the same."
    )


def _draw_actions(room: Room, person: Member) -> None:
    """What can be done to this person, whatever else the dialog shows when the click arrives."""
    field = f"{_NEW_NAME}_{person.key}"
    st.text_input("New nickname", person.nickname, key=field)
    with st.container(horizontal=True):
        st.button(
            "Rename",
            type="primary",
            icon=":material/edit:",
            on_click=_rename,
            args=(room, person, field),
        )
        st.button(
            "Remove from the room",
            icon=":material/person_remove:",
            on_click=_remove,
            args=(room, person),
        )


@shows_errors()
def _rename(room: Room, person: Member, field: str) -> None:
    name = st.session_state[field]
    if name.strip():
        presence.presenter(room).rename(person.key, name)
        presence.forget()


@shows_errors()
def _remove(room: Room, person: Member) -> None:
    presence.presenter(room).remove(person.key)
    presence.forget()
    st.session_state[_PERSON] = None  # a second click must not hit whoever is first


def _label(member: Member) -> str:
    return f"{member.number} · {isolated(member.nickname)}"

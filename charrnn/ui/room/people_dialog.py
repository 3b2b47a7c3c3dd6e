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
    chosen = st.selectbox(
        "Person",
        list(by_key),
        format_func=lambda key: _label(by_key[key]),
        key=_PERSON,
    )
    person = by_key[chosen]
    name = st.text_input("New nickname", person.nickname, key=f"{_NEW_NAME}_{chosen}")
    with st.container(horizontal=True):
        if st.button("Rename", type="primary", icon=":material/edit:") and name.strip():
            presence.presenter(room).rename(person.key, name)
            presence.forget()
            st.rerun(scope="fragment")
        if st.button("Remove from the room", icon=":material/person_remove:"):
            presence.presenter(room).remove(person.key)
            presence.forget()
            st.rerun(scope="fragment")
    st.caption(
        "Whoever is removed keeps their runs, and can join again under another nickname. The code "
        "stays the same."
    )


def _label(member: Member) -> str:
    return f"{member.number} · {isolated(member.nickname)}"

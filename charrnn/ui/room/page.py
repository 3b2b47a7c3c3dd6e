"""The page at /room: joining or opening a room, or the room that the visitor is in."""

import streamlit as st

from charrnn.runs.store.room_records import Member, Room
from charrnn.ui import services, workspace_key
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.room import join, presenter_panel, saved_wall, views
from charrnn.ui.shared import experiments, wording
from charrnn.ui.shared.room import presence, starts, strip
from charrnn.ui.shared.room.strip import code_in_words

_CLOSED_ROOM = "closed_room"  # the id of the room whose end the page no longer shows
SHOWN_SETTINGS = ("hidden_size", "seq_length", "learning_rate", "iterations", "streams")


def show() -> None:
    """Draw the page."""
    present = presence.current()
    if present is None:
        with st.container():  # also if it is empty: nothing below it may move
            _draw_end()
        join.draw()
    elif present.member is None:
        if not presenter_panel.is_hidden():
            with st.sidebar:
                presenter_panel.draw(present.room)
        views.draw(present)
    else:
        _draw_for_member(present.room, present.member)
        views.draw(present)


def _draw_end() -> None:
    """After the presenter has closed a room: its wall, to be saved."""
    room = services.store().rooms.presented(workspace_key.current())
    if room is None or st.session_state.get(_CLOSED_ROOM) == room.id:
        return
    with st.container(border=True, key="closed_room"):
        st.markdown(f"## Room {code_in_words(room.code)} is closed")
        st.markdown(
            "Everybody keeps their runs in their own workspace. The wall can be saved for a day, "
            "without what people start from now on; then it is deleted, with the nicknames. A run "
            "that trains on is saved as it stands at that moment."
        )
        with st.container(horizontal=True):
            saved_wall.draw_buttons(room)
            st.button("Done", on_click=_forget, args=(room.id,))


def _forget(room_id: str) -> None:
    st.session_state[_CLOSED_ROOM] = room_id


def _draw_for_member(room: Room, member: Member) -> None:
    st.markdown(f"# Room {code_in_words(room.code)}")
    you, shown = f"**{escape_markdown(member.nickname)}**", "your nickname"
    if room.names_hidden:
        you, shown = f"number **{member.number}** while names are hidden", "that number"
    st.markdown(
        f"You are {you}. The wall below shows {shown} and the newest run that you have created "
        "since you joined, and nothing else of yours. In a room everybody trains one run at a "
        "time, and all share the machine equally."
    )
    start, setup = room.start, experiments.find(room.start.experiment)
    values = wording.values_in_words(start.config, list(SHOWN_SETTINGS))
    what = f"the experiment *{setup.question}*" if setup else values
    text = escape_markdown(start.text_name)
    st.caption(f"The start: {text} · {what} · {starts.seed_note(start)}")
    st.button("Leave the room", icon=":material/logout:", on_click=_leave, args=(member,))


@shows_errors()
def _leave(member: Member) -> None:
    services.store().rooms.leave(member)
    strip.note_end()
    presence.forget()

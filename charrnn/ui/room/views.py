"""The wall with its views, and the one live part of the page that draws them."""

import time
from collections.abc import Callable
from html import escape
from typing import NamedTuple

import streamlit as st

from charrnn.runs.limits import Limits
from charrnn.runs.store.room_records import Room, Wall
from charrnn.ui import navigation, services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.room import (
    challenge_view,
    curves,
    moments_view,
    presenter_panel,
    qr_code,
    question_view,
    tiles,
)
from charrnn.ui.room.join import JOIN
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.formatting import people_in_words
from charrnn.ui.shared.room import presence
from charrnn.ui.shared.room.presence import Presence
from charrnn.ui.shared.room.strip import code_in_words

FIRST_VIEW = "Tiles"
WALL_SECONDS = 1.5
NEARLY_FULL = 0.8  # of the places in a room: from here on, the page says so
LOCAL_HOSTS = ("://localhost", "://127.0.0.1", "://[::1]")


class _Context(NamedTuple):
    """What a view draws."""

    wall: Wall
    presents: bool  # whether the visitor is the presenter


VIEWS: dict[str, Callable[[_Context], None]] = {
    "Join": lambda context: _draw_join(context.wall),
    "Tiles": lambda context: tiles.draw(context.wall, presents=context.presents),
    "Curves": lambda context: curves.draw(context.wall),
    "Guess": lambda context: question_view.draw(context.wall),
    "Challenge": lambda context: challenge_view.draw(context.wall, presents=context.presents),
    "Moments": lambda context: moments_view.draw(context.wall),
}
FOR_EVERYBODY = ("Tiles", "Curves", "Challenge")


def draw(present: Presence) -> None:
    """Draw the wall, as its presenter or as one of the others sees it."""
    options = list(VIEWS) if present.is_presenter else list(FOR_EVERYBODY)
    if st.session_state.get(session.WALL_VIEW) not in options:  # the presenter leads with another
        st.session_state.pop(session.WALL_VIEW, None)
    with st.container(horizontal=True, vertical_alignment="center", key="wall_heading"):
        if present.is_presenter:
            _draw_address(present.room)
        st.segmented_control(
            "View",
            options,
            default="Join" if present.is_presenter else FIRST_VIEW,
            required=True,
            key=session.WALL_VIEW,
            bind="query-params",
            persist_state="session",
            label_visibility="collapsed",
        )
        with st.container(width="content", key="wall_sorts"):  # also if it is empty
            if (st.session_state.get(session.WALL_VIEW) or FIRST_VIEW) == "Tiles":
                tiles.draw_sorts()
        if present.is_presenter:
            presenter_panel.draw_switch()
    seconds = _seconds_between(present)
    st.fragment(_draw_live, run_every=seconds)(present, seconds)


@shows_errors()
def _draw_live(present: Presence, seconds: float) -> None:
    """seconds: between two refreshes, as of when the whole page was drawn."""
    wall = presence.wall(present.room)
    if wall is None or not wall.room.is_open:
        return  # the strip sees to it that the whole page is drawn anew
    if present.is_presenter:
        services.show_runs([tile.run for tile in wall.tiles if tile.run])
    services.note_refresh(seconds)
    if _seconds_between(present) != seconds:
        rerun_page()
    view = st.session_state.get(session.WALL_VIEW) or FIRST_VIEW
    with st.container(key="wall"):
        VIEWS[view](_Context(wall, present.is_presenter))
    st.caption(_status(wall))


def _seconds_between(present: Presence) -> float:
    """Seconds between two refreshes. The one wall on the screen is live, however many pages are."""
    return WALL_SECONDS * (1 if present.is_presenter else services.refresh_factor())


def _status(wall: Wall) -> str:
    """How many people there are, and what the machine is doing."""
    load, people = services.supervisor().load, len(wall.tiles)
    most = int(Limits.from_environment().room_people)
    words = [people_in_words(people)]
    if people >= NEARLY_FULL * most:
        words = [f"{people} of {most} places taken"]
    if load.training > 1:
        words.append(f"{load.training} runs share this machine evenly")
    else:
        words.append("1 run is training" if load.training else "no run is training")
    if load.queued:
        words.append(f"{load.queued} in the queue")
    age = time.time() - wall.read_at
    words.append(f"as of {age:.0f} s ago" if age >= 1.0 else "live")
    return " · ".join(words)


def join_link(room: Room) -> str:
    """The link that people open to join."""
    return f"{navigation.address()}/room?{JOIN}={room.code}"


def _draw_address(room: Room) -> None:
    """Code and address in one line, for those who come late."""
    host = escape(navigation.address().partition("://")[2])
    code = code_in_words(room.code)
    st.html(f'<div class="room-address"><h1>Room {code}</h1><span>{host}/room</span></div>')


def _draw_join(wall: Wall) -> None:
    """The QR code, large enough for the back row, and who is there, whoever came last first.

    Where there is no room for all of them, those who have just joined see their names.
    """
    link = join_link(wall.room)
    newest_first = [] if wall.room.names_hidden else reversed(wall.tiles)
    people = "".join(f'<li dir="auto">{escape(t.member.nickname)}</li>' for t in newest_first)
    host = escape(navigation.address().partition("://")[2])
    st.html(
        f'<div class="room-join"><img class="room-qr" alt="QR code of this room" '
        f'src="{escape(qr_code.address(link))}"><div>'
        f'<p class="room-how">Scan it, or open <b>{host}/room</b> and type</p>'
        f'<p class="room-code">{code_in_words(wall.room.code)}</p>'
        f'<ul class="room-people">{people}</ul></div></div>'
    )
    if any(host in link for host in LOCAL_HOSTS):
        st.warning(
            "This address works on this computer only. Open the page by an address that the others "
            "can reach, and the code leads there.",
            icon=":material/lan:",
        )

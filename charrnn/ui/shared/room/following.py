"""What the presenter does reaches the pages of the others: a start, a run, a place to look at.

All of it happens at the beginning of a full run of the page, before anything of it is drawn. The
strip sees to it that the page runs when there is something to follow.
"""

from contextlib import suppress

import streamlit as st

from charrnn.runs.errors import RunNotFound
from charrnn.runs.store.room_records import Member, Place, Room
from charrnn.ui import navigation, selection, services, session, workspace_key
from charrnn.ui.shared.room import presence, starts
from charrnn.ui.shared.room.presence import Presence

TRAIN, ROOM, LEARN = "Train", "Room", "Learn"
NOT_SHOWN = (workspace_key.URL_PARAMETER, "join")  # parameters that stay the presenter's own
_KEYS_OF_RUNS = ("run", "compare")  # parameters that name runs, with commas between them

_TAKEN = "room_taken"  # (room, start): what this session has taken
_RUN = "room_run"  # the run that this session has gone to when everybody was started
_FOLLOWED = "room_followed"  # Place.to_dict() of the place that the session has gone to last
_LEFT = "room_left"  # Place.to_dict() of where it was before
_ALONE = "room_alone"  # whether the visitor looks at something else than the presenter


def follow(present: Presence | None) -> None:
    """Go where the room wants this page to be. May end the run of the page."""
    if present is None or present.member is None:
        return
    _take_start(present.room, present.member)
    _go_to_run(present.member)
    _go_to_place(present.room, present.member)


def is_alone() -> bool:
    """Whether the visitor has stopped following the presenter."""
    return bool(st.session_state.get(_ALONE))


def go_alone(alone: bool) -> None:
    """Stop following, or follow again."""
    st.session_state[_ALONE] = alone


def _take_start(room: Room, member: Member) -> None:
    state, start = st.session_state, room.start
    is_new = start.number > member.start
    # A page that is opened anew has lost what was in its controls.
    lost = _TAKEN not in state and session.run_id() is None and selection.linked_text() is None
    state[_TAKEN] = (room.id, start.number)
    if is_new:
        _pause_own_runs(member)
        found = starts.put_on_page(start.of(member))
        services.store().rooms.take_start(member, start.number)
        presence.forget()
        if found:
            starts.show_toast(start)
        _go_to_card_or_train(start.experiment)
    elif lost:
        starts.put_on_page(starts.of_member(room, member))


def _pause_own_runs(member: Member) -> None:
    """Pause the visitor's runs in the room, and the one on the page: they are kept."""
    services.workspace().pause(since=member.joined_at)
    with suppress(RunNotFound):
        if selected := session.run_id():
            services.workspace().request(selected, desired="paused")


def _go_to_card_or_train(question: str) -> None:
    """Go to where the visitor can begin. question: of an experiment, "" without one."""
    if question:
        selection.ask(question)
    page = LEARN if question else TRAIN
    if session.page() != page:
        navigation.go(page)


def _go_to_run(member: Member) -> None:
    state = st.session_state
    is_new_session = _RUN not in state
    if member.run is None or state.get(_RUN) == member.run:
        state.setdefault(_RUN, None)
        return
    state[_RUN] = member.run
    if is_new_session and session.run_id() is not None:
        return
    selection.select_run(member.run)
    if not is_new_session:
        _go_to_card_or_train(_question_of(member.run))


def _question_of(run_id: str) -> str:
    """The question of the experiment that a run belongs to; "" if it belongs to none."""
    with suppress(RunNotFound):
        if mark := services.store().runs.get(run_id).experiment:
            return mark.question
    return ""


def _go_to_place(room: Room, member: Member) -> None:
    state, lead = st.session_state, room.lead
    if lead is None:
        state[_ALONE] = False
        state[_FOLLOWED] = None
        left = state.pop(_LEFT, None)
        if left:
            selection.forget_run()  # the one that the presenter has shown, and its settings
            starts.put_on_page(starts.of_member(room, member))
            navigation.follow(left["page"], left["query"])
        return
    if state.get(_ALONE) or state.get(_FOLLOWED) == lead.to_dict():
        return
    state[_FOLLOWED] = lead.to_dict()
    if not state.get(_LEFT):
        state[_LEFT] = Place(session.page(), st.query_params.to_dict()).to_dict()
    navigation.follow(lead.page, lead.query)


def place() -> Place:
    """Where the presenter is now, with links to runs as others can follow them."""
    query = {
        name: ",".join(map(_view_key, value.split(","))) if name in _KEYS_OF_RUNS else value
        for name, value in st.query_params.to_dict().items()
        if name not in NOT_SHOWN
    }
    return Place(session.page(), query)


def _view_key(run_id: str) -> str:
    with suppress(KeyError):
        return services.store().runs.get(run_id).view_key
    return run_id

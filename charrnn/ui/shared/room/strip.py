"""The line at the top of every page for whoever is in a room; it looks for changes by itself."""

from pathlib import Path

import streamlit as st

from charrnn.runs.store.room_records import Member, Question, Room
from charrnn.ui import navigation, selection, services, session
from charrnn.ui.direction import isolated
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import double_click, experiments, guess
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.room import changes, countdown, following, presence, questions
from charrnn.ui.shared.room.presence import Presence

REFRESH_SECONDS = 1.5  # of the presenter's
GUESS = "room_guess"
# "presenter" or "member" of a room that this session was in, unless it was told that it has ended.
_IN_ROOM = "in_room"


_watcher = st.components.v2.component(
    "charrnn_room_watch",
    html='<div class="room-watch"><span></span></div>',
    js=Path(__file__).with_name("watch.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def draw(present: Presence | None) -> None:
    """Draw the strip; nothing for those who are in no room."""
    with st.container(key="room_strip"):  # also if it is empty: nothing below it may move
        if present:
            st.session_state[_IN_ROOM] = "member" if present.member else "presenter"
            if present.member:
                _draw_for_member(present.room, present.member)
            else:
                st.fragment(_draw_for_presenter, run_every=REFRESH_SECONDS)(
                    present, changes.version(present)
                )
        elif st.session_state.get(_IN_ROOM):
            _draw_end(presented=st.session_state[_IN_ROOM] == "presenter")


def _draw_end(*, presented: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="room_line"):
        st.markdown(
            "Your room is closed. Its wall can still be saved on the page Room, for a day."
            if presented
            else "You are no longer in the room: it was closed, or you were taken out of it. Your "
            "runs stay here, and they are yours."
        )
        st.button("Close", key="close_room_line", type="tertiary", on_click=note_end)


def note_end() -> None:
    """Say no more that the visitor is no longer in a room."""
    st.session_state[_IN_ROOM] = ""


# --- For the presenter --------------------------------------------------------------------------


@shows_errors()
def _draw_for_presenter(drawn: Presence, version: str) -> None:
    """Draw the strip, and tell the others where the presenter is, while that leads them.

    drawn, version: as they were when the whole page was drawn.
    """
    present = presence.refreshed(drawn)
    if present is None or changes.version(present) != version:
        presence.forget()
        rerun_page()
    room = present.room if present else drawn.room
    services.store().rooms.mark_seen(room)
    if room.lead is not None and room.lead != (here := following.place()):
        presence.presenter(room).lead(here)
        presence.forget()
    if session.page() == following.ROOM:
        countdown.draw(room)
        return  # the page itself shows the rest
    with st.container(horizontal=True, vertical_alignment="center", key="room_line"):
        leads = " · **everybody sees what you look at**" if room.lead else ""
        st.markdown(f":material/co_present: You present room **{code_in_words(room.code)}**{leads}")
        draw_lead_button(room)
        navigation.link(following.ROOM, "The wall", query={})
    countdown.draw(room)


def draw_lead_button(room: Room) -> None:
    """The button with which the presenter leads, or stops leading."""
    st.button(
        "Stop leading" if room.lead else "Lead",
        key="lead_button",
        icon=":material/visibility_off:" if room.lead else ":material/visibility:",
        help=None if room.lead else "Everybody's page shows what you look at, as you look around.",
        on_click=_lead,
        args=(room, room.lead is None),
    )


@shows_errors()
def _lead(room: Room, leads: bool) -> None:
    if double_click.repeats("lead_button"):
        return
    presence.presenter(room).lead(following.place() if leads else None)
    presence.forget()


# --- For the others -----------------------------------------------------------------------------


def _draw_for_member(room: Room, member: Member) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="room_line"):
        st.markdown(
            f":material/groups: Room **{code_in_words(room.code)}** · you are "
            f"**{escape_markdown(member.nickname)}**"
        )
        _watch(Presence(room, member))
        if session.page() != following.ROOM:
            navigation.link(following.ROOM, "About this room", query={})
    with st.container():  # each also if it is empty: nothing below it may move
        if room.start.note:
            st.caption(f"To try: {escape_markdown(room.start.note)}")
    with st.container():
        _draw_experiment(room)
    with st.container():
        if room.lead:
            _draw_wheel()
    _draw_question(room, member)


def _watch(present: Presence) -> None:
    """Let the browser look for changes: see watch.js. Says how the machine is shared."""
    run, alone = session.run_id() or "", following.is_alone()
    data = changes.of(present, run_id=run, alone=alone)
    _watcher(
        key="room_watch",
        data={"address": changes.address(present, run_id=run, alone=alone), "known": data},
        on_changed_change=presence.forget,
    )


def _draw_wheel() -> None:
    """Whether the page follows the presenter, and the button that changes it."""
    alone = following.is_alone()
    with st.container(horizontal=True, vertical_alignment="center", key="room_wheel"):
        st.markdown(
            "The presenter is showing something."
            if alone
            else "You see what the presenter looks at."
        )
        st.button(
            "Follow the presenter" if alone else "Look around on your own",
            key="wheel_button",
            on_click=following.go_alone,
            args=(not alone,),
        )


def _draw_experiment(room: Room) -> None:
    """The way back to the experiment that everybody begins with, if the page shows another."""
    setup = experiments.find(room.start.experiment)
    if setup is None or (session.page() == following.LEARN and selection.question() == setup.key):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="room_experiment"):
        st.markdown(f"The experiment of this room: **{setup.question}**")
        navigation.link(following.LEARN, "Open it", query={session.QUESTION: setup.key})


def _draw_question(room: Room, member: Member) -> None:
    """Ask for a guess; after that, what was guessed and what happened, until the next question."""
    question = room.question
    if question is None or not question.text or question.experiment:  # its card asks that one
        return
    asked, key = questions.guess_at(question), f"{GUESS}_{question.number}"
    with st.container(border=True, key="room_question"):
        if question.open:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                guess.control(asked, key=key)
                st.button(
                    "Send my guess", key="send_guess", on_click=_guess, args=(member, question, key)
                )
        else:
            st.markdown(f"**{asked.prompt}**")
            happened = None if question.answer is None else guess.in_digits(question.answer)
            guessed = questions.answer_of(services.store(), member, question)
            guess.draw_beside(asked, [guessed], happened)


@shows_errors()
def _guess(member: Member, question: Question, key: str) -> None:
    asked = questions.guess_at(question)
    answer = guess.answer_in(asked, key)
    if answer is None:
        return
    questions.send(member, question, answer)
    said = guess.in_words(asked, answer)
    st.toast(f"Your guess is {said}. Until guessing ends, you can send another one.")


def code_in_words(code: str) -> str:
    """A code in two halves, which are easier to type."""
    half = len(code) // 2
    return isolated(f"{code[:half]} {code[half:]}")

"""The sidebar of the presenter: the start, starting everybody, leading, people, the end."""

import threading
from dataclasses import replace

import streamlit as st

from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_event
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.room_records import Room, Start
from charrnn.runs.texts.names import short_name
from charrnn.ui import navigation, services
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.room import people_dialog, saved_wall
from charrnn.ui.shared import double_click, experiments, settings, settings_link, wording
from charrnn.ui.shared.room import countdown, following, presence, starts, strip
from charrnn.ui.shared.room.strip import draw_lead_button

NOTE, OWN_SEEDS, NAMES_HIDDEN = "start_note", "start_own_seeds", "names_hidden"
CONTROLS, EXPERIMENT = "start_controls", "start_experiment"
ON_TRAIN = "what is set on your Train page"
_HIDDEN = "panel_hidden"  # whether the presenter has hidden it
MAX_NOTE = 200  # characters
MAIN_SETTINGS = ("hidden_size", "seq_length", "learning_rate")


def is_hidden() -> bool:
    """Whether the wall has the whole width of the screen."""
    return bool(st.session_state.get(_HIDDEN))


def draw_switch() -> None:
    """Draw the button that hides the panel, or shows it again."""
    hidden = is_hidden()
    st.button(
        "Show the panel" if hidden else "Hide the panel",
        key="panel_switch",
        icon=":material/left_panel_open:" if hidden else ":material/left_panel_close:",
        type="tertiary",
        on_click=lambda: st.session_state.update({_HIDDEN: not hidden}),
    )


def draw(room: Room) -> None:
    """Draw the panel."""
    st.markdown("## Everybody")
    counting = countdown.seconds_left(room) is not None
    st.button(
        "Call it off" if counting else "Start everybody",
        key="start_everybody",
        type="primary",
        icon=":material/cancel:" if counting else ":material/rocket_launch:",
        on_click=_call_off if counting else _start_everybody,
        args=(room,),
        width="stretch",
    )
    st.caption("3, 2, 1: each page trains its own settings. Everybody's other runs are paused.")
    with st.container(horizontal=True):
        draw_lead_button(room)
        if st.button("People", icon=":material/badge:", help="Rename or remove people."):
            people_dialog.draw(room)
    st.toggle(
        "Hide names",
        room.names_hidden,
        key=NAMES_HIDDEN,
        on_change=_hide_names,
        args=(room,),
        help="The wall shows numbers in place of nicknames.",
    )
    _draw_start(room)
    st.markdown("## The end")
    with st.container(horizontal=True):
        saved_wall.draw_buttons(room)
    with st.popover("Close the room", icon=":material/meeting_room:"):
        st.markdown(
            "The code stops working, and everybody keeps their runs in their own workspace. You "
            "can still save the wall for a day."
        )
        st.button("Close it", type="primary", on_click=_close, args=(room,))


def _draw_start(room: Room) -> None:
    """What people start with, and sending something else."""
    st.markdown("## The start")
    st.caption(f"Now: {_in_words(room.start)}")
    chosen = _choose_experiment()
    new = starts.from_page(chosen)
    with st.container():  # also if it is empty: nothing below it may move
        if _in_words(new) != _in_words(room.start) or new.config != room.start.config:
            st.caption(f"To be sent: {_in_words(new)}")
    _draw_options(chosen)
    st.button(
        "Send to everybody",
        icon=":material/send:",
        on_click=_send,
        args=(room,),
        help="It appears on everybody's page within seconds. Their runs are kept.",
        width="stretch",
    )
    navigation.link(following.TRAIN, "Choose text and settings on Train", query={})


def _choose_experiment() -> str:
    """Draw the choice of what people begin with: the key of an experiment, or ""."""
    setups = experiments.all_setups()
    chosen = st.selectbox(
        "Begin with",
        ["", *setups],
        format_func=lambda key: (
            experiments.in_plain_text(setups[key].question) if key else ON_TRAIN
        ),
        key=EXPERIMENT,
        persist_state="session",
        help="An experiment of the page Learn brings everybody to its question. They guess, and "
        "*Start everybody* starts its runs.",
    )
    return chosen or ""


def _draw_options(experiment: str) -> None:
    """Draw what else is sent: a note, whether seeds differ, and which controls people see."""
    st.text_input(
        "What to try",
        key=NOTE,
        max_chars=MAX_NOTE,
        persist_state="session",
        placeholder="for instance: make it forget",
        help="One line at the top of everybody's page.",
    )
    st.checkbox(
        "Another random seed for each",
        True,
        key=OWN_SEEDS,
        persist_state="session",
        help="Without it, equal settings give everybody the same run.",
    )
    with st.container():  # also if it is empty: nothing below it may move
        if not experiment:
            st.multiselect(
                "Show only these controls",
                settings_link.CONTROLS,
                key=CONTROLS,
                format_func=settings.label,
                placeholder="All of them",
                persist_state="session",
                help="What people see of the text and the settings, until they choose *Show all "
                "controls*.",
            )


def _in_words(start: Start) -> str:
    if setup := experiments.find(start.experiment):
        n = len(setup.plans(services.corpus(start.sha256)))
        networks = "1 network" if n == 1 else f"{n} networks, one after the other,"
        return f"**{setup.question}** {networks} for each · {escape_markdown(start.text_name)}"
    values = wording.values_in_words(start.config, list(MAIN_SETTINGS))
    return f"{escape_markdown(start.text_name)} · {values}"


@shows_errors()
def _send(room: Room) -> None:
    state = st.session_state
    start = replace(
        starts.from_page(state.get(EXPERIMENT) or ""),
        note=short_name(note, MAX_NOTE) if (note := state.get(NOTE, "")).strip() else "",
        own_seeds=bool(state.get(OWN_SEEDS, True)),
        controls=tuple(state.get(CONTROLS, ())),
    )
    setup = experiments.find(start.experiment)
    question = experiments.in_plain_text(setup.guess.prompt) if setup else ""
    presence.presenter(room).send(start, question=question)
    presence.forget()
    st.toast("Sent: everybody's page takes it within seconds.")


@shows_errors()
def _start_everybody(room: Room) -> None:
    if double_click.repeats("start_everybody"):
        return
    begins_at = room.now + countdown.SECONDS
    presenter = presence.presenter(room)
    presenter.count_down(begins_at)
    presence.forget()
    # A thread, because all start at once, whether or not a page is drawn just then.
    timer = threading.Timer(countdown.SECONDS, _begin, args=(presenter, begins_at))
    timer.daemon = True
    timer.start()


def _begin(presenter: Presenter, begins_at: float) -> None:
    """Start everybody, unless it was called off or the room was closed."""
    try:
        started = presenter.begin(begins_at, start_run=starts.start_run)
        services.supervisor().reconcile()
        log_event("room_began", people=len(started))
    except (StoreError, KeyError) as error:
        log_event("room_failed", error=type(error).__name__)


@shows_errors()
def _call_off(room: Room) -> None:
    if double_click.repeats("start_everybody"):
        return
    presence.presenter(room).count_down(None)
    presence.forget()


@shows_errors()
def _hide_names(room: Room) -> None:
    presence.presenter(room).hide_names(bool(st.session_state[NAMES_HIDDEN]))
    presence.forget()


@shows_errors()
def _close(room: Room) -> None:
    presence.presenter(room).close()
    strip.note_end()
    presence.forget()

"""The view "Challenge": who has the lowest loss after so many seconds of training?"""

from html import escape
from typing import NamedTuple

import streamlit as st

from charrnn.runs.store.room_records import Challenge, Room, Tile, Wall
from charrnn.ui.errors import shows_errors
from charrnn.ui.room.tiles import name
from charrnn.ui.shared import lineage
from charrnn.ui.shared.room import presence

SECONDS = "challenge_seconds"
CHOICES = (10, 30, 60, 120, 300)  # seconds of training
SETTINGS = ("hidden_size", "seq_length", "learning_rate")


class Result(NamedTuple):
    """How far a person has come. bits: smooth, at the end of the time or, if not done, now."""

    who: str
    bits: float
    seconds: float
    done: bool
    settings: str


def draw(wall: Wall, *, presents: bool) -> None:
    """Draw the table of results, or what poses a challenge."""
    challenge = wall.room.challenge
    if challenge is None:
        if presents:
            _draw_new(wall.room)
        else:
            st.markdown("There is no challenge at the moment.")
        return
    st.markdown(f"## The lowest loss after {challenge.seconds:g} seconds of training")
    table = results(wall, challenge)
    if table:
        st.html(_table(table))
    else:
        st.markdown("Only runs that begin now count. Nobody has begun yet.")
    st.caption(
        "Bits per character, smooth, after the time that the network has trained; time in the "
        "queue and while paused does not count. A text with another set of characters is another "
        "task."
    )
    if presents:
        st.button("End the challenge", icon=":material/flag:", on_click=_end, args=(wall.room,))


def _draw_new(room: Room) -> None:
    st.markdown(
        "Everybody trains with settings of their own, and the table shows who has the lowest loss "
        "after the same time of training."
    )
    st.select_slider(
        "Seconds of training", CHOICES, value=60, key=SECONDS, persist_state="session", width=420
    )
    st.button(
        "Begin the challenge",
        type="primary",
        icon=":material/trophy:",
        on_click=_begin,
        args=(room,),
    )


def results(wall: Wall, challenge: Challenge) -> list[Result]:
    """Everybody with a run of this challenge, the best first; those who are done before others."""
    found = [_result(tile, wall, challenge) for tile in wall.tiles if _counts(tile, challenge)]
    return sorted(found, key=lambda result: (not result.done, result.bits))


def _counts(tile: Tile, challenge: Challenge) -> bool:
    return bool(
        tile.run
        and tile.curve
        and tile.run.created_at >= challenge.since
        and tile.run.status != "failed"
    )


def _result(tile: Tile, wall: Wall, challenge: Challenge) -> Result:
    run = tile.run
    assert run is not None
    within = [point for point in tile.curve if point[2] <= challenge.seconds] or tile.curve[:1]
    _, bits, seconds = within[-1]
    settings = " · ".join(
        f"{lineage.label(each)} {lineage.value(each, getattr(run.config, each))}"
        for each in SETTINGS
    )
    return Result(name(tile, wall), bits, seconds, run.seconds >= challenge.seconds, settings)


def _table(table: list[Result]) -> str:
    rows = []
    for place, result in enumerate(table, start=1):
        progress = "done" if result.done else f"{result.seconds:.0f} s so far"
        cells = (str(place), result.who, f"{result.bits:.2f}", progress, result.settings)
        row = "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in cells)
        rows.append(f"<tr>{row}</tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("", "who", "bits", "", "settings"))
    return f'<table class="results"><thead><tr>{heads}</tr></thead>{"".join(rows)}</table>'


@shows_errors()
def _begin(room: Room) -> None:
    presence.presenter(room).challenge(float(st.session_state.get(SECONDS, 60)))
    presence.forget()


@shows_errors()
def _end(room: Room) -> None:
    presence.presenter(room).challenge(None)
    presence.forget()

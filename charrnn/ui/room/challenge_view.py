"""The view "Challenge": who predicts held-out text best after reading so many characters?"""

import math
from html import escape
from typing import NamedTuple

import streamlit as st

from charrnn.runs import challenges
from charrnn.runs.store.room_records import Room, RoomChallenge, Wall
from charrnn.ui import services
from charrnn.ui.errors import shows_errors
from charrnn.ui.room.tiles import name
from charrnn.ui.shared import wording
from charrnn.ui.shared.room import presence

CHARACTERS = "challenge_characters"
MAX_ROWS = (12, 28)  # in one table, and in two side by side; more people have three
SETTINGS = ("hidden_size", "seq_length", "learning_rate", "streams")


class Result(NamedTuple):
    """How far a person has come. bits: the lowest within the budget; None before a measurement."""

    who: str
    bits: float | None
    progress: float  # the share of the budget that is spent, up to 1
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
    with st.container(horizontal=True, vertical_alignment="center", key="challenge_heading"):
        st.markdown(f"## The lowest loss within {challenge.characters:,} characters")
        if presents:
            st.button("End the challenge", icon=":material/flag:", on_click=_end, args=(wall.room,))
    table = results(wall, challenge)
    if table:
        st.html(_tables(table))
    else:
        st.markdown("Only runs started from now on count. There are none yet.")
    st.caption(
        "The lowest bits per character on held-out text, measured within the budget. That is in "
        "characters read, so a fast machine wins nothing. The shading shows how much of it is read."
    )


def _draw_new(room: Room) -> None:
    st.markdown(
        "Everybody trains with settings of their own, and the table shows whose network predicts "
        "held-out text best after reading the same number of characters."
    )
    st.segmented_control(
        "Characters read",
        challenges.ROOM_BUDGETS,
        default=challenges.ROOM_BUDGETS[1],
        required=True,
        format_func=lambda characters: f"{characters:,}",
        key=CHARACTERS,
        persist_state="session",
    )
    st.button(
        "Begin the challenge",
        type="primary",
        icon=":material/trophy:",
        on_click=_begin,
        args=(room,),
    )


def results(wall: Wall, challenge: RoomChallenge) -> list[Result]:
    """Everybody with a run of this challenge, the best first."""
    budget = challenges.Challenge("room", "", "", challenge.characters, bits=0.0)
    found = []
    for tile in wall.tiles:
        run = tile.run
        if run is None or run.created_at < challenge.since:
            continue
        measured = services.store().history.evaluations(run.id)
        attempt = challenges.attempt(budget, run, measured)
        settings = wording.values_in_short(run.config, list(SETTINGS))
        progress = min(1.0, attempt.read / challenge.characters)
        found.append(Result(name(tile, wall), attempt.best, progress, settings))
    return sorted(found, key=lambda result: (result.bits is None, result.bits or 0.0))


def _tables(results: list[Result]) -> str:
    """All of them; many in two or three tables, which stand side by side where there is space."""
    count = 1 + sum(len(results) > most for most in MAX_ROWS)
    rows = math.ceil(len(results) / count)
    parts = [_table(results[i : i + rows], i + 1) for i in range(0, len(results), rows)]
    return f'<div class="all-results results-{count}">{"".join(parts)}</div>'


def _table(table: list[Result], first: int) -> str:
    rows = []
    for place, result in enumerate(table, start=first):
        bits = "–" if result.bits is None else f"{result.bits:.3f}"
        progress = "done" if result.progress == 1.0 else f"{result.progress:.0%} read"
        cells = (str(place), result.who, bits, progress, result.settings)
        row = "".join(f'<td dir="auto">{escape(cell)}</td>' for cell in cells)
        rows.append(f'<tr style="--read:{result.progress:.1%}">{row}</tr>')
    heads = "".join(f"<th>{head}</th>" for head in ("", "who", "bits", "progress", "settings"))
    return f'<table class="results"><thead><tr>{heads}</tr></thead>{"".join(rows)}</table>'


@shows_errors()
def _begin(room: Room) -> None:
    presence.presenter(room).challenge(
        int(st.session_state.get(CHARACTERS, challenges.ROOM_BUDGETS[1]))
    )
    presence.forget()


@shows_errors()
def _end(room: Room) -> None:
    presence.presenter(room).challenge(None)
    presence.forget()

"""3, 2, 1: a countdown that each browser draws by itself until everybody is started."""

from pathlib import Path

import streamlit as st

from charrnn.runs.store.room_records import Room

# Long enough for every page to have heard of it before "3".
SECONDS = 7.0
# How long a countdown that was not followed by a start counts as one.
OVERDUE_SECONDS = 2.0

_countdown = st.components.v2.component(
    "charrnn_countdown",
    html=(
        '<div class="countdown" role="timer"><span class="countdown-number"></span>'
        '<span class="countdown-words">Everybody starts together</span></div>'
    ),
    js=Path(__file__).with_name("countdown.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def seconds_left(room: Room) -> float | None:
    """Until everybody is started; None if nothing is announced."""
    if room.begins_at is None:
        return None
    left = room.begins_at - room.now
    return max(0.0, left) if left > -OVERDUE_SECONDS else None


def draw(room: Room) -> None:
    """Draw the countdown, if there is one."""
    left = seconds_left(room)
    if left is not None:
        _countdown(key="countdown", data={"begins": room.begins_at, "seconds": left})

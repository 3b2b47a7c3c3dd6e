"""The view "Moments": samples and curves that the presenter has kept, in an order of their own."""

from collections.abc import Callable
from html import escape

import streamlit as st

from charrnn.runs.store.presenter import MAX_MOMENTS
from charrnn.runs.store.room_records import Moment, Room, Wall
from charrnn.ui.errors import shows_errors
from charrnn.ui.room import tiles
from charrnn.ui.shared.room import presence

SHOWN = "shown_moment"  # the number of the moment that is shown
MAX_CARD = 80  # characters of a sample on a card


def draw(wall: Wall) -> None:
    """Draw the moment that is shown, large, and the strip of all."""
    moments = presence.presenter(wall.room).moments()
    if not moments:
        st.markdown(
            f"Nothing is kept yet. In the view **Tiles**, click a tile, then **{tiles.KEEP}**: up "
            f"to {MAX_MOMENTS} samples with their curves, to be shown again later."
        )
        return
    numbers = [moment.number for moment in moments]
    if st.session_state.get(SHOWN) not in numbers:
        st.session_state[SHOWN] = numbers[0]
    place = numbers.index(st.session_state[SHOWN])
    before, after = numbers[max(0, place - 1)], numbers[min(place + 1, len(numbers) - 1)]
    shown = moments[place]
    tiles.draw_moment(shown, _who(shown, wall), f"{place + 1} of {len(moments)}")
    with st.container(horizontal=True, vertical_alignment="center", key="moment_buttons"):
        _button("Back", ":material/arrow_back:", _show, before)
        _button("Next", ":material/arrow_forward:", _show, after)
        _button("Move earlier", ":material/keyboard_tab_rtl:", _move, wall.room, shown.number, -1)
        _button("Move later", ":material/keyboard_tab:", _move, wall.room, shown.number, 1)
        _button("Discard", ":material/delete:", _discard, wall.room, shown.number)
    cards = "".join(_card(moment, _who(moment, wall), moment is shown) for moment in moments)
    st.html(f'<ol class="moments">{cards}</ol>')


def _button(label: str, icon: str, act: Callable[..., None], *args: object) -> None:
    st.button(label, icon=icon, type="tertiary", on_click=act, args=args)


def _who(moment: Moment, wall: Wall) -> str:
    """What the wall calls the person of a moment, who may have left; "–" if it is not known."""
    return str(moment.member or "–") if wall.room.names_hidden else moment.nickname


def _card(moment: Moment, who: str, is_shown: bool) -> str:
    current = ' aria-current="true"' if is_shown else ""
    return (
        f"<li{current}><b><bdi>{escape(who)}</bdi></b> {escape(moment.caption)}"
        f"<pre>{_as_text(moment.sample[:MAX_CARD])}</pre></li>"
    )


def _as_text(sample: str) -> str:
    # As in shared/samples.py: st.html() strips lines that hold only spaces.
    return escape(sample).replace("\n", "&#10;")


def _show(number: int) -> None:
    st.session_state[SHOWN] = number


@shows_errors()
def _move(room: Room, number: int, by: int) -> None:
    presence.presenter(room).move(number, by)


@shows_errors()
def _discard(room: Room, number: int) -> None:
    presence.presenter(room).discard(number)

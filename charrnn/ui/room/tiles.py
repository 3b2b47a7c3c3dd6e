"""The view "Tiles": one tile per person, drawn and sorted by the browser; or one of them, large."""

from pathlib import Path
from typing import Any

import streamlit as st

from charrnn.runs.store.presenter import MAX_MOMENTS
from charrnn.runs.store.room_records import Moment, Tile, Wall
from charrnn.ui import services
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import wording
from charrnn.ui.shared.room import presence

SORT, LARGE = "wall_sort", "wall_large"
SORTS = {"loss": "Loss", "name": "Name", "speed": "Speed"}
KEEP = "Keep this moment"
MAX_SAMPLE = 600  # characters of a sample on the large tile
MAX_SMALL_SAMPLE = 160
BELOW_MOMENT = 256  # pixels of the screen for what stands below a moment
SETTINGS = ("hidden_size", "seq_length", "learning_rate")  # on the large tile

_tiles = st.components.v2.component(
    "charrnn_tiles",
    html='<div class="tiles"></div>',
    js=Path(__file__).with_name("tiles.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def draw(wall: Wall, *, presents: bool) -> None:
    """Draw the tiles. presents: whether the visitor is the presenter."""
    if not wall.tiles:
        st.markdown("Nobody has joined yet: show the view **Join**.")
        return
    keys = {tile.member.key: tile for tile in wall.tiles}
    large = keys.get(st.session_state.get(LARGE, ""))
    with st.container(key="wall_options"):  # also if it is empty: nothing below it may move
        if large:
            _draw_buttons(wall, large, presents)
    shown = [large] if large else in_order(wall, st.session_state.get(SORT) or "loss")
    lowest = min((bits for tile in wall.tiles for _, bits, _ in tile.curve), default=0.0)
    _tiles(
        key="tiles",
        data={
            "tiles": [_data(tile, wall, large=large is not None) for tile in shown],
            "large": large is not None,
            "closes": large is not None,  # with Escape
            **_ends([lowest, highest_start(wall.tiles)]),
            "last": max((tile.run.iteration for tile in wall.tiles if tile.run), default=1),
        },
        on_chosen_change=_choose,
    )


def draw_sorts() -> None:
    """Draw the choice in which order the tiles stand."""
    st.segmented_control(
        "Sort by",
        list(SORTS),
        format_func=SORTS.__getitem__,
        default="loss",
        required=True,
        key=SORT,
        persist_state="session",
        label_visibility="collapsed",
    )


def _draw_buttons(wall: Wall, large: Tile, presents: bool) -> None:
    with st.container(horizontal=True):
        st.button("All tiles", icon=":material/grid_view:", on_click=_show_all)
        if presents and large.run and large.run.iteration:  # there is something to keep
            st.button(KEEP, icon=":material/bookmark_add:", on_click=_keep, args=(wall, large))


def draw_moment(moment: Moment, who: str, place: str) -> None:
    """Draw a moment that was kept, as large as a tile can be. place: in the order, in words."""
    _tiles(
        key="moment",
        data={
            "tiles": [
                {
                    "key": str(moment.number),
                    "name": who,
                    "bits": "",
                    "state": f"{moment.caption} · {place}",
                    "trains": True,
                    "iteration": "",
                    "settings": "",
                    "sample": moment.sample[:MAX_SAMPLE],
                    "curve": moment.curve,
                }
            ],
            "large": True,
            "below": BELOW_MOMENT,
            **_ends([bits for _, bits in moment.curve]),
            "last": max((n for n, _ in moment.curve), default=1),
        },
    )


def _ends(losses: list[float]) -> dict[str, float]:
    """Where the curves begin at the top and end at the bottom, with a margin of a tenth."""
    low, high = min(losses, default=0.0), max(losses, default=1.0)
    margin = (high - low) / 10 or 0.1
    return {"top": high + margin, "bottom": low - margin}


def highest_start(tiles: list[Tile]) -> float:
    """The highest loss before training: a curve that leaves it upward would squeeze all others."""
    starts = (tile.curve[0] for tile in tiles if tile.curve)
    return max((bits for iteration, bits, _ in starts if iteration == 0), default=1.0)


def in_order(wall: Wall, by: str) -> list[Tile]:
    """The tiles by loss, name or speed; those without a run last."""

    def place(tile: Tile) -> tuple[Any, ...]:
        run, bits = tile.run, tile.bits
        if by == "name":
            hidden = wall.room.names_hidden
            return (tile.member.number if hidden else tile.member.nickname.casefold(),)
        if run is None or bits is None:
            return (1, 0.0, tile.member.number)
        value = bits if by == "loss" else -run.characters_per_second
        return (0, value, tile.member.number)

    return sorted(wall.tiles, key=place)


def name(tile: Tile, wall: Wall) -> str:
    """What the wall calls a member."""
    return str(tile.member.number) if wall.room.names_hidden else tile.member.nickname


def state(tile: Tile) -> str:
    """What a member's run is doing, in a few words."""
    run = tile.run
    if run is None:
        return "no run yet"
    position = services.supervisor().queue_position(run.id)
    if run.status == "failed":
        return "diverged" if run.failure else "failed"
    if position and run.active and not run.leased:
        return f"queued: position {position}"
    if run.iteration >= run.iterations:
        return "done"
    if not run.active:
        return "paused"
    speed = run.characters_per_second
    return f"{speed:,.0f} characters/s" if run.leased and speed else "starting"


def _data(tile: Tile, wall: Wall, *, large: bool) -> dict[str, Any]:
    run = tile.run
    most = MAX_SAMPLE if large else MAX_SMALL_SAMPLE
    settings, label = "", run.experiment.label if run and run.experiment else ""
    if run and large:
        settings = wording.values_in_words(run.config, list(SETTINGS))
    return {
        "key": tile.member.key,
        "name": name(tile, wall),
        "bits": f"{tile.bits:.2f}" if tile.bits is not None else "–",
        "state": " · ".join(filter(None, [label, state(tile)])),
        "trains": bool(run and run.active),
        "iteration": f"{run.iteration:,}" if run else "",
        "settings": settings,
        "sample": tile.sample[1][:most] if tile.sample else "",
        "curve": [[n, round(bits, 3)] for n, bits, _ in tile.curve],
    }


def _choose() -> None:
    """Show the tile that was clicked, or all again after Escape."""
    st.session_state[LARGE] = st.session_state["tiles"]["chosen"] or ""


def _show_all() -> None:
    st.session_state[LARGE] = ""


@shows_errors()
def _keep(wall: Wall, tile: Tile) -> None:
    if presence.presenter(wall.room).keep(tile):
        st.toast("Kept: it is in the view Moments.")
    else:
        st.toast(
            f"Not kept: the view Moments has {MAX_MOMENTS} already. Discard one of them there to "
            "keep another.",
            icon=":material/bookmark_remove:",
        )

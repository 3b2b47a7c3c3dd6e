"""The wall as a file: one HTML page that loads nothing from anywhere, or a table as CSV."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

import pandas as pd
import streamlit as st

from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.records import Run
from charrnn.runs.store.room_records import Room, Tile, Wall
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import services
from charrnn.ui.room.tiles import in_order, name
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.formatting import people_in_words

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif; }
body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
article { padding: 0.8rem 1rem; border: 1px solid #8886; border-radius: 0.6rem; }
h2 { display: flex; justify-content: space-between; margin: 0; font-size: 1.2rem; }
svg { width: 100%; height: 6rem; fill: none; stroke: #ad4e1b; stroke-width: 2; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
p { margin: 0; opacity: 0.75; font-size: 0.85rem; }
"""
WIDTH, HEIGHT = 100, 40  # of a curve, in units of its own
_SETTINGS = ("hidden_size", "seq_length", "learning_rate", "streams", "seed")


def draw_buttons(room: Room) -> None:
    """Two buttons that save the wall as it is when they are pressed."""
    _button("HTML", room, as_html, "text/html")
    _button("CSV", room, as_csv, "text/csv")


def _button(kind: str, room: Room, make: Callable[[Wall], bytes], mime: str) -> None:
    st.download_button(
        f"Wall as {kind}",
        lambda: make(services.store().walls.read(room.id)),
        file_name=f"wall-{room.code}.{kind.lower()}",
        mime=mime,
        key=f"save_wall_{kind}",
        icon=":material/download:",
        on_click="ignore",
    )


def as_html(wall: Wall) -> bytes:
    """The wall as one HTML page, the lowest loss first. Everything in it is escaped."""
    saved, room = _in_words(wall.read_at), wall.room
    when, note = saved, ""
    if not room.is_open:
        when = f"closed {_in_words(room.ends_at - room.clock_difference)}"
        note = (
            "<p>Runs that trained on after the room was closed are shown as they were when this "
            f"page was saved: {saved}.</p>"
        )
    title = f"Room {room.code}, {when}"
    tiles = "\n".join(_article(tile, wall) for tile in in_order(wall, "loss"))
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{title}</h1><p>{people_in_words(len(wall.tiles))}"
        f" · bits per character, the lowest first</p>{note}\n"
        f"<main>\n{tiles}\n</main></body></html>\n"
    )
    return page.encode(errors="replace")


def _in_words(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _article(tile: Tile, wall: Wall) -> str:
    head = f"<bdi>{escape(name(tile, wall))}</bdi>"
    if tile.run is None:
        return f"<article><h2>{head}</h2><p>no run</p></article>"
    text = escape(text_name(tile.run, wall.room))
    settings = ", ".join(f"{each} {getattr(tile.run.config, each)}" for each in _SETTINGS)
    curve = [(n, bits) for n, bits, _ in tile.curve]
    sample = escape(tile.sample[1]) if tile.sample else ""
    return (
        f"<article><h2>{head}<span>{tile.bits:.3f}</span></h2>{_svg(curve)}"
        f"<pre>{sample}</pre><p><bdi>{text}</bdi>, iteration {tile.run.iteration:,}, {settings}"
        "</p></article>"
    )


def text_name(run: Run, room: Room) -> str:
    """What the presenter calls the text of a run; a text that is not theirs to see has no name."""
    title = library_titles().get(run.sha256)
    if title is not None:
        return title
    if run.sha256 == room.start.sha256:
        return room.start.text_name
    try:
        return Workspace(services.store(), room.presenter).own_text(run.sha256)
    except KeyError:
        return "a text of their own"


def _svg(curve: list[tuple[int, float]]) -> str:
    """A curve as SVG, from its highest point at the top to 0 bits at the bottom."""
    last = max((n for n, _ in curve), default=0) or 1
    top = max((bits for _, bits in curve), default=0.0) or 1.0
    points = " ".join(
        f"{WIDTH * n / last:.2f},{HEIGHT * (1 - bits / top):.2f}" for n, bits in curve
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<polyline points="{points}" vector-effect="non-scaling-stroke"/></svg>'
    )


def as_csv(wall: Wall) -> bytes:
    """One row per person, the lowest loss first; nothing in it is a formula."""
    rows = []
    for tile in in_order(wall, "loss"):
        row: dict[str, object] = {"who": name(tile, wall)}
        if run := tile.run:
            row["text"] = text_name(run, wall.room)
            row |= {each: getattr(run.config, each) for each in _SETTINGS}
            row |= {
                "bits per character": tile.bits,
                "iteration": run.iteration,
                "seconds": run.seconds,
                "characters/s": run.characters_per_second,
                "sample": tile.sample[1] if tile.sample else "",
            }
        rows.append(row)
    return tables.as_csv(pd.DataFrame(rows))

"""The view "Curves": the losses of all people in one chart, against the baselines of their text."""

from contextlib import suppress
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from charrnn.engine.analysis.baselines import BASELINE_LABELS
from charrnn.runs.errors import TextNotFound
from charrnn.runs.store.room_records import Tile, Wall
from charrnn.ui import services
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.room.tiles import highest_start, name
from charrnn.ui.shared.charts.specs import SHORT_NUMBERS, compiled, doubled, themed
from charrnn.ui.style import ACCENT, HELD_OUT, LIGHT, MUTED

FONT_SIZE = 20  # pixels: for a projector
NUMBERS = ["iteration", "bits", "height"]
PAPER = LIGHT.paper


def draw(wall: Wall) -> None:
    """Draw the chart, and say how far apart the curves are."""
    trained = [tile for tile in wall.tiles if tile.run and tile.run.iteration]
    if not trained:
        st.markdown("No curves yet: nobody has trained in the room.")
        return
    with st.container(key="wall_chart"):
        st.vega_lite_chart(
            curve_rows(wall, trained),
            curve_spec(),
            key="wall_curves",
            alt="The loss of everybody's run; the tiles have the numbers",
            height="stretch",
        )
    sentences = [spread(trained)]
    if len(trained) > 1:
        who = escape_markdown(name(_lowest(trained), wall))
        hidden = "number " if wall.room.names_hidden else ""
        sentences.append(f"The thick curve is the one that ends lowest: **{hidden}{who}**.")
    if len(_texts(trained)) > 1:
        sentences.append("The runs learn different texts, so no baselines are drawn.")
    st.markdown(" ".join(sentences))


def curve_rows(wall: Wall, tiles: list[Tile]) -> pd.DataFrame:
    """One row per point of each curve and per baseline, and two invisible corners.

    tiles: those with a run. The curve that ends lowest is drawn thick, over the others. What lies
    above the corners, as when training diverges, is drawn at the upper edge.
    """
    longest = max(tile.run.iteration for tile in tiles if tile.run)
    end, lowest = doubled(100, longest), _lowest(tiles)
    rows: list[tuple[str, str, str, float, float]] = [
        ("lowest" if tile is lowest else "curve", tile.member.key, name(tile, wall), n, bits)
        for tile in tiles
        for n, bits, _ in tile.curve
    ]
    baselines = _baselines(tiles)
    bottom = min([*(row[-1] for row in rows), *baselines.values()]) - 0.2
    top = max([highest_start(tiles), *baselines.values()]) + 0.1
    rows += [("baseline", key, BASELINE_LABELS[key], end, each) for key, each in baselines.items()]
    rows += [("corner", "", "", 0, max(0.0, bottom)), ("corner", "", "", end, top)]
    frame = pd.DataFrame(rows, columns=["kind", "key", "name", *NUMBERS[:2]])
    frame["height"] = frame["bits"].clip(upper=top)
    return frame.astype(dict.fromkeys(NUMBERS, "float32"))


def _lowest(tiles: list[Tile]) -> Tile:
    return min(tiles, key=lambda tile: tile.curve[-1][1])


def _baselines(tiles: list[Tile]) -> dict[str, float]:
    """Those of the text that all runs learn; none if they learn several."""
    texts = _texts(tiles)
    with suppress(TextNotFound):
        if len(texts) == 1:
            return services.corpus(texts.pop()).baselines._asdict()
    return {}


def _texts(tiles: list[Tile]) -> set[str]:
    return {tile.run.sha256 for tile in tiles if tile.run}


@themed
def curve_spec() -> dict[str, Any]:
    """The Vega-Lite specification, without data: lines for people, rules for baselines."""
    text: dict[str, Any] = {"labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE}
    base = alt.Chart(alt.NamedData("source")).encode(
        x=alt.X(
            "iteration:Q",
            scale=alt.Scale(nice=False),
            axis=alt.Axis(labelExpr=SHORT_NUMBERS, tickCount=6, grid=False, **text),
        ),
        y=alt.Y(
            "height:Q",
            title="bits per character",
            scale=alt.Scale(nice=False, zero=False),
            axis=alt.Axis(tickCount=6, **text),
        ),
    )
    baselines = base.transform_filter(alt.datum.kind == "baseline")
    lines = base.transform_filter(
        alt.FieldOneOfPredicate(field="kind", oneOf=["curve", "lowest"])
    ).encode(detail="key:N")
    layers = [
        base.transform_filter(alt.datum.kind == "corner").mark_point(
            opacity=0, tooltip=None, color=MUTED
        ),
        baselines.mark_rule(strokeDash=[2, 4], color=MUTED, tooltip=None).encode(
            x=alt.value(0), x2=alt.value("width")
        ),
        lines.transform_filter(alt.datum.kind == "curve").mark_line(
            strokeWidth=2, opacity=0.6, color=HELD_OUT, tooltip=None
        ),
        lines.transform_filter(alt.datum.kind == "lowest").mark_line(
            strokeWidth=4, color=ACCENT, tooltip=None
        ),
        *_labels(baselines),
        _nearest_point(lines),
    ]
    return compiled(alt.layer(*layers))


def _labels(baselines: alt.Chart) -> list[alt.Chart]:
    """The names of the baselines, twice: they can be read where curves pass behind them."""
    label: dict[str, Any] = {"align": "right", "dx": -6, "dy": -11, "fontSize": FONT_SIZE}
    label |= {"font": "serif", "fontStyle": "italic", "tooltip": None}
    placed = baselines.encode(x=alt.value("width"), text="name:N")
    return [
        placed.mark_text(**label, color=PAPER, stroke=PAPER, strokeWidth=6),
        placed.mark_text(**label, color=MUTED),
    ]


def _nearest_point(lines: alt.Chart) -> alt.Chart:
    """The point of a curve that is nearest to the mouse, with whose it is and its figures."""
    nearest = alt.selection_point(
        name="nearest", on="pointermove", nearest=True, fields=["key", "iteration"], empty=False
    )
    point = lines.mark_point(filled=True, size=110, color=ACCENT).encode(
        opacity=alt.condition(nearest, alt.value(1), alt.value(0)),
        tooltip=[
            alt.Tooltip("name:N", title="who"),
            alt.Tooltip("bits:Q", title="bits per character", format=".3f"),
            alt.Tooltip("iteration:Q", format=","),
        ],
    )
    return point.add_params(nearest)


def spread(tiles: list[Tile]) -> str:
    """How far the best and the last are apart, in one sentence; another for those that diverged."""
    losses = [tile.bits or 0.0 for tile in tiles if tile.run and not tile.run.failure]
    words = "One run" if len(losses) == 1 else f"{len(losses)} runs"
    sentence = f"{words}, now at {_range(losses)} bits per character." if losses else ""
    diverged = len(tiles) - len(losses)
    more = "One run has" if diverged == 1 else f"{diverged} runs have"
    return " ".join(filter(None, [sentence, f"{more} diverged." if diverged else ""]))


def _range(bits: list[float]) -> str:
    low, high = f"{min(bits):.2f}", f"{max(bits):.2f}"
    return f"**{low}**" if low == high else f"**{low}** to **{high}**"

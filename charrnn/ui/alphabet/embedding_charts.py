"""Charts of embeddings: the map, nearest neighbors and heat map. They return specifications."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from charrnn.engine.analysis import character_info
from charrnn.ui.alphabet.character_charts import (
    CHARACTER_TOOLTIP,
    ROW_PIXELS,
    SOURCE,
    character_labels,
    row_axis,
    value_labels,
)
from charrnn.ui.direction import isolated
from charrnn.ui.shared.charts.specs import compiled, themed, zoom_and_pan
from charrnn.ui.style import ACCENT, HELD_OUT, MUTED

MAX_UNITS = 64  # hidden units in the heat map: those that differ most
MAX_LABELS = 120  # on the map; the other characters are points
MAP_WIDTH, MAP_HEIGHT = 640, 430  # pixels; the page decides the width, this is typical
MIN_LABEL_DISTANCE = 10  # pixels; labels that are closer cannot be read

KIND_COLORS = {  # legible on both backgrounds
    "vowel": ACCENT,
    "letter": HELD_OUT,
    "capital": "#7C6BB8",
    "digit": "#4C9A5B",
    "mark": "#B5578F",
    "space": "#B08A1E",
    "sign": MUTED,
}
assert tuple(KIND_COLORS) == character_info.KINDS

# Blue below zero, the accent color above. Values near zero are almost transparent, so that the
# chart suits the light and the dark theme.
DIVERGING = ["rgba(47,127,159,1)", "rgba(143,134,122,0.06)", "rgba(196,98,45,1)"]


def map_rows(
    table: pd.DataFrame, ids: np.ndarray, points: np.ndarray, kinds: list[str], inspected: int
) -> pd.DataFrame:
    """One row per character, and two invisible corners that leave room at the edges.

    ids: indices of the characters, (n,); points: (n, 2). Where labels overlap, the inspected
    character keeps its label, or else the most frequent one; the others are drawn as points.
    """
    rows = table.iloc[ids][["index", "character", "name", "count"]].copy()
    rows["x"], rows["y"] = points.T.astype("float32")
    rows["kind"] = kinds
    rows["inspected"] = ids == inspected
    low, high = points.min(axis=0), points.max(axis=0)
    extent = np.maximum(high - low, 1e-6)
    pixels = (points - low) / extent * (MAP_WIDTH, MAP_HEIGHT)
    priority = np.lexsort((-rows["count"].to_numpy(), ids != inspected))
    labeled = set(_without_overlap(pixels, priority[:MAX_LABELS]))
    rows["layer"] = ["label" if i in labeled else "point" for i in range(len(ids))]
    edges = np.array([low - 0.06 * extent, high + 0.06 * extent])
    corners = pd.DataFrame({"x": edges[:, 0], "y": edges[:, 1], "layer": "corner"})
    return pd.concat([rows, corners], ignore_index=True)


def _without_overlap(pixels: np.ndarray, priority: np.ndarray) -> list[int]:
    """The labels, in order of priority, that do not overlap one already kept. pixels: (n, 2)."""
    kept: list[int] = []
    for i in priority:
        if not kept or np.abs(pixels[kept] - pixels[i]).max(axis=1).min() > MIN_LABEL_DISTANCE:
            kept.append(int(i))
    return kept


@themed
def map_spec(kinds: tuple[str, ...]) -> dict[str, Any]:
    """The embedding map. kinds: the kinds of character that occur, in the order of the legend."""
    axis = alt.Axis(labels=False, ticks=False, domain=False, grid=False, title=None)
    x = alt.X("x:Q", axis=axis, scale=alt.Scale(nice=False, zero=False))
    y = alt.Y("y:Q", axis=axis, scale=alt.Scale(nice=False, zero=False))
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(kinds), range=[KIND_COLORS[kind] for kind in kinds]),
        legend=alt.Legend(orient="bottom", title=None, columns=4, symbolOpacity=1),
    )
    base = alt.Chart(SOURCE).encode(x=x, y=y)
    tooltip = [*CHARACTER_TOOLTIP, alt.Tooltip("kind:N"), alt.Tooltip("count:Q", format=",")]
    pick = alt.selection_point(name="pick", fields=["index"], on="click", nearest=True)

    def of_layer(layer: str) -> alt.Chart:
        return base.transform_filter(alt.datum.layer == layer)

    layers = [
        of_layer("corner").mark_point(opacity=0, tooltip=None).add_params(zoom_and_pan()),
        of_layer("point").mark_circle(size=18, opacity=0.5).encode(color=color, tooltip=tooltip),
        base.transform_filter("datum.inspected").mark_point(
            size=560, color=ACCENT, strokeWidth=1.6, shape="circle"
        ),
        of_layer("label")
        .mark_text(fontSize=15, fontWeight=600)
        .encode(color=color, text="character:N", tooltip=tooltip),
        # An invisible point for every character, labeled or not: a click picks the nearest.
        base.transform_filter("datum.layer != 'corner'")
        .mark_circle(size=160, opacity=0)
        .encode(tooltip=tooltip)
        .add_params(pick),
    ]
    return compiled(alt.layer(*layers).properties(height=MAP_HEIGHT))


def neighbor_rows(table: pd.DataFrame, ids: np.ndarray, cosines: np.ndarray) -> pd.DataFrame:
    """One row per neighbor. ids: indices of the characters, nearest first; cosines: (n,) both."""
    rows = table.iloc[ids][["index", "character", "name", "count"]].copy()
    rows["row"] = np.arange(len(ids), dtype="int32")
    rows["cosine"] = cosines.astype("float32")
    rows["value_label"] = [f"{cosine:.2f}".replace("-", "−") for cosine in cosines]
    return rows


@themed
def neighbor_spec(n: int) -> dict[str, Any]:
    """Bars for the cosine similarity of n neighbors."""
    base = alt.Chart(SOURCE).encode(y=row_axis(n))
    x = alt.X(
        "cosine:Q",
        scale=alt.Scale(domain=[0, 1], clamp=True, nice=False),
        axis=alt.Axis(values=[0, 0.5, 1], grid=False, title="cosine similarity of embeddings"),
    )
    tooltip = [*CHARACTER_TOOLTIP, alt.Tooltip("cosine:Q", format=".3f")]
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=2).encode(x=x, tooltip=tooltip)
    layers = [bars, value_labels(base, x), character_labels(base)]
    return compiled(alt.layer(*layers).properties(height=(ROW_PIXELS + 6) * n))


def embedding_rows(table: pd.DataFrame, ids: np.ndarray, embeddings: np.ndarray) -> pd.DataFrame:
    """One row per cell. ids: the characters from top to bottom, (n,); embeddings: (V, H)."""
    chosen = embeddings[ids]
    units = np.sort(np.argsort(-chosen.std(axis=0), kind="stable")[:MAX_UNITS])
    values = chosen[:, units]
    n, h = values.shape
    # A few weights are far larger than the rest: on a scale up to them, nothing else would show.
    full_shade = max(float(np.quantile(np.abs(values), 0.98)), 1e-12)
    symbols, names = table["character"].to_numpy()[ids], table["name"].to_numpy()[ids]
    titles = [f"{isolated(c)} {name}" for c, name in zip(symbols, names, strict=True)]
    characters = np.full((n, h), "", dtype=object)
    characters[:, 0] = symbols
    return pd.DataFrame(
        {
            "row": np.repeat(np.arange(n, dtype="int32"), h),
            "column": np.tile(np.arange(h, dtype="int32"), n),
            "character": characters.ravel(),
            # Always from -1 to 1, so that the specification is the same for every snapshot.
            "shade": (values / full_shade).clip(-1, 1).ravel().astype("float32"),
            # Built here: the browser would take longer to build so many than to draw the chart.
            "tip": [
                f"{title}, hidden unit {unit}: {weight:+.4f}"
                for title, weights in zip(titles, values.tolist(), strict=True)
                for unit, weight in zip(units.tolist(), weights, strict=True)
            ],
        }
    )


@themed
def embedding_spec(n: int, h: int) -> dict[str, Any]:
    """The heat map of n characters and h hidden units."""
    base = alt.Chart(SOURCE).encode(y=row_axis(n))
    axis = alt.Axis(labels=False, ticks=False, domain=False, title="hidden units")
    x = alt.X("column:O", axis=axis, scale=alt.Scale(domain=list(range(h)), padding=0))
    color = alt.Color(
        "shade:Q", legend=None, scale=alt.Scale(domain=[-1, 0, 1], range=DIVERGING, clamp=True)
    )
    cells = base.mark_rect().encode(x=x, color=color, tooltip="tip:N")
    labels = character_labels(base.transform_filter("datum.column == 0"), tooltip="character:N")
    return compiled(alt.layer(cells, labels).properties(height=ROW_PIXELS * n))

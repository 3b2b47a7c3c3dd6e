"""The charts of the page /alphabet: rows in, specification out. Nothing here displays.

Characters stand one under the other in every chart with many of them, so that their symbols
never run into each other, however narrow the page.
"""

from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from charrnn.engine import alphabet
from charrnn.ui.charts import zoom_and_pan
from charrnn.ui.style import ACCENT, HELD_OUT, QUIET

MAX_BARS = 150
MAX_UNITS = 64  # hidden units in the heat map: those that differ most
MAX_LABELS = 120  # on the map; the others are points
ROW_PIXELS = 18  # room for the marks above and below a letter of LABEL_PIXELS
LABEL_PIXELS = 13
MAP_WIDTH, MAP_HEIGHT = 640, 430  # the width is what the page gives; about so much
CROWDED_PIXELS = 10  # labels nearer than so cannot be read

KIND_COLOURS = {  # legible on both backgrounds
    "vowel": ACCENT,
    "letter": HELD_OUT,
    "capital": "#7C6BB8",
    "digit": "#4C9A5B",
    "mark": "#B5578F",
    "space": "#B08A1E",
    "sign": QUIET,
}
assert tuple(KIND_COLOURS) == alphabet.KINDS

# Less than nothing is blue, more is the accent; what is near nothing lets the page through, so
# that it reads in the light and in the dark.
DIVERGING = ["rgba(47,127,159,1)", "rgba(143,134,122,0.06)", "rgba(196,98,45,1)"]

SOURCE = alt.NamedData("source")
CHARACTER_TOOLTIP = [
    alt.Tooltip("character:N"),
    alt.Tooltip("name:N"),
    alt.Tooltip("index:Q", format=","),
]


def _compiled(chart: alt.TopLevelMixin) -> dict:
    spec = chart.to_dict()
    for dropped in ("data", "config", "$schema", "datasets"):
        spec.pop(dropped, None)
    return spec


def _rows_of(n: int) -> alt.Y:
    scale = alt.Scale(domain=list(range(n)), paddingInner=0.2)
    return alt.Y("slot:O", axis=None, scale=scale)


def _labels(base: alt.Chart, tooltip: list[alt.Tooltip] | str = CHARACTER_TOOLTIP) -> alt.Chart:
    """The symbols of the characters, left of their rows."""
    mark = base.mark_text(
        align="right", baseline="middle", dx=-6, fontSize=LABEL_PIXELS, color=QUIET
    )
    return mark.encode(x=alt.value(0), text="character:N", tooltip=tooltip)


def _said(base: alt.Chart, x: alt.X | dict) -> alt.Chart:
    """The figures at the right, without a tooltip: the bars have it."""
    mark = base.mark_text(align="left", dx=5, fontSize=10.5, color=QUIET)
    return mark.encode(x=x, text="said:N", tooltip=alt.value(None))


# How often


def frequency_rows(table: pd.DataFrame, shown: np.ndarray) -> pd.DataFrame:
    """One row a character; shown: their indices, the most frequent first."""
    rows = table.iloc[shown].copy()
    rows["slot"] = np.arange(len(shown), dtype="int32")
    rows["said"] = [f"{n:,}" for n in rows["count"]]
    rows["rare"] = np.where(rows["rare"] != "", "yes", "no")
    return rows


@cache
def frequency_spec(n: int) -> dict:
    base = alt.Chart(SOURCE).encode(y=_rows_of(n))
    tooltip = [
        *CHARACTER_TOOLTIP,
        alt.Tooltip("count:Q", title="occurs", format=","),
        alt.Tooltip("share:Q", format=".3%"),
        alt.Tooltip("rare:N"),
    ]
    x = alt.X("count:Q", axis=None)
    colour = alt.condition("datum.rare == 'yes'", alt.value(HELD_OUT), alt.value(ACCENT))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(x=x, color=colour, tooltip=tooltip)
    chart = alt.layer(bars, _said(base, x), _labels(base)).properties(height=ROW_PIXELS * n)
    return _compiled(chart)


# The map


def map_rows(
    table: pd.DataFrame, shown: np.ndarray, points: np.ndarray, kinds: list[str], seen: int
) -> pd.DataFrame:
    """One row a character, and two invisible corners that leave room at the edges.

    Of labels that lie on one another the most frequent is kept; the others are points.
    """
    rows = table.iloc[shown][["index", "character", "name", "count"]].copy()
    rows["x"], rows["y"] = points.T.astype("float32")
    rows["kind"] = kinds
    rows["seen"] = shown == seen
    low, high = points.min(axis=0), points.max(axis=0)
    extent = np.maximum(high - low, 1e-6)
    pixels = (points - low) / extent * (MAP_WIDTH, MAP_HEIGHT)
    first = np.lexsort((-rows["count"].to_numpy(), shown != seen))
    labelled = set(_legible(pixels, first[:MAX_LABELS]))
    rows["layer"] = ["label" if i in labelled else "point" for i in range(len(shown))]
    edges = np.array([low - 0.06 * extent, high + 0.06 * extent])
    corners = pd.DataFrame({"x": edges[:, 0], "y": edges[:, 1], "layer": "corner"})
    return pd.concat([rows, corners], ignore_index=True)


def _legible(pixels: np.ndarray, order: np.ndarray) -> list[int]:
    """Those, from the first to the last, that come too near to none before. pixels: (n, 2)."""
    kept: list[int] = []
    for i in order:
        if not kept or np.abs(pixels[kept] - pixels[i]).max(axis=1).min() > CROWDED_PIXELS:
            kept.append(int(i))
    return kept


@cache
def map_spec(kinds: tuple[str, ...]) -> dict:
    """kinds: those that occur, in the order of the legend."""
    axis = alt.Axis(labels=False, ticks=False, domain=False, grid=False, title=None)
    x = alt.X("x:Q", axis=axis, scale=alt.Scale(nice=False, zero=False))
    y = alt.Y("y:Q", axis=axis, scale=alt.Scale(nice=False, zero=False))
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(kinds), range=[KIND_COLOURS[kind] for kind in kinds]),
        legend=alt.Legend(orient="bottom", title=None, columns=4, symbolOpacity=1),
    )
    base = alt.Chart(SOURCE).encode(x=x, y=y)
    tooltip = [*CHARACTER_TOOLTIP, alt.Tooltip("kind:N"), alt.Tooltip("count:Q", format=",")]
    zoom = zoom_and_pan()
    pick = alt.selection_point(name="pick", fields=["index"], on="click", nearest=True)

    def of(layer: str) -> alt.Chart:
        return base.transform_filter(alt.datum.layer == layer)

    layers = [
        of("corner").mark_point(opacity=0, tooltip=None).add_params(zoom),
        of("point").mark_circle(size=18, opacity=0.5).encode(color=colour, tooltip=tooltip),
        base.transform_filter("datum.seen").mark_point(
            size=560, color=ACCENT, strokeWidth=1.6, shape="circle"
        ),
        of("label")
        .mark_text(fontSize=15, fontWeight=600)
        .encode(color=colour, text="character:N", tooltip=tooltip),
        # What a click takes: every character, labelled or not, by the point nearest to it.
        base.transform_filter("datum.layer != 'corner'")
        .mark_circle(size=160, opacity=0)
        .encode(tooltip=tooltip)
        .add_params(pick),
    ]
    return _compiled(alt.layer(*layers).properties(height=MAP_HEIGHT))


# The neighbours


def neighbour_rows(table: pd.DataFrame, ids: np.ndarray, cosines: np.ndarray) -> pd.DataFrame:
    rows = table.iloc[ids][["index", "character", "name", "count"]].copy()
    rows["slot"] = np.arange(len(ids), dtype="int32")
    rows["likeness"] = cosines.astype("float32")
    rows["said"] = [f"{cosine:.2f}".replace("-", "−") for cosine in cosines]
    return rows


@cache
def neighbour_spec(n: int) -> dict:
    base = alt.Chart(SOURCE).encode(y=_rows_of(n))
    x = alt.X(
        "likeness:Q",
        scale=alt.Scale(domain=[0, 1], clamp=True, nice=False),
        axis=alt.Axis(values=[0, 0.5, 1], grid=False, title="likeness of the columns (cosine)"),
    )
    tooltip = [*CHARACTER_TOOLTIP, alt.Tooltip("likeness:Q", format=".3f")]
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=2).encode(x=x, tooltip=tooltip)
    return _compiled(
        alt.layer(bars, _said(base, x), _labels(base)).properties(height=(ROW_PIXELS + 6) * n)
    )


# The columns


def column_rows(table: pd.DataFrame, order: np.ndarray, columns: np.ndarray) -> pd.DataFrame:
    """One row a cell. order: the characters from top to bottom; columns: all of them, (V, H)."""
    chosen = columns[order]
    units = np.sort(np.argsort(-chosen.std(axis=0), kind="stable")[:MAX_UNITS])
    values = chosen[:, units]
    n, h = values.shape
    # A few weights are far larger than the rest; at their full length nothing else would show.
    strong = max(float(np.quantile(np.abs(values), 0.98)), 1e-12)
    symbols, names = table["character"].to_numpy()[order], table["name"].to_numpy()[order]
    called = [f"{c} {name}" for c, name in zip(symbols, names, strict=True)]
    characters = np.full((n, h), "", dtype=object)
    characters[:, 0] = symbols
    return pd.DataFrame(
        {
            "slot": np.repeat(np.arange(n, dtype="int32"), h),
            "column": np.tile(np.arange(h, dtype="int32"), n),
            "character": characters.ravel(),
            # From -1 to 1 at every moment, so that the specification stays the same.
            "shade": (values / strong).clip(-1, 1).ravel().astype("float32"),
            # Ready-made: the browser would take longer to put so many together than to draw them.
            "tip": [
                f"{who}, hidden unit {unit}: {weight:+.4f}"
                for who, weights in zip(called, values.tolist(), strict=True)
                for unit, weight in zip(units.tolist(), weights, strict=True)
            ],
        }
    )


@cache
def column_spec(n: int, h: int) -> dict:
    """n characters, and h of their hidden units."""
    base = alt.Chart(SOURCE).encode(y=_rows_of(n))
    axis = alt.Axis(labels=False, ticks=False, domain=False, title="hidden units")
    x = alt.X("column:O", axis=axis, scale=alt.Scale(domain=list(range(h)), padding=0))
    colour = alt.Color(
        "shade:Q", legend=None, scale=alt.Scale(domain=[-1, 0, 1], range=DIVERGING, clamp=True)
    )
    cells = base.mark_rect().encode(x=x, color=colour, tooltip="tip:N")
    labels = _labels(base.transform_filter("datum.column == 0"), tooltip="character:N")
    return _compiled(alt.layer(cells, labels).properties(height=ROW_PIXELS * n))


# The surprise


def surprise_rows(
    table: pd.DataFrame, order: np.ndarray, nats: np.ndarray, places: np.ndarray
) -> pd.DataFrame:
    """One row a character: bits that it costs when it comes next, and by its frequency alone."""
    rows = table.iloc[order][["index", "character", "name", "count", "share"]].copy()
    seen = places[order]
    rows["slot"] = np.arange(len(order), dtype="int32")
    rows["places"] = seen
    rows["bits"] = np.where(seen > 0, nats[order] / np.maximum(seen, 1) / np.log(2), np.nan)
    rows["by_frequency"] = -np.log2(rows["share"])
    rows["said"] = [
        f"{b:.1f}" if n else "not read" for b, n in zip(rows["bits"], seen, strict=True)
    ]
    return rows


@cache
def surprise_spec(n: int) -> dict:
    base = alt.Chart(SOURCE).encode(y=_rows_of(n))
    tooltip = [
        *CHARACTER_TOOLTIP,
        alt.Tooltip("bits:Q", title="bits when it comes next", format=".2f"),
        alt.Tooltip("by_frequency:Q", title="bits by its frequency alone", format=".2f"),
        alt.Tooltip("count:Q", title="occurs", format=","),
        alt.Tooltip("places:Q", title="measured at so many places", format=","),
    ]
    axis = alt.Axis(tickCount=5, grid=False, title="bits of surprise when it comes next")
    x = alt.X("bits:Q", axis=axis, scale=alt.Scale(nice=False))
    bars = base.mark_bar(color=ACCENT, opacity=0.85, cornerRadiusEnd=2)
    ticks = base.mark_tick(color=HELD_OUT, thickness=2.5, size=ROW_PIXELS)
    layers = [
        bars.encode(x=x, tooltip=tooltip),
        ticks.encode(x=alt.X("by_frequency:Q", axis=axis), tooltip=tooltip),
        _said(base, alt.value("width")),
        _labels(base),
    ]
    return _compiled(alt.layer(*layers).properties(height=ROW_PIXELS * n))

"""Pictures that several views draw: a colored text, a ranking, a heat map of all units."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from charrnn.engine.vocabulary import Vocabulary
from charrnn.ui.inside import components
from charrnn.ui.style import is_dark

_colors = components.component("colors")
_ranking = components.component("ranking")
_heatmap = components.component("heatmap")

HINT = "Point at a character to see its number."


class Row(NamedTuple):
    """One row of a ranking."""

    id: int
    label: str
    value: float  # the length of the bar, and its direction
    text: str  # the value in words
    chosen: bool = False


def colored_text(
    vocabulary: Vocabulary,
    ids: np.ndarray,
    values: np.ndarray,
    *,
    most: float,
    unit: str,
    label: str,
    key: str,
    frames: list[str] | None = None,
    signed: bool = True,
    hint: str = HINT,
) -> None:
    """Draw a text with a color behind every character: orange above zero, blue below.

    values: one for each character, (T,), nan for none; or one row for each frame, (F, T), which
    the visitor can play. most: the value that has the full color. unit: what the values are.
    label: of the whole text, for screen readers. frames: the name of each frame.
    """
    text = components.characters(vocabulary, ids)
    _colors(
        key=key,
        data={
            "text": text,
            "names": _names(text),
            "values": components.numbers(np.atleast_2d(values)),
            "labels": frames or [""],
            "most": most,
            "unit": unit,
            "label": label,
            "signed": signed,
            "hint": hint,
        },
    )


def ranking(rows: list[Row], *, key: str, on_pick: Callable[[], None]) -> None:
    """Draw rows to choose from. During `on_pick`, st.session_state[key]["picked"] is the id."""
    _ranking(key=key, data={"rows": [row._asdict() for row in rows]}, on_picked_change=on_pick)


def heat_map(
    vocabulary: Vocabulary,
    ids: np.ndarray,
    activations: np.ndarray,
    *,
    unit: int,
    key: str,
    on_pick: Callable[[], None],
) -> None:
    """Draw all units over a passage, (T, H), and outline one. A click is a pick, as in ranking."""
    text = components.characters(vocabulary, ids)
    data: dict[str, Any] = {
        "dark": is_dark(),  # another theme is other data: the browser paints anew
        "text": text,
        "names": _names(text),
        "activations": components.numbers(activations),
        "unit": unit,
        "hint": "One row per unit, one column per character. Click a row to choose its unit.",
    }
    _heatmap(key=key, data=data, on_picked_change=on_pick)


def _names(text: list[str]) -> dict[str, str]:
    return {c: components.name(c) for c in set(text)}

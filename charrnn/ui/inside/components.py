"""The pictures that the browser draws by itself: each gets its numbers in one message.

So playing and stepping cost the server nothing. All text is set as text, never as markup.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.vocabulary import Vocabulary
from charrnn.ui.direction import isolated

_HERE = Path(__file__).parent
_DRAWING = (_HERE / "drawing.js").read_text(encoding="utf-8")


def component(name: str, *parts: str) -> Callable[..., Any]:
    """The component of `name`.js and `name`.css.

    The script may use all of drawing.js and of the scripts in `parts`.
    """
    scripts = [(_HERE / f"{part}.js").read_text(encoding="utf-8") for part in (*parts, name)]
    return st.components.v2.component(
        f"charrnn_inside_{name}",
        html=f'<div class="inside-{name}"></div>',
        css=(_HERE / f"{name}.css").read_text(encoding="utf-8"),
        js="\n".join([_DRAWING, *scripts]),
        isolate_styles=False,
    )


def numbers(array: np.ndarray) -> dict[str, Any]:
    """An array for drawing.js, as 32-bit floats: exact, and far smaller than as text."""
    return {
        "shape": list(array.shape),
        "base64": base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode("ascii"),
    }


def characters(vocabulary: Vocabulary, ids: np.ndarray) -> list[str]:
    """The characters themselves, one string each."""
    return list(vocabulary.decode(ids))


def name(character: str) -> str:
    """What to call a character in a tooltip: its symbol, and its name unless it is a letter."""
    symbol = isolated(character_info.symbol(character))
    return symbol if character.isalnum() else f"{symbol} {character_info.name(character)}"

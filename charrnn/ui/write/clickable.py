"""Characters that can be clicked, and odds that can be picked: two small components.

What they show is handed over as data and put on the page as text, never as markup.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from charrnn.engine import alphabet
from charrnn.engine.corpus import Vocabulary
from charrnn.engine.sampling import Odds

_HERE = Path(__file__).parent
_CSS = (_HERE / "clickable.css").read_text(encoding="utf-8")

_characters = st.components.v2.component(
    "charrnn_characters",
    html='<div class="characters" role="listbox" tabindex="0"></div>',
    css=_CSS,
    js=(_HERE / "characters.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
_odds = st.components.v2.component(
    "charrnn_odds",
    html='<div class="odds"></div>',
    css=_CSS,
    js=(_HERE / "odds.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def characters(
    prompt: str,
    written: str,
    *,
    place: int | None,
    picked: list[int],
    key: str,
    on_click: Callable[[], None],
) -> None:
    """The prompt and what follows it. st.session_state[key]["clicked"] is the place clicked."""
    _characters(
        key=key,
        data={
            "prompt": prompt,
            "written": list(written),
            "place": place,
            "picked": picked,
            "label": "What it wrote. Click a character, or move with the arrow keys.",
        },
        on_clicked_change=on_click,
    )


def pickable(
    found: Odds,
    vocabulary: Vocabulary,
    *,
    chosen: int | None,
    key: str,
    on_click: Callable[[], None],
) -> None:
    """The likeliest characters with their odds. st.session_state[key]["clicked"] is an index."""
    rows = [
        {
            "id": int(i),
            "symbol": alphabet.symbol(vocabulary.characters[i]),
            "name": alphabet.name(vocabulary.characters[i]),
            "plain": float(plain),
            "bent": float(bent),
            "chosen": int(i) == chosen,
        }
        for i, plain, bent in zip(found.ids, found.plain, found.bent, strict=True)
    ]
    _odds(key=key, data={"rows": rows}, on_clicked_change=on_click)

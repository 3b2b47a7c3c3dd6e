"""A sample with clickable characters, and a clickable list of probabilities: two small components.

They receive their contents as data and set them as text, never as markup.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.sampling import TopProbabilities
from charrnn.engine.vocabulary import Vocabulary

_HERE = Path(__file__).parent
_CSS = (_HERE / "clickable_text.css").read_text(encoding="utf-8")

_characters = st.components.v2.component(
    "charrnn_characters",
    html='<div class="characters" role="listbox" tabindex="0"></div>',
    css=_CSS,
    js=(_HERE / "characters.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
_probabilities = st.components.v2.component(
    "charrnn_probabilities",
    html='<div class="probabilities"></div>',
    css=_CSS,
    js=(_HERE / "probabilities.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def characters(
    prompt: str,
    written: str,
    *,
    position: int | None,
    picked: list[int],
    key: str,
    on_click: Callable[[], None],
) -> None:
    """Draw the prompt and the sample after it, with the selected position highlighted.

    picked: the positions of characters that the visitor picked, underlined. During `on_click`,
    st.session_state[key]["clicked"] is the position of the clicked character.
    """
    _characters(
        key=key,
        data={
            "prompt": prompt,
            "written": list(written),
            "names": {c: character_info.name(c) for c in set(written) if not c.isalnum()},
            "position": position,
            "picked": picked,
            "label": "Sample. Click a character, or move with the arrow keys.",
        },
        on_clicked_change=on_click,
    )


def probabilities(
    top: TopProbabilities,
    vocabulary: Vocabulary,
    *,
    chosen: int | None,
    key: str,
    on_click: Callable[[], None],
) -> None:
    """Draw the most likely characters with their probabilities.

    chosen: the index of the character to outline. During `on_click`,
    st.session_state[key]["clicked"] is the index of the clicked character.
    """
    rows = [
        {
            "id": int(i),
            "symbol": character_info.symbol(vocabulary.characters[i]),
            "name": character_info.name(vocabulary.characters[i]),
            "raw": float(raw),
            "tempered": float(tempered),
            "chosen": int(i) == chosen,
        }
        for i, raw, tempered in zip(top.ids, top.raw, top.tempered, strict=True)
    ]
    _probabilities(key=key, data={"rows": rows}, on_clicked_change=on_click)

"""Which text an experiment reads: one that ships, or the one that the visitor has chosen."""

import streamlit as st

from charrnn.runs.store.records import Corpus
from charrnn.ui import session
from charrnn.ui.learn.card import Card
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared.chosen_text import chosen_corpus
from charrnn.ui.shared.experiments import MIN_CHARACTERS, shipped_text


def choose(card: Card) -> Corpus:
    """The text for a card, with a control if there is a choice."""
    shipped = shipped_text(card)
    own = chosen_corpus()
    if not card.takes_own_text or own.sha256 == shipped.sha256:
        return shipped
    if own.characters < MIN_CHARACTERS:
        st.caption(
            f"This experiment reads {shipped.name}: your text has {own.characters:,} characters, "
            f"and it takes {MIN_CHARACTERS:,}."
        )
        return shipped
    texts = {own.sha256: own, shipped.sha256: shipped}
    chosen = st.radio(
        "Text",
        list(texts),
        format_func=lambda sha256: escape_markdown(texts[sha256].name),
        captions=["the text you have chosen on the page Train", "comes with charrnn"],
        horizontal=True,
        key=f"{session.LEARN_TEXT}_{card.key}",
    )
    return texts[chosen or own.sha256]

"""Copy link to these settings: a link for a slide, with the controls that its page shows."""

from pathlib import Path

import streamlit as st

from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.records import Corpus
from charrnn.ui import session
from charrnn.ui.shared import settings, settings_link
from charrnn.ui.shared.chosen_text import offer_of

_HERE = Path(__file__).parent
_copy = st.components.v2.component(
    "charrnn_copy_link",
    html='<button type="button"></button><input readonly hidden aria-label="The link">',
    css=(_HERE / "copy_link.css").read_text(encoding="utf-8"),
    js=(_HERE / "copy_link.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def draw(corpus: Corpus) -> None:
    """Draw the button, and beside it the choice of the controls."""
    ships = corpus.sha256 in library_titles()
    only: tuple[str, ...] = tuple(st.session_state.get(session.LINK_SHOWS, ()))
    text = offer_of(corpus.sha256) if ships else None
    address = settings_link.link(settings.current(), text=text, only=only)
    with st.container(gap=None, key="copy_link"):
        _copy(key="copy_link_button", data={"link": address})
        with st.popover("Controls in the link", type="tertiary", icon=":material/tune:"):
            st.multiselect(
                "Show only these controls",
                settings_link.CONTROLS,
                key=session.LINK_SHOWS,
                format_func=settings.label,
                placeholder="All of them",
                persist_state="session",
                help="Whoever opens the link sees these controls alone, until they choose *Show "
                "all controls*. The others are set all the same.",
            )
            st.caption(
                "The link holds the text, the recipe, all settings and the random seed."
                if ships
                else "The link holds the recipe, all settings and the random seed. Your own text "
                "stays with you: whoever opens the link chooses another one."
            )

"""The page at /alphabet: how characters become numbers, and what the network makes of them."""

from pathlib import Path

import streamlit as st

from charrnn.ui import settings
from charrnn.ui.alphabet import characters, following, learned, one_hot, tidy, why, windows
from charrnn.ui.alphabet.reading import Subject
from charrnn.ui.linked import run_in_link
from charrnn.ui.text_panel import text_in_hand


def show() -> None:
    """Draw the page, for the run in the link or else for the text chosen on the Train page."""
    st.html(Path(__file__).with_name("alphabet.css"))
    settings.start()
    run = run_in_link()
    if run:
        subject = Subject.of_run(run)
    else:
        corpus = text_in_hand()
        config = settings.chosen().fitted(corpus.characters)
        subject = Subject(corpus=corpus, run=None, config=config)
    _heading(subject)
    characters.draw(subject)
    tidy.draw(subject)
    one_hot.draw(subject)
    windows.draw(subject)
    if run:
        following.draw_run(subject)
    else:
        why.draw(subject, subject.first_moment())
        learned.draw_hint()


def _heading(subject: Subject) -> None:
    st.markdown("## What the network sees")
    corpus = subject.corpus
    st.text(
        f"{corpus.name}: {corpus.characters:,} characters, {len(corpus.vocabulary):,} different. "
        "A network knows no letters, only numbers: here is how the one becomes the other, and "
        "what the network makes of it."
    )

"""The page at /alphabet: how characters become numbers, and what the network makes of them."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.alphabet import (
    characters_panel,
    cleanup_panel,
    contents,
    embeddings_panel,
    live,
    one_hot_panel,
    run_select,
    why_one_hot_panel,
    windows_panel,
)
from charrnn.ui.direction import isolated
from charrnn.ui.shared import settings
from charrnn.ui.shared.chosen_text import chosen_corpus
from charrnn.ui.shared.linked_run import run_in_link
from charrnn.ui.shared.snapshots import Subject


def show() -> None:
    """Draw the page for the run in the link, or else for the text chosen on the Train page."""
    settings.set_defaults()
    run = run_in_link()
    if run and not services.may_read_text(run):
        _draw_without_text(run)
        return
    if run:
        subject = Subject.of_run(run)
    else:
        corpus = chosen_corpus()
        config = settings.current().fitted(corpus.characters)
        subject = Subject(corpus=corpus, run=None, config=config)
    _draw_heading(subject)
    characters_panel.draw(subject)
    cleanup_panel.draw(subject)
    one_hot_panel.draw(subject)
    windows_panel.draw(subject)
    if run:
        live.draw_run(subject, run)
    else:
        why_one_hot_panel.draw(subject, subject.first_snapshot())
        embeddings_panel.draw_hint()


def _draw_without_text(run: Run) -> None:
    """In place of the page, for another visitor's run whose link does not include its text."""
    with st.container(horizontal=True, vertical_alignment="center", key="alphabet_heading"):
        st.markdown("# What the network sees", width="content")
        run_select.draw(run)
    st.markdown(
        "This page shows the text of a run, and the link to this run does not include its text. "
        "Its owner can include it. Until then, choose another run or text above."
    )


def _draw_heading(subject: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="alphabet_heading"):
        st.markdown("# What the network sees", width="content")
        run_select.draw(subject.run)
    corpus = subject.corpus
    st.text(
        f"{isolated(corpus.name)}: {corpus.characters:,} characters, "
        f"{len(corpus.vocabulary):,} different. "
        "A network works with numbers, not letters. This page shows how characters become "
        "numbers, and what the network learns about them."
    )
    contents.draw_links()

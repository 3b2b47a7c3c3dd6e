"""The Train page, at /: the text and the settings at the side, the training run beside them."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import double_click, settings, settings_input, settings_link
from charrnn.ui.shared.chosen_text import choose_linked_text, choose_text_of, follow_history
from charrnn.ui.shared.linked_run import run_in_link
from charrnn.ui.shared.room import starts
from charrnn.ui.train import (
    copy_link,
    counting_panel,
    notebook_panel,
    suggestions_panel,
)
from charrnn.ui.train.controls import draw_controls, start_awaited
from charrnn.ui.train.live import draw_live
from charrnn.ui.train.next_steps_panel import draw_next_steps
from charrnn.ui.train.settings_panel import choose_settings
from charrnn.ui.train.text_panel import choose_text


def show() -> None:
    """Draw the page."""
    try:
        _draw()
    finally:  # also if a second click interrupts it
        double_click.note_drawn()


def _draw() -> None:
    run = run_in_link()
    settings.set_defaults()
    settings_input.take_input()
    settings_link.follow()
    _select_text(run)
    if run:
        run = _sync_live_settings(run)
    with st.sidebar:
        corpus = choose_text()
        config = choose_settings(corpus, run)
        copy_link.draw(corpus)
    starts.note_choice(run, corpus, config)
    with st.container(horizontal=True, vertical_alignment="bottom", key="title"):
        st.markdown("# charrnn")
        st.caption("Watch a small neural network learn to write your text, character by character.")
        with st.container(key="keys_hint"):
            st.caption("Press **?** for the keys.")
    with st.container():  # also if it is empty: nothing below it may move
        settings_link.draw_problems()
    start_awaited(run)
    selection.link_text(run.sha256 if run else None)
    draw_controls(run, corpus, config)
    with st.container():  # also if it is empty: nothing below it may move
        if run and services.owned(run):
            draw_next_steps(run)
        suggestions_panel.draw_panel(run, corpus)
    draw_live(run, corpus, config)
    counting_panel.draw(run, services.text_of(run) if run else corpus)
    notebook_panel.draw()


def _select_text(run: Run | None) -> None:
    """Follow the link: to the text of a run that has just come into view, or to one's own."""
    is_new_session = session.text_sha256() is None
    if run and settings.load(run):
        choose_text_of(run)
    if is_new_session:
        choose_linked_text()
    follow_history(run)


def _sync_live_settings(run: Run) -> Run:
    """Send the live settings that the visitor changed to the run; returns it with them."""
    with shows_errors():
        changes = settings.pending_changes(run)
        if changes and services.owned(run):
            services.workspace().request(run.id, **changes)
            run = services.workspace().run(run.id)
        settings.mark_synced(run)
    return run

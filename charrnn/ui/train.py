"""The page at /: bring a text, set three numbers, press Train, and watch it learn."""

import streamlit as st

from charrnn.runs.records import Run
from charrnn.ui import live, services, settings
from charrnn.ui.controls import draw_controls
from charrnn.ui.linked import run_in_link
from charrnn.ui.settings_panel import choose_settings
from charrnn.ui.text_panel import choose_text, show_text
from charrnn.ui.trouble import told


def show() -> None:
    """Draw the page."""
    run = run_in_link()
    settings.start()
    if run:
        if settings.take(run):
            show_text(run.sha256)
        run = _follow(run)
    with st.sidebar:
        st.markdown("### charrnn")
        st.caption("Watch a small network learn to write your text, one character at a time.")
        corpus = choose_text()
        config = choose_settings(corpus, run)
    draw_controls(run, corpus, config)
    live.draw_live(run, corpus, config)


def _follow(run: Run) -> Run:
    """Let the run do what the visitor has moved, and the page what the run does."""
    with told():
        wishes = settings.moved(run)
        if wishes and services.owned(run):
            services.shelf().wish(run.id, **wishes)
            run = services.shelf().run(run.id)
        settings.agree(run)
    return run

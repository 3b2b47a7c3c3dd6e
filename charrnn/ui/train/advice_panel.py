"""Advice below the loss chart, one at a time, with a button that does what it says."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.shared.gauges import RECENT
from charrnn.ui.shared.run_actions.copies import refusal
from charrnn.ui.train.advice import advice
from charrnn.ui.train.next_steps_panel import take
from charrnn.ui.train.run_view import RunView


def draw_advice(run: Run, view: RunView) -> None:
    """Draw the most urgent advice for a run that trains; nothing when all is well."""
    found = advice(run, view, services.store().history.newest_gauges(run, RECENT))
    if found is None:
        return
    sentence, step = found
    with st.container(horizontal=True, vertical_alignment="center", key="advice"):
        st.markdown(f":primary[:material/lightbulb:] {sentence}", width="content")
        if step is None or not services.owned(run):
            return
        corpus = view.corpus
        if step.config and refusal([step.config.fitted(corpus.characters)], corpus):
            return
        if st.button(step.label, key="advice_step"):
            take(run, corpus, step)

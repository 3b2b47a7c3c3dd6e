"""The suggestions after a run has ended; each button does what it says."""

from functools import partial

import streamlit as st

from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import comparison, navigation, selection, services, session
from charrnn.ui._compat.script_runs import finish
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import snapshot_slider
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.run_actions.copies import refusal
from charrnn.ui.train.controls import resume
from charrnn.ui.train.next_steps import NextSteps, Step, next_steps

CURVE_POINTS = 64  # enough to see whether the loss still falls


@shows_errors()
def draw_next_steps(run: Run) -> None:
    """Draw what happened and what to do next; nothing until the run has ended."""
    if run.active:
        return
    corpus = services.text_of(run)
    suggested = _suggested(run, corpus)
    if suggested is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="next_steps"):
        st.caption(f"**What next?** {suggested.reason}")
        for number, step in enumerate(suggested.steps):
            if step.config and refusal([step.config.fitted(corpus.characters)], corpus):
                continue
            if st.button(step.label, key=f"next_step_{number}"):
                take(run, corpus, step)


def _suggested(run: Run, corpus: Corpus) -> NextSteps | None:
    store = services.store()
    run, history = store.history.observe(run.id, points=CURVE_POINTS)
    return next_steps(
        run,
        history,
        characters=corpus.characters,
        snapshots=store.snapshots.iterations(run.id),
        others=len(services.workspace().runs()) > 1,
    )


def take(run: Run, corpus: Corpus, step: Step) -> None:
    """Do what a step suggests, and draw the page again."""
    workspace = services.workspace()
    if step.action == "resume":
        resume(workspace, run)
        st.rerun()
    elif step.config:
        config = step.config.fitted(corpus.characters)
        if run.active:  # the new run has the CPU
            workspace.request(run.id, desired="paused")
        new = workspace.create(corpus, config, parent=run.id)
        services.supervisor().reconcile()
        finish(partial(selection.select_run, new.id))
        st.rerun()
    elif step.action in ("rate", "pause"):
        request = {"learning_rate": step.learning_rate}
        workspace.request(run.id, **(request if step.action == "rate" else {"desired": "paused"}))
        rerun_page()
    elif step.action == "write":
        st.session_state[session.TEMPERATURE] = step.temperature
        snapshot_slider.set_iteration(run, step.snapshot, key=session.WRITE_AT)
        navigation.go("Write")
    else:
        others = [other.id for other in workspace.runs() if other.id != run.id]
        comparison.select([run.id, *others[:3]])
        navigation.go("Compare")

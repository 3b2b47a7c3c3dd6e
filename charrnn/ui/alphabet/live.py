"""Panels 3 and 4 follow a run while it trains: three fragments, each with its own timer.

The text refreshes often and checks what the timers depend on; the charts refresh less often (see
shared/live_run.py).
"""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.alphabet import embeddings_panel, why_one_hot_panel
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import live_run, snapshot_slider
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.live_run import Timers
from charrnn.ui.shared.snapshots import Subject


def draw_run(subject: Subject, run: Run) -> None:
    """Draw panels 3 and 4 for a run; they refresh themselves while it trains."""
    timers = lookup, charts = _timers(run)
    st.fragment(_draw_why, run_every=lookup.view_seconds)(subject, run.id)
    embeddings_panel.draw_heading()
    # This timer runs even when the run is paused: it may be resumed on another page.
    st.fragment(_draw_status, run_every=charts.status_seconds)(run.id, timers)
    st.fragment(_draw_charts, run_every=charts.view_seconds)(subject, run.id)


def _timers(run: Run) -> tuple[Timers, Timers]:
    """Of panel 3, and of the charts in panel 4: while they show a snapshot, they do not change."""
    return Timers.of_run(run), Timers.of_run(run, follows=not _shows_snapshot(run))


def _shows_snapshot(run: Run) -> bool:
    return snapshot_slider.chosen_iteration(run, key=session.EMBEDDINGS_AT) is not None


@shows_errors()
def _draw_status(run_id: str, timers: tuple[Timers, Timers]) -> None:
    run = live_run.read(run_id)
    now = _, charts = _timers(run)
    services.note_refresh(charts.status_seconds)
    if now != timers:
        rerun_page()
    live_run.draw_problem(run)
    if run.moving:
        refresh = "To follow the training, move the slider to its right end."
        if charts.view_seconds is not None:
            refresh = f"The charts below are updated every {charts.view_seconds:.0f} seconds."
        st.text(f"{live_run.state_in_words(run)} {refresh}")


@shows_errors()
def _draw_why(subject: Subject, run_id: str) -> None:
    live_run.read(run_id)
    why_one_hot_panel.draw(subject, subject.newest_snapshot())


@shows_errors()
def _draw_charts(subject: Subject, run_id: str) -> None:
    run = live_run.read(run_id)
    embeddings_panel.draw(subject, run)

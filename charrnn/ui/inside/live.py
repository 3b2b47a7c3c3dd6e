"""The view follows its run while it trains: one fragment says how far it is, one draws the view.

The first is cheap, refreshes always and checks what the timers depend on. The view takes time that
training could use, so it refreshes less often, and not at all while nothing changes.
"""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import live_run, snapshot_slider
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.live_run import Timers
from charrnn.ui.shared.snapshots import Snapshot, Subject


class View(NamedTuple):
    """What a view shows."""

    subject: Subject
    run: Run  # the subject's run
    snapshot: Snapshot
    kept: list[int]  # the iterations that have a snapshot, in ascending order
    controls: DeltaGenerator  # a row for the view's own controls, beside that of the snapshot


class Kind(NamedTuple):
    """One of the views of the page."""

    draw: Callable[[View], None]
    # Whether it refreshes while the run trains. Otherwise it stays as it is until the visitor asks
    # for the newest state: what is explained or compared must not change meanwhile.
    follows: bool = True


def draw(run: Run, title: str, kind: Kind) -> None:
    """Draw the status, the choice of a snapshot, and the view of it."""
    if session.page_changed():
        request_newest()
    timers = _timers(run, kind)
    st.fragment(_draw_status, run_every=timers.status_seconds)(run.id, kind, timers)
    st.fragment(_draw_view, run_every=timers.view_seconds)(run.id, title, kind)


def _timers(run: Run, kind: Kind) -> Timers:
    return Timers.of_run(run, follows=kind.follows and not _shows_snapshot(run))


@shows_errors()
def _draw_status(run_id: str, kind: Kind, timers: Timers) -> None:
    run = live_run.read(run_id)
    services.note_refresh(timers.status_seconds)
    if _timers(run, kind) != timers:
        rerun_page()
    live_run.draw_problem(run)
    with st.container(horizontal=True, vertical_alignment="center", key="inside_status"):
        st.caption(_describe(run, timers), width="content")
        if not kind.follows and not _shows_snapshot(run):
            _offer_newest(run)


def _offer_newest(run: Run) -> None:
    loaded = _newest_at_request(Subject.of_run(run), run).iteration
    if snapshot_slider.newest_is_asked_for(run, loaded):
        request_newest()
        st.rerun()


def _describe(run: Run, timers: Timers) -> str:
    state = live_run.state_in_words(run)
    if timers.view_seconds is None or live_run.is_queued(run):
        return state
    return f"{state} The view below is updated every {timers.view_seconds:.0f} seconds."


@shows_errors()
def _draw_view(run_id: str, title: str, kind: Kind) -> None:
    if st.session_state[session.VIEW] != title:
        st.rerun()  # a click in the picture has chosen another view
    run = live_run.read(run_id)
    subject = Subject.of_run(run)  # its owner may share less of it by now
    kept = services.store().snapshots.iterations(run_id)
    controls = st.container(horizontal=True, vertical_alignment="bottom", key="inside_controls")
    with controls:
        iteration = snapshot_slider.choose_iteration(run, kept, key=session.INSIDE_AT)
    if iteration is not None:
        snapshot = subject.snapshot(iteration)
    elif kind.follows:
        snapshot = subject.newest_snapshot()
    else:
        snapshot = _newest_at_request(subject, run)
    kind.draw(View(subject, run, snapshot, kept, controls))


def _shows_snapshot(run: Run) -> bool:
    return snapshot_slider.chosen_iteration(run, key=session.INSIDE_AT) is not None


def request_newest() -> None:
    """Load the newest snapshot at the next drawing, instead of the one loaded before."""
    snapshot_slider.request_newest(session.INSIDE_REQUESTS)


def _newest_at_request(subject: Subject, run: Run) -> Snapshot:
    return snapshot_slider.newest_at_request(subject, run, key=session.INSIDE_REQUESTS)

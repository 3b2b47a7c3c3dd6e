"""Panels 3 and 4 follow a run while it trains: three fragments, each with its own timer.

Text is cheap to draw, so its fragment refreshes often and also checks what the timers depend on.
Charts take time that training could use, so they refresh less often. With many live pages
everything refreshes less often (see refresh.py).
"""

import math
from typing import NamedTuple

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.alphabet import embeddings_panel, why_one_hot_panel
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import snapshot_slider
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.snapshots import Subject

TEXT_SECONDS = 2.0


class RefreshInterval(NamedTuple):
    """How often charts refresh for a run that has trained for less than `until` seconds.

    Most changes happen at the beginning; later the embeddings change ever more slowly.
    """

    until: float
    seconds: float


CHART_INTERVALS = (
    RefreshInterval(until=20.0, seconds=3.0),
    RefreshInterval(until=60.0, seconds=6.0),
    RefreshInterval(until=math.inf, seconds=10.0),
)


class Timers(NamedTuple):
    """What the timers depend on. A fragment cannot change them; drawing the whole page does."""

    moving: bool
    status: str
    deleted_at: float | None
    shares_text: bool
    text_seconds: float
    chart_seconds: float | None
    shows_snapshot: bool

    @classmethod
    def of_run(cls, run: Run) -> "Timers":
        return cls(
            run.moving,
            run.status,
            run.deleted_at,
            run.shares_text,
            text_seconds(),
            chart_seconds(run),
            snapshot_slider.shows_snapshot(run, key=session.EMBEDDINGS_AT),
        )


def draw_run(subject: Subject, run: Run) -> None:
    """Draw panels 3 and 4 for a run; they refresh themselves while it trains."""
    timers = Timers.of_run(run)
    st.fragment(_draw_why, run_every=timers.chart_seconds)(subject, run.id)
    embeddings_panel.draw_heading()
    # This timer runs even when the run is paused: it may be resumed on another page.
    st.fragment(_draw_status, run_every=timers.text_seconds)(run.id, timers)
    # A snapshot does not change.
    every = None if timers.shows_snapshot else timers.chart_seconds
    st.fragment(_draw_charts, run_every=every)(subject, run.id)


def chart_seconds(run: Run) -> float | None:
    """Seconds between two refreshes of the charts; None while the run is at rest."""
    if not run.moving:
        return None
    seconds = next(each.seconds for each in CHART_INTERVALS if run.seconds < each.until)
    return seconds * services.refresh_factor()


def text_seconds() -> float:
    """Seconds between two refreshes of the text."""
    return TEXT_SECONDS * services.refresh_factor()


@shows_errors()
def _draw_status(run_id: str, timers: Timers) -> None:
    run = _read(run_id)
    services.note_refresh(text_seconds())
    if Timers.of_run(run) != timers:
        rerun_page()
    with st.container():  # also if it is empty: nothing below it may move
        if run.status == "failed":
            st.error(escape_markdown(run.message), icon=":material/error:")
        elif run.message and not run.active:
            st.warning(escape_markdown(run.message), icon=":material/pause_circle:")
    if seconds := chart_seconds(run):
        refresh = f"The charts below are updated every {seconds:.0f} seconds."
        if snapshot_slider.shows_snapshot(run, key=session.EMBEDDINGS_AT):
            refresh = "To follow the training, move the slider to its right end."
        st.text(f"Training is at iteration {run.iteration:,}. {refresh}")


@shows_errors()
def _draw_why(subject: Subject, run_id: str) -> None:
    _read(run_id)
    why_one_hot_panel.draw(subject, subject.newest_snapshot())


@shows_errors()
def _draw_charts(subject: Subject, run_id: str) -> None:
    run = _read(run_id)
    embeddings_panel.draw(subject, run)


def _read(run_id: str) -> Run:
    """The run as it is now. Raises RunNotFound if the visitor may not view it any more."""
    run = services.store().runs.get(run_id)
    services.check_view(run)
    return run

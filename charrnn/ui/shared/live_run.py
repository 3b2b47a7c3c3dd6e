"""Following one run while it trains: the run as it is now, its problem, and when to refresh.

What is cheap to draw refreshes often, and also checks what the timers depend on. What takes time
that training could use refreshes less often. With many live pages everything refreshes less often
(see ui/refresh.py).
"""

import math
from typing import NamedTuple

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.markdown import escape_markdown

STATUS_SECONDS = 2.0


class RefreshInterval(NamedTuple):
    """How often a view refreshes for a run that has trained for less than `until` seconds.

    Most changes happen at the beginning.
    """

    until: float
    seconds: float


VIEW_INTERVALS = (
    RefreshInterval(until=20.0, seconds=3.0),
    RefreshInterval(until=60.0, seconds=6.0),
    RefreshInterval(until=math.inf, seconds=10.0),
)


class Timers(NamedTuple):
    """What the timers depend on. A fragment cannot change them; drawing the whole page does."""

    status: str
    deleted_at: float | None
    shares_text: bool
    status_seconds: float
    view_seconds: float | None  # None: nothing changes

    @classmethod
    def of_run(cls, run: Run, *, follows: bool = True) -> "Timers":
        """follows: whether the view changes while the run trains."""
        factor, seconds = services.refresh_factor(), None
        if follows and run.moving:
            seconds = factor * next(
                each.seconds for each in VIEW_INTERVALS if run.seconds < each.until
            )
        return cls(run.status, run.deleted_at, run.shares_text, factor * STATUS_SECONDS, seconds)


def read(run_id: str) -> Run:
    """The run as it is now. Raises RunNotFound if the visitor may not view it any more."""
    run = services.store().runs.get(run_id)
    services.check_view(run)
    return run


def state_in_words(run: Run) -> str:
    """Where training is, as a sentence."""
    at = f"at iteration {run.iteration:,} of {run.iterations:,}"
    if is_queued(run):
        return f"This run is queued: position {run.queue_position}."
    if run.moving:
        return f"Training is {at}."
    if run.status == "waiting":
        return "This run has not started."
    return f"This run failed {at}." if run.status == "failed" else f"This run is {run.status} {at}."


def is_queued(run: Run) -> bool:
    """Whether it waits for a free place to train."""
    return run.active and not run.leased and run.queue_position is not None


def draw_problem(run: Run) -> None:
    """Say why the run failed, or paused by itself, if it did."""
    with st.container():  # also if it is empty: nothing below it may move
        if run.status == "failed":
            st.error(escape_markdown(run.message), icon=":material/error:")
        elif run.message and not run.active:
            st.warning(escape_markdown(run.message), icon=":material/pause_circle:")

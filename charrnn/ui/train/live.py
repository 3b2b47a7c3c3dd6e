"""The live part of the Train page: two fragments that refresh while the run trains."""

import math
from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import services
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.train import announcement, rivals, run_view
from charrnn.ui.train.advice_panel import draw_advice
from charrnn.ui.train.loss_panel import choose_axes, draw_loss, explain_loss
from charrnn.ui.train.progress import draw_challenge, draw_figures, draw_problem, draw_progress
from charrnn.ui.train.run_view import RunView
from charrnn.ui.train.sample_panel import (
    choose_earlier_sample,
    draw_earlier_sample,
    draw_newest_sample,
)

MAX_CURVE_POINTS = 256


class RefreshIntervals(NamedTuple):
    """Seconds between two refreshes of a run that has trained for less than `until` seconds.

    Drawing takes CPU time from training, the chart most of all, and most happens at the beginning.
    """

    until: float
    words: float
    chart: float | None  # None: it does not refresh

    def slowed(self, factor: int) -> "RefreshIntervals":
        """The intervals when many pages are live, see ui/refresh.py."""
        return RefreshIntervals(self.until, factor * self.words, self.chart and factor * self.chart)


TRAINING_INTERVALS = (
    RefreshIntervals(5.0, 0.5, 0.5),
    RefreshIntervals(20.0, 1.0, 1.0),
    RefreshIntervals(math.inf, 1.0, 3.0),
)
# A paused run refreshes, too: another visitor with the same link may resume it.
IDLE_INTERVALS = RefreshIntervals(0.0, 2.0, None)


class _Phase(NamedTuple):
    """What the controls and the timers depend on. A fragment cannot change those itself."""

    active: bool
    moving: bool
    learning_rate: float
    iterations: int
    deleted_at: float | None
    shares_text: bool
    intervals: RefreshIntervals


def draw_live(run: Run | None, corpus: Corpus, config: RunConfig) -> None:
    """Draw the run; the fragments keep it up to date while it trains.

    Two fragments with a timer each, because words and figures are cheap to draw and the chart is
    not. The style sheet arranges the parts of both in one container. Without a run they show
    where these settings would start. The fragments are the same, so that nothing on the page is
    rebuilt when the run starts.
    """
    phase = _phase(run) if run else None
    words = st.fragment(_draw_words, run_every=phase.intervals.words if phase else None)
    chart = st.fragment(_draw_chart, run_every=phase.intervals.chart if phase else None)
    with st.container(horizontal=True, key="stage"):
        words(run.id if run else None, phase, corpus, config)
        chart(run.id if run else None, corpus, config)


def _phase(run: Run) -> _Phase:
    return _Phase(
        active=run.active,
        moving=run.moving,
        learning_rate=run.learning_rate,
        iterations=run.iterations,
        deleted_at=run.deleted_at,
        shares_text=run.shares_text,
        intervals=_refresh_intervals(run),
    )


def _refresh_intervals(run: Run) -> RefreshIntervals:
    if run.moving:
        intervals = next(each for each in TRAINING_INTERVALS if run.seconds < each.until)
    else:
        intervals = IDLE_INTERVALS
    return intervals.slowed(services.refresh_factor())


@shows_errors()
def _draw_words(
    run_id: str | None, phase: _Phase | None, corpus: Corpus, config: RunConfig
) -> None:
    """Progress, figures and newest sample; reruns the page when the phase of the run changes."""
    run, view = _read(run_id, corpus, config, max_points=1)  # the curve is not drawn here
    if run and phase:
        services.note_refresh(phase.intervals.words)
        if _phase(run) != phase:
            rerun_page()
    with st.container(key="status"):
        with st.container():  # each also if it is empty: nothing below it may move
            if run:
                draw_problem(run)
        draw_progress(view, owned=run is None or services.owned(run))
        draw_figures(view)
        with st.container():
            if run:
                draw_challenge(run)
        announcement.draw(view, run)
    with st.container(key="newest_sample"):
        draw_newest_sample(view, run)


@shows_errors()
def _draw_chart(run_id: str | None, corpus: Corpus, config: RunConfig) -> None:
    """The loss chart, what there is to explain and, once there are any, the earlier samples."""
    run, view = _read(run_id, corpus, config)
    if run:
        view = replace(view, rivals=rivals.of_run(run, view))
    with st.container(key="axes"):
        unit, axis = choose_axes()
    with st.container(key="curve"):
        draw_loss(view, unit, axis)
        if run:
            draw_advice(run, view)
    earlier = None
    with st.container(horizontal=True, key="stage_earlier"):
        with st.container():
            with st.container():  # even if it is empty: the expander after it stays open
                if run and len(view.sample_iterations) > 1:
                    earlier = choose_earlier_sample(run, view)
            explain_loss()
        with st.container():
            if run and earlier is not None:
                draw_earlier_sample(run, earlier)


def _read(
    run_id: str | None, corpus: Corpus, config: RunConfig, *, max_points: int = MAX_CURVE_POINTS
) -> tuple[Run | None, RunView]:
    """The run and its view as they are now; without a run, the view before training."""
    if run_id is None:
        return None, run_view.before_training(corpus, config)
    run, history = services.store().history.observe(run_id, points=max_points)
    services.check_view(run)
    best = services.store().snapshots.best(run_id)
    return run, run_view.of_run(services.text_of(run), run, history, best)

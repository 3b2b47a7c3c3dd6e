"""What the network writes: the newest sample, and a slider through all earlier ones."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import navigation, services, session
from charrnn.ui.shared import replay, samples, snapshot_slider
from charrnn.ui.shared.charts.specs import thinned
from charrnn.ui.shared.run_actions import branch
from charrnn.ui.shared.snapshots import nearest_saved
from charrnn.ui.train.loss_rows import MAX_DOTS
from charrnn.ui.train.run_view import RunView

EARLIER_HEIGHT = 250  # pixels


def draw_newest_sample(view: RunView, run: Run | None) -> None:
    """The newest sample, and the greedy one. run: None before training."""
    iteration, text = view.newest_sample
    st.markdown(f"## Newest sample · iteration {iteration:,}")
    with st.container(key="sample"):
        corpus = samples.readable(run) if run else view.corpus
        samples.draw(text, corpus)  # as high as the style sheet lets it grow
    st.caption("Greedy sample (always the most likely character):")
    with st.container(key="greedy_sample"):
        st.code(view.greedy_sample.replace("\n", "⏎"), language=None)


def choose_earlier_sample(run: Run, view: RunView) -> int:
    """A slider through the samples so far, which also follows a click in the chart.

    Returns the iteration of the selected sample.
    """
    iterations = view.sample_iterations
    stride = (iterations[1] - iterations[0]) // run.config.sample_interval
    key = f"earlier_samples_{run.id}"
    clicked = st.session_state.pop(session.CLICKED_SAMPLE, None)
    if clicked is not None:
        # Of the samples that have a dot, the one that was clicked or the nearest to the click.
        dots = thinned(iterations, MAX_DOTS)
        st.session_state[key] = min(dots, key=lambda n: abs(n - clicked))
    elif (chosen := st.session_state.get(key, iterations[0])) not in iterations:
        # As a run grows, fewer of its samples are offered; the chosen one stays where it is.
        nearest = services.store().history.nearest_sample(run.id, chosen)
        st.session_state[key] = iterations[-1] if nearest is None else nearest
        iterations = sorted({*iterations, st.session_state[key]})
    selected: int = st.select_slider(
        "Earlier samples",
        iterations,
        key=key,
        persist_state="session",
        format_func=lambda n: f"{n:,}",
    )
    which = "By iteration" if stride <= 1 else f"By iteration, one in {stride:,} samples"
    st.caption(f"{which}. You can also click a dot in the chart.")
    _offer_actions(run, selected)
    return selected


def draw_earlier_sample(run: Run, iteration: int) -> None:
    """The sample that was written at an iteration."""
    st.markdown(f"## Earlier sample · iteration {iteration:,}")
    with st.container(key="earlier_sample"):
        text = services.store().history.sample(run.id, iteration)
        samples.draw(text, samples.readable(run), height=EARLIER_HEIGHT)


def _offer_actions(run: Run, iteration: int) -> None:
    """Buttons to play the history, and to write with, or branch from, the saved network nearest to
    a sample."""
    nearest = nearest_saved(run, iteration)
    with st.container(horizontal=True, key="snapshot_actions"):
        if st.button("Play", icon=replay.ICON):
            replay.play(run)
        if nearest is None:
            return
        if st.button(f"Write from {nearest:,}", key="write_from", icon=":material/edit_note:"):
            # If that is no snapshot, it is the newest state.
            snapshot_slider.set_iteration(run, nearest, key=session.WRITE_AT)
            navigation.go("Write")
        branch.offer(run, iteration)
    if nearest != iteration:
        st.caption(
            "Every sample is kept, but snapshots of the network are kept only at increasing "
            f"intervals. The nearest one is at iteration {nearest:,}."
        )

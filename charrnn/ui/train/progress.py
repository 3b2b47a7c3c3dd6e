"""Where the run is: its problem, if it has one, its progress bar, and four figures."""

import html

import streamlit as st

from charrnn.runs.store.losses import RECENT_WINDOWS
from charrnn.runs.store.records import DIVERGED, Run
from charrnn.ui.shared import challenges, live_run
from charrnn.ui.shared.formatting import duration, effective_choices
from charrnn.ui.shared.run_actions import branch
from charrnn.ui.train.run_view import RunView

SILENT_SECONDS = 5.0  # without a heartbeat, before the page mentions it


def draw_problem(run: Run) -> None:
    """Say why the run failed, paused by itself, waits or does not respond, if it does."""
    live_run.draw_problem(run)
    if run.status == "failed":
        if run.failure == DIVERGED:
            branch.offer_recovery(run)
    elif run.queue_position and run.active and not run.leased:
        st.info(f"Queued: position {run.queue_position}", icon=":material/hourglass:")
    elif run.active and run.leased and run.silent_seconds > SILENT_SECONDS:
        st.warning(
            "The process that trains this run is not responding. It is being replaced, and "
            "training will continue from the last checkpoint.",
            icon=":material/sync_problem:",
        )


def draw_progress(view: RunView, *, owned: bool) -> None:
    """The progress bar. owned: whether the visitor can resume the run."""
    # The limit may have been lowered since.
    past = ", past its limit" if view.iteration > view.iterations else ""
    text = f"Iteration {view.iteration:,}{past} of {view.iterations:,}"
    remaining = view.remaining_seconds
    if view.iteration >= view.iterations:
        text += f" · done in {duration(view.seconds)}"
        text += ". Resume trains for as many iterations again." if owned else ""
    elif remaining is not None:
        text += f" · {duration(view.seconds)} so far, about {duration(remaining)} left"
    elif view.seconds:
        text += f" · {duration(view.seconds)} so far"
    st.progress(min(1.0, view.iteration / view.iterations), text=text)


def draw_challenge(run: Run) -> None:
    """How far the run is with the challenge that the visitor has taken on, if any."""
    words = challenges.progress_in_words(run)
    if words:
        st.caption(f":material/flag: {words}")


def draw_figures(view: RunView) -> None:
    """Loss, perplexity, epochs and speed."""
    figures = [
        (f"{view.bits:.2f}", "bits per character", _loss_in_words(view)),
        (effective_choices(view.bits), "effective choices", "per character (perplexity)"),
        (f"{view.epochs:,.2f}", "epochs", "passes through the text"),
        (f"{view.characters_per_second:,.0f}", "characters/s", "training speed"),
    ]
    cells = "".join(
        f"<div><dt>{html.escape(label)}<small>{html.escape(meaning)}</small></dt>"
        f"<dd>{html.escape(value)}</dd></div>"
        for value, label, meaning in figures
    )
    st.html(f'<dl class="figures">{cells}</dl>')


def _loss_in_words(view: RunView) -> str:
    """What the large figure is the mean of, and the textbook's smooth loss."""
    n = min(RECENT_WINDOWS, view.iteration)
    mean = f"last {n} windows" if n > 1 else "first window" if n else "guessing"
    return f"{mean} (smooth loss {view.smooth_loss:.1f} nats)"

"""The progress of a run in words, for screen readers: a live region that speaks seldom."""

from pathlib import Path

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui.train.loss_summary import loss_in_words
from charrnn.ui.train.run_view import RunView

QUIET_SECONDS = 30  # between two announcements, unless the run starts or stops

_announcement = st.components.v2.component(
    "charrnn_announcement",
    html='<p role="status"></p>',
    js=Path(__file__).with_name("announcement.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def draw(view: RunView, run: Run | None) -> None:
    """Draw the live region, which cannot be seen. run: None before training."""
    phase = phase_in_words(view, run)
    _announcement(
        key="announcement",
        data={"phase": phase, "text": f"{phase} {loss_in_words(view)}", "seconds": QUIET_SECONDS},
    )


def phase_in_words(view: RunView, run: Run | None) -> str:
    """What the run is doing, as a sentence."""
    if run is None:
        return "Not started."
    if run.active and run.queue_position and not run.leased:
        return "Queued."
    if run.moving:
        return "Training."
    if run.status == "failed":
        return "Training has failed."
    return "Finished." if view.iteration >= view.iterations else "Paused."

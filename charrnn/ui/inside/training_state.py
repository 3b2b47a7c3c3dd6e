"""What the next training iteration of a run begins with: more than a snapshot holds."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.engine.analysis.one_step import Start
from charrnn.engine.corpus import into_streams, training_length
from charrnn.runs.serialization import state_from_bytes
from charrnn.ui import services
from charrnn.ui.inside.live import View, request_newest
from charrnn.ui.shared.snapshots import Subject


class IncompleteState(ValueError):
    """A snapshot holds the weights alone, as in stores of version 1."""


class TrainingState(NamedTuple):
    """A training state at an iteration. With several streams: that of the first."""

    iteration: int
    start: Start
    position: int  # of the window in the text


def training_state(view: View) -> TrainingState:
    """What the iteration after the snapshot of the view begins with. Raises IncompleteState.

    Draws the page again with the newest snapshot if the run has replaced the one of the view.
    """
    state = _state(services.url(), view.run.id, view.snapshot.iteration, view.subject)
    if state.iteration != view.snapshot.iteration:
        request_newest()
        st.rerun()
    return state


@st.cache_resource(show_spinner=False, max_entries=8)
def _state(url: str, run_id: str, iteration: int, _subject: Subject) -> TrainingState:
    first = _subject.first_snapshot()
    weights, accumulator = first.weights, first.weights.like()
    hidden, position, learning_rate = first.hidden, 0, _subject.config.learning_rate
    state = _saved(run_id, iteration)
    if state is not None:
        weights = first.weights.like()
        weights.unpack(state["weights"])
        accumulator.unpack(state["memory"])
        hidden, position = state["hidden"][0].copy(), int(state["position"])
        learning_rate = float(state["learning_rate"])
        iteration = int(state["iteration"])  # the checkpoint may be newer by now
    ids = _window(_subject, position)
    return TrainingState(
        iteration, Start(weights, accumulator, hidden, ids, learning_rate), position
    )


def _saved(run_id: str, iteration: int) -> dict[str, np.ndarray] | None:
    """The training state at an iteration; None before the first update of a new run."""
    snapshots = services.store().snapshots
    checkpoint = snapshots.checkpoint(run_id)
    if iteration in snapshots.iterations(run_id):
        state = state_from_bytes(snapshots.get(run_id, iteration))
    elif checkpoint is None:
        return None
    else:
        state = state_from_bytes(checkpoint[1])
    if not {"memory", "position", "hidden"} <= state.keys():
        raise IncompleteState
    return state


def _window(subject: Subject, position: int) -> np.ndarray:
    """The ids of the window at a position of the first stream, and its last target: (T + 1,)."""
    config = subject.config
    text = subject.ids[: training_length(len(subject.ids), config.held_out)]
    stream = into_streams(text, config.streams)[:, 0]
    return stream[position : position + config.seq_length + 1]

"""What the next training iteration of a run begins with: more than a snapshot holds."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.engine.analysis.one_step import Start
from charrnn.engine.corpus import training_length
from charrnn.engine.training import Trainer
from charrnn.runs.serialization import state_from_bytes
from charrnn.ui import services
from charrnn.ui.inside.live import View, request_newest
from charrnn.ui.shared.snapshots import Subject


class IncompleteState(ValueError):
    """A snapshot holds the weights alone, as in stores of version 1."""


class TrainingState(NamedTuple):
    """A training state at an iteration."""

    iteration: int
    start: Start
    position: int  # of the window in each stream
    learning_rate: float  # before the schedule


def training_state(view: View) -> TrainingState:
    """What the iteration after the snapshot of the view begins with.

    Raises IncompleteState, and TextNotShared: a window is a part of the text.

    Draws the page again with the newest snapshot if the run has replaced the one of the view.
    """
    ids = view.subject.ids
    state = _state(services.url(), view.run.id, view.snapshot.iteration, view.subject, ids)
    if state.iteration != view.snapshot.iteration:
        request_newest()
        st.rerun()
    return state


@st.cache_resource(show_spinner=False, max_entries=8)
def _state(
    url: str, run_id: str, iteration: int, _subject: Subject, _ids: np.ndarray
) -> TrainingState:
    config = _subject.config
    text = _ids[: training_length(len(_ids), config.held_out)]
    settings = config.trainer_settings() | {"held_out": 0.0}  # nothing is measured here
    trainer = Trainer(text, len(_subject.vocabulary), **settings)
    state = _saved(run_id, iteration)
    if state is not None:
        trainer.restore(state)  # the checkpoint may be newer by now
    start = Start.of_trainer(trainer)
    return TrainingState(trainer.iteration, start, trainer.position, trainer.learning_rate)


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
    if "position" not in state:
        raise IncompleteState
    return state

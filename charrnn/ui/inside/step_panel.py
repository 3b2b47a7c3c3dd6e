"""The view "One step": one training iteration of this run, in the order in which it is computed."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.analysis.one_step import Start, Step, loss_with, one_step
from charrnn.engine.parameters import ARRAYS, Parameters
from charrnn.ui import services, session
from charrnn.ui.inside import components, step_notes
from charrnn.ui.inside.live import View
from charrnn.ui.inside.step_notes import size
from charrnn.ui.inside.training_state import IncompleteState, TrainingState, training_state
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Subject
from charrnn.ui.style import is_dark

MAX_NUMBERS = 12_000  # in a picture over the window
MAX_UNITS, MAX_CHARACTERS = 128, 22  # rows of such a picture
CORNER = 48  # rows and columns of the weight matrices that are drawn

MEANINGS = {
    "Wxh": "from the input to the hidden state",
    "Whh": "from the hidden state to the next one",
    "Why": "from the hidden state to the output",
    "bh": "bias of the hidden state",
    "by": "bias of the output",
}

_step = components.component("step", "step_pictures", "step_update", "step_stages")


def draw(view: View) -> None:
    """Draw the switches and the picture, which is stepped through in the browser."""
    if not services.may_read_text(view.run):
        st.markdown(
            "A training step reads a window of the text, and the link to this run does not include "
            "its text. Ask its owner to include it, or choose another view above."
        )
        return
    config = view.run.config
    with view.controls:
        clear = st.toggle(
            "Clear the hidden state",
            key=session.CLEAR_HIDDEN,
            disabled=config.hidden_state == "cleared",
            help="Begin this window with zeros instead of the hidden state that is carried over.",
        )
        clip_off = st.toggle(
            "Turn clipping off",
            key=session.CLIP_OFF,
            disabled=config.clipping == "off",
            help="Use the gradients of this step as they are, however large.",
        )
    try:
        state = training_state(view)
        step = one_step(state.start, clear_hidden=clear, clip=not clip_off)
    except IncompleteState:
        st.info(
            "This snapshot holds the weights alone, so the iteration after it cannot be shown. "
            "Choose a later one."
        )
        return
    except FloatingPointError as error:
        st.warning(f"Training diverges in this step: {error}. Choose an earlier snapshot.")
        return
    data = picture(view.subject, state, step)
    data["loss_after"] = loss_with(state.start, step.weights, clear_hidden=clear)
    data["notes"] = step_notes.notes(state.start, step, config, clear=clear, clip_off=clip_off)
    _step(key="step", data=data)
    st.caption(
        "These are the textbook's formulas, with this run's own numbers and optimizer. The "
        "notebook makes Why vocabulary × vocabulary, which only works when both sizes are "
        "equal; it is vocabulary × hidden." + _streams(view.subject)
    )
    tables.table("The step as a table", "step", lambda: frame(view.subject, step))
    tables.table(
        "The five arrays as a table",
        "step_arrays",
        lambda: arrays_frame(state.start, step, config.clip_limit),
    )


def _streams(subject: Subject) -> str:
    streams = subject.config.streams
    if streams == 1:
        return ""
    return (
        f" This run reads {streams} streams at once. Up to the hidden states' gradients, the "
        "first stream is shown; the gradients of the weights are the mean over all of them."
    )


def picture(subject: Subject, state: TrainingState, step: Step) -> dict[str, Any]:
    """All that step.js needs."""
    T, H = step.hidden.shape
    units = max(1, min(H, MAX_UNITS, MAX_NUMBERS // T))
    rows = _shown_characters(step, max(2, min(MAX_CHARACTERS, MAX_NUMBERS // T)))
    vocabulary = subject.vocabulary.characters
    used = {
        int(i) for i in (*step.inputs, *step.targets, *rows, *range(min(CORNER, len(vocabulary))))
    }
    over_units = {
        "Wxh_x": step.Wxh_x,
        "Whh_h": step.Whh_h,
        "h": step.hidden,
        "from_output": step.dh_from_output,
        "from_next": step.dh_from_next,
        "da": step.da,
    }
    over_rows = {"y": step.scores, "p": step.probabilities, "dy": step.dy}
    config = subject.config
    return {
        "dark": is_dark(),  # another theme is other data: the browser paints anew
        "iteration": state.iteration + 1,
        "position": state.position,
        "learning_rate": state.start.learning_rate,
        "base_rate": state.learning_rate,
        "streams": config.streams,
        "optimizer": config.optimizer,
        "clipping": config.clipping,
        "clip_limit": config.clip_limit,
        "norm": size(step.gradients.flat),
        "H": H,
        "V": len(vocabulary),
        "inputs": step.inputs.tolist(),
        "targets": step.targets.tolist(),
        "rows": rows.tolist(),
        "symbols": {str(i): character_info.symbol(vocabulary[i]) for i in used},
        "names": {str(i): components.name(vocabulary[i]) for i in used},
        "h_before": components.numbers(step.hidden_before[:units]),
        "bh": components.numbers(state.start.weights.bh[:units]),
        "by": components.numbers(state.start.weights.by[rows]),
        "losses": components.numbers(step.losses),
        "log_sums": components.numbers(_log_sums(step)),
        "arrays": [_array(name, state.start, step, config.clip_limit) for name in ARRAYS],
        "loss": step.loss,
        "mean_loss": step.mean_loss,
        **{name: components.numbers(array[:, :units]) for name, array in over_units.items()},
        **{name: components.numbers(array[:, rows]) for name, array in over_rows.items()},
    }


def _shown_characters(step: Step, most: int) -> np.ndarray:
    """The rows of a picture over the vocabulary: those in the window, then the most likely."""
    in_window = np.unique(np.concatenate([step.inputs, step.targets]))
    by_probability = np.argsort(-step.probabilities.mean(axis=0), kind="stable")
    others = np.setdiff1d(by_probability, in_window, assume_unique=True)
    return np.sort(np.concatenate([in_window, others])[:most])


def _log_sums(step: Step) -> np.ndarray:
    """log(sum(exp(y_t))), (T,): what turns scores into probabilities."""
    largest = step.scores.max(axis=1)
    return largest + np.log(np.exp(step.scores - largest[:, None]).sum(axis=1))


def _array(name: str, start: Start, step: Step, clip_limit: float) -> dict[str, Any]:
    """One of the five arrays: its sizes in numbers, and a corner of each of its stages."""

    def part(parameters: Parameters) -> np.ndarray:
        array: np.ndarray = getattr(parameters, name)
        return array.reshape(len(array), -1)

    def corners(stages: dict[str, Parameters]) -> dict[str, Any]:
        return {
            stage: components.numbers(part(parameters)[:CORNER, :CORNER])
            for stage, parameters in stages.items()
        }

    stages = {
        "w": start.weights,
        "g": step.gradients,
        "clipped": step.clipped,
        "update": step.updates,
        "w_new": step.weights,
    }
    g, update, w = part(step.gradients), part(step.updates), part(start.weights)
    return {
        "name": name,
        "shape": list(getattr(step.weights, name).shape),
        "meaning": MEANINGS[name],
        "largest": float(np.abs(g).max()),
        "norm": size(part(step.clipped)),
        "beyond": int((np.abs(g) > clip_limit).sum()),
        "largest_update": float(np.abs(update).max()),
        "relative_update": size(update) / size(w) if size(w) else None,  # biases start at 0
        "before": corners(start.accumulators),
        "after": corners(step.accumulators),
        **corners(stages),
    }


def frame(subject: Subject, step: Step) -> pd.DataFrame:
    """One row for each character of the window."""
    symbols = [character_info.symbol(c) for c in subject.vocabulary.characters]
    at = np.arange(len(step.targets)), step.targets
    return pd.DataFrame(
        {
            "t": at[0],
            "input": [symbols[i] for i in step.inputs],
            "target": [symbols[i] for i in step.targets],
            "score of the target": step.scores[at],
            "probability of the target": step.probabilities[at],
            "loss (nats)": step.losses,
            "size of dh from the output": np.linalg.norm(step.dh_from_output, axis=1),
            "size of dh from the next step": np.linalg.norm(step.dh_from_next, axis=1),
            "size of dh": np.linalg.norm(step.dh, axis=1),
        }
    )


def arrays_frame(start: Start, step: Step, clip_limit: float) -> pd.DataFrame:
    """One row for each of the five arrays."""
    rows = []
    for name in ARRAYS:
        numbers = _array(name, start, step, clip_limit)
        rows.append(
            {
                "array": name,
                "shape": " × ".join(map(str, numbers["shape"])),
                "meaning": numbers["meaning"],
                "largest gradient": numbers["largest"],
                "norm after clipping": numbers["norm"],
                "largest update": numbers["largest_update"],
                "update / weights": numbers["relative_update"],
            }
        )
    return pd.DataFrame(rows)

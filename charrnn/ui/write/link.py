"""The URL parameters of a sample: whoever opens the link sees the same text.

They are `iteration`, `prompt`, `temperature`, `seed` and `length`, each only if it is not the
default.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.prompts import MAX_LENGTH
from charrnn.runs.store.records import Run
from charrnn.ui import session
from charrnn.ui._compat.script_runs import is_history_navigation
from charrnn.ui.shared import snapshot_slider
from charrnn.ui.write import controls
from charrnn.ui.write.writer import TEMPERATURES

_ITERATION = "iteration"


def read_url() -> None:
    """Take the settings of the sample from the URL into the session, when the page is opened.

    Values that are not allowed are ignored. After a step back or forward in the browser's history,
    settings that are not in the URL return to their defaults.
    """
    controls.set_defaults()
    if not _is_opened():
        return
    for name, (key, parse) in _PARAMETERS.items():
        if name in st.query_params:
            with suppress(ValueError):
                st.session_state[key] = parse(st.query_params[name])
        elif is_history_navigation():
            st.session_state[key] = controls.DEFAULTS[key]


def read_iteration(run: Run) -> None:
    """Take the iteration of the snapshot from the URL, when the page is opened."""
    if _is_opened() and _ITERATION in st.query_params:
        with suppress(ValueError):
            # Whether there is such a snapshot is checked where it is used.
            iteration = int(st.query_params[_ITERATION])
            snapshot_slider.set_iteration(run, iteration, key=session.WRITE_AT)


def write_url(run: Run) -> None:
    """Write the sample into the URL."""
    state = st.session_state
    chosen = {
        name: f"{state[key]:g}" if name == "temperature" else str(state[key])
        for name, (key, _) in _PARAMETERS.items()
        if state[key] != controls.DEFAULTS[key]
    }
    iteration = snapshot_slider.chosen_iteration(run, key=session.WRITE_AT)
    if iteration is not None:
        chosen[_ITERATION] = str(iteration)
    before = st.query_params.to_dict()
    others = {k: v for k, v in before.items() if k not in session.WITHOUT_HISTORY_ENTRY}
    if others | chosen != before:
        st.query_params.from_dict(others | chosen)


def _is_opened() -> bool:
    return session.page_changed() or is_history_navigation()


def _prompt(text: str) -> str:
    return text[: controls.MAX_PROMPT]


def _temperature(text: str) -> float:
    return min(TEMPERATURES, key=lambda t: abs(t - float(text)))


def _whole_number(low: float, high: float, text: str) -> int:
    number = int(text)
    if not low <= number <= high:
        raise ValueError(f"{number} is not within {low:g} and {high:g}")
    return number


# name in the URL -> (key of the control in the session, how to read it; raises ValueError)
_PARAMETERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "prompt": (session.PROMPT, _prompt),
    "temperature": (session.TEMPERATURE, _temperature),
    "seed": (session.SAMPLE_SEED, partial(_whole_number, *RunConfig.limits("seed"))),
    "length": (session.LENGTH, partial(_whole_number, 1, MAX_LENGTH)),
}

"""The settings on the page, and how they are kept in step with those of the run that is shown.

The key of each widget is the name of its setting: session_state["hidden_size"].
"""

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.ui import session

# The settings that can change while a run trains. To change any other takes a new run.
LIVE = ("learning_rate", "iterations")

# The steps of the sliders: values worth trying, within the limits of RunConfig.
CHOICES: dict[str, list[float]] = {
    "hidden_size": [8, 16, 32, 64, 83, 100, 128, 192, 256, 384, 512],
    "seq_length": [2, 5, 10, 15, 25, 35, 50, 75, 100, 150, 200],
    "learning_rate": [0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0],
    "iterations": [1_000, 5_000, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000],
    "streams": [1, 2, 4, 8, 16, 32, 64],
    "held_out": [0.0, 0.05, 0.1, 0.2, 0.3],
}


def set_defaults() -> None:
    """Give every setting that has no value yet its default."""
    for name, value in RunConfig().to_dict().items():
        st.session_state.setdefault(name, value)


def load(run: Run) -> bool:
    """Set the controls to the settings of a run that has just come into view.

    Does nothing and returns False if they were loaded from this run before.
    """
    state = st.session_state
    if state.get(session.SETTINGS_OF) == run.id:
        return False
    for name, value in run.config.to_dict().items():
        state[name] = value
    # These are the settings that the run began with. Without an agreed value, pending_changes()
    # then sets the live ones to what they are by now.
    state.pop(session.AGREED, None)
    state[session.SETTINGS_OF] = run.id
    return True


def pending_changes(run: Run) -> dict[str, float]:
    """The live settings that the visitor has changed since mark_synced(), with their new values.

    The other live controls are set to the value of the run, which another visitor may have changed.
    """
    state = st.session_state
    agreed = state.get(session.AGREED, {}).get(run.id, {})
    changes = {}
    for name in LIVE:
        on_page, in_run = state[name], getattr(run, name)
        if on_page == in_run:
            continue
        if name in agreed and on_page != agreed[name]:
            changes[name] = on_page
        else:
            state[name] = in_run
    return changes


def mark_synced(run: Run) -> None:
    """Record that page and run agree: a control that differs from now on was moved by the visitor.

    The values are compared at every run of the page instead of being recorded by a callback of the
    widget, because Streamlit drops a callback if the page runs again before it is done.
    """
    st.session_state[session.AGREED] = {run.id: {name: getattr(run, name) for name in LIVE}}


def reset_live(run: Run) -> None:
    """Set the live controls back to the values that the run began with."""
    for name in LIVE:
        st.session_state[name] = getattr(run.config, name)


def current() -> RunConfig:
    """The settings as they are on the page. Raises ValueError for a value out of limits."""
    return RunConfig.from_dict({name: st.session_state[name] for name in RunConfig().to_dict()})

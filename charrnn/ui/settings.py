"""The settings as they stand on the page, and how they and those of a run follow each other.

Widget keys are the names of the settings themselves: session_state["hidden_size"].
"""

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Run
from charrnn.ui import session

# What a run follows while it trains: a change of these is no new run.
LIVE = ("learning_rate", "iterations")


def start() -> None:
    """Give every setting its default, once."""
    for name, value in RunConfig().to_dict().items():
        st.session_state.setdefault(name, value)


def take(run: Run) -> bool:
    """Set the controls as `run` has them when it comes into view. True the first time."""
    state = st.session_state
    if state.get(session.SETTINGS_OF) == run.id:
        return False
    for name, value in run.config.to_dict().items():
        state[name] = value
    state.pop(session.AGREED, None)  # the live ones are as at the start, and follow the run
    state[session.SETTINGS_OF] = run.id
    return True


def moved(run: Run) -> dict[str, float]:
    """The live settings that the visitor has moved since agree(): what is wished of the run now.

    Those that stand where they were follow the run: another visitor may have moved them.
    """
    state = st.session_state
    agreed = state.get(session.AGREED, {}).get(run.id, {})
    wishes = {}
    for name in LIVE:
        here, there = state[name], getattr(run, name)
        if here == there:
            continue
        if name in agreed and here != agreed[name]:
            wishes[name] = here
        else:
            state[name] = there
    return wishes


def agree(run: Run) -> None:
    """The run does what is wished: from here on, what differs on the page was moved there.

    Compared at every run of the page, and not told by a widget's callback: when the page runs
    again before a callback is done, Streamlit drops the callback, but never the value.
    """
    st.session_state[session.AGREED] = {run.id: {name: getattr(run, name) for name in LIVE}}


def restart(run: Run) -> None:
    """Set those controls as they were when the run began."""
    for name in LIVE:
        st.session_state[name] = getattr(run.config, name)


def chosen() -> RunConfig:
    """The settings as they stand on the page. Raises ValueError for a value out of limits."""
    return RunConfig.from_dict({name: st.session_state[name] for name in RunConfig().to_dict()})

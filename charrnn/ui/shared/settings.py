"""The settings on the page, and how they are kept in step with those of the run that is shown.

The key of each widget is the name of its setting: session_state["hidden_size"] is what stands in
the number field, which may be nothing, or not allowed. current() has the allowed settings alone.
What a visitor enters is taken by settings_input.py.
"""

from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.recipes import DEFAULT, LEARNING_SETTINGS, RECIPES
from charrnn.runs.store.records import Run
from charrnn.ui import session
from charrnn.ui.shared import wording

# The settings that can change while a run trains. To change any other takes a new run.
LIVE = ("learning_rate", "iterations")

# The stops of the sliders: values worth trying, within the limits of RunConfig.
CHOICES: dict[str, list[float]] = {
    "hidden_size": [8, 16, 32, 64, 83, 100, 128, 192, 256, 384, 512],
    "seq_length": [2, 5, 10, 15, 25, 35, 50, 75, 100, 150, 200],
    "learning_rate": [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0],
    "iterations": [1_000, 5_000, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000],
    "streams": [1, 2, 4, 8, 16, 32, 64],
    "held_out": [0.0, 0.05, 0.1, 0.2, 0.3],
}

# What the page calls the values of the settings that have only a few.
OFF_ON = {"off": "Off", "on": "On"}
OPTIONS = {
    "early_stopping": OFF_ON,
    "clipping": {"value": "By value", "norm": "By norm", "off": "Off"},
    "hidden_state": {"carried": "Carried", "cleared": "Cleared"},
    "gradients_through_time": OFF_ON,
}

# Where a control says more than the short name elsewhere.
_LABELS = {"seed": "random seed", "seconds": "time limit in seconds (0: none)"}

# The settings with a number field, where anything can be typed.
TYPED = (
    "hidden_size",
    "seq_length",
    "learning_rate",
    "iterations",
    "seconds",
    "streams",
    "seed",
    "sample_length",
    "sample_interval",
    "clip_limit",
    "initial_scale",
)


def set_defaults() -> None:
    """Give every setting that has no value yet its default."""
    for name, value in (RunConfig().to_dict() | RECIPES[DEFAULT].settings).items():
        st.session_state.setdefault(name, value)


def label(name: str) -> str:
    """The label of a setting's control."""
    return _LABELS.get(name, wording.label(name))


def load(run: Run) -> bool:
    """Set the controls to the settings of a run that has just come into view.

    Does nothing and returns False if they were loaded from this run before.
    """
    state = st.session_state
    if state.get(session.SETTINGS_OF) == run.id:
        return False
    for name, value in run.config.to_dict().items():
        assign(name, value)
    # These are the settings that the run began with. Without an agreed value, pending_changes()
    # then sets the live ones to what they are by now.
    state.pop(session.AGREED, None)
    state[session.SETTINGS_OF] = run.id
    return True


# --- The values ---------------------------------------------------------------------------------


def assign(name: str, value: Any) -> None:
    """Set a setting, after settings_input.take_input() and before its control is drawn."""
    st.session_state[name] = value
    keep(name)


def keep(name: str) -> None:
    """Hold on to what its control shows as the value of a setting."""
    state = st.session_state
    for remembered in (session.SETTINGS, session.TAKEN):
        state.setdefault(remembered, {})[name] = state[name]
    if not problem(name):
        state.setdefault(session.VALID_SETTINGS, {})[name] = entered(name)


def value(name: str) -> Any:
    """The value of a setting; if what was typed is not allowed, the last value that was."""
    if not problem(name):
        return entered(name)
    return st.session_state.get(session.VALID_SETTINGS, {}).get(name, getattr(RunConfig(), name))


def problem(name: str) -> str:
    """Why what was typed for a setting is not allowed, as a sentence, or ""."""
    number = entered(name)
    if number is None:
        low, high = wording.limits(name)
        return f"{label(name)} is empty. Type a number from {low} to {high}."
    try:
        RunConfig.check(name, number)
    except ValueError:
        if RunConfig.is_whole(name) and not isinstance(number, int):
            return f"{label(name)} has to be a whole number, not {in_digits(number)}."
        low, high = wording.limits(name)
        return f"{label(name)} can be {low} to {high}, not {in_digits(number)}."
    return ""


def all_allowed() -> bool:
    """Whether everything that was typed is allowed."""
    return not any(problem(name) for name in TYPED)


def entered(name: str) -> Any:
    """What the field of a setting contains: None, or a number; 100.0 is the whole number 100."""
    number = st.session_state[name]
    whole = isinstance(number, float) and number.is_integer() and RunConfig.is_whole(name)
    return int(number) if whole else number


def current() -> RunConfig:
    """The settings as they are on the page."""
    return RunConfig.from_dict({name: value(name) for name in RunConfig().to_dict()})


# --- In step with the run -----------------------------------------------------------------------


def pending_changes(run: Run) -> dict[str, float]:
    """The live settings that the visitor has changed since mark_synced(), with their new values.

    The other live controls are set to the value of the run, which another visitor may have changed.
    """
    if has_another_recipe(run):
        return {}  # the live settings belong to a new run
    agreed = st.session_state.get(session.AGREED, {}).get(run.id, {})
    changes = {}
    for name in LIVE:
        on_page, in_run = value(name), getattr(run, name)
        if on_page == in_run:
            continue
        if name in agreed and on_page != agreed[name]:
            changes[name] = on_page
        else:
            assign(name, in_run)
    return changes


def mark_synced(run: Run) -> None:
    """Record that page and run agree: a control that differs from now on was moved by the visitor.

    The values are compared at every run of the page instead of being recorded by a callback of the
    widget, because Streamlit drops a callback if the page runs again before it is done.
    """
    live = {} if has_another_recipe(run) else {name: getattr(run, name) for name in LIVE}
    st.session_state[session.AGREED] = {run.id: live}


def has_another_recipe(run: Run) -> bool:
    """Whether the settings on the page learn in another way than the run."""
    return any(value(name) != getattr(run.config, name) for name in LEARNING_SETTINGS)

"""The rules that a copy may break: clipping, the initial scale, the hidden state, gradients."""

from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.ui.shared import wording
from charrnn.ui.shared.settings import OPTIONS


def choose(run: Run) -> dict[str, Any]:
    """Draw the controls, behind an expander; returns the values by name of the setting."""
    with st.expander("Rules of the textbook"):
        clipping = _choose(run, "clipping")
        return {
            "clipping": clipping,
            "clip_limit": _number(run, "clip_limit", step=1.0, disabled=clipping == "off"),
            "initial_scale": _number(
                run, "initial_scale", step=0.01, disabled=run.config.initial_weights != "normal"
            ),
            "hidden_state": _choose(run, "hidden_state"),
            "gradients_through_time": _choose(run, "gradients_through_time"),
        }


def _choose(run: Run, name: str) -> str:
    chosen: str = st.pills(
        wording.label(name),
        OPTIONS[name],
        default=getattr(run.config, name),
        required=True,
        format_func=OPTIONS[name].__getitem__,
        key=f"copy_{name}_{run.id}",
        help=RunConfig.meaning(name),
    )
    return chosen or getattr(run.config, name)


def _number(run: Run, name: str, *, step: float, disabled: bool) -> float:
    """A number, which stays as it is in the run while it makes no difference."""
    low, high = RunConfig.limits(name)
    before: float = getattr(run.config, name)
    number = st.number_input(
        wording.label(name),
        float(low),
        float(high),
        before,
        step,
        format="%g",
        key=f"copy_{name}_{run.id}",
        help=RunConfig.meaning(name),
        disabled=disabled,
    )
    return before if disabled else float(number)

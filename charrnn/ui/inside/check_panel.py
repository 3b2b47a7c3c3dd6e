"""The view "Gradient check": numerical against analytic gradients, for this very network."""

from contextlib import suppress

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis.gradient_check import (
    COMPLEX_DISTANCE,
    DISTANCE,
    Checked,
    gradient_check,
)
from charrnn.engine.parameters import ARRAYS
from charrnn.ui import session
from charrnn.ui.inside import passage
from charrnn.ui.inside.live import View
from charrnn.ui.inside.training_state import IncompleteState, training_state
from charrnn.ui.shared.charts import tables

MAX_CHARACTERS = 25  # of the window that is checked
NOT_THROUGH_TIME = (
    "This run trains without gradients through time, so what a character costs later is missing "
    "from the gradients of all that feeds the hidden state: Wxh, Whh and bh."
)


def draw(view: View) -> None:
    """Draw the button and, once it was pressed, the result."""
    st.markdown(
        "Are the gradients right? Move one weight a little up and down, and see how much the loss "
        "of a window changes: that is its gradient, without any calculus. It has to agree with "
        "the one that backpropagation finds."
    )
    st.code("dL/dw ≈ (L(w + ε) − L(w − ε)) / 2ε        ε = 1e−5", language=None)
    key = f"{view.run.id}_{view.snapshot.iteration}"
    window = _window(view)  # at once: when the button is pressed, a run has trained on
    if st.button("Check the gradients", icon=":material/fact_check:", type="primary"):
        st.session_state[session.CHECKED] = (key, _check(view, *window))
    found, checked = st.session_state.get(session.CHECKED, ("", []))
    if found == key:
        _draw_result(view, checked)


def _check(view: View, ids: np.ndarray, hidden: np.ndarray) -> list[Checked]:
    """ids: (T + 1,). hidden: the state before them, (H,)."""
    rng = np.random.default_rng(0)
    return gradient_check(
        view.snapshot.weights,
        ids[: MAX_CHARACTERS + 1],
        hidden,
        rng,
        through_time=view.run.config.gradients_through_time == "on",
    )


def _window(view: View) -> tuple[np.ndarray, np.ndarray]:
    """(The ids, (T + 1,), and the hidden state before them): the next window, if it is known."""
    if passage.reads_text(view):
        with suppress(IncompleteState):
            start = training_state(view).start
            return start.ids[:, 0], start.hidden[0]
    read = passage.of_length(view, MAX_CHARACTERS + 1)
    return read.ids, read.hidden


def _draw_result(view: View, checked: list[Checked]) -> None:
    wrong = sum(not entry.agrees for entry in checked)
    worst = max(entry.relative_error for entry in checked)
    if wrong:
        why = "" if view.run.config.gradients_through_time == "on" else f" {NOT_THROUGH_TIME}"
        st.error(f"{wrong} of {len(checked)} gradients do not agree.{why}", icon=":material/error:")
    else:
        st.success(
            f"All {len(checked)} gradients agree. The largest relative difference is {worst:.0e}.",
            icon=":material/check_circle:",
        )
    st.dataframe(_by_array(checked), hide_index=True)
    st.caption(
        f"At iteration {view.snapshot.iteration:,}, in float64, with the entries moved by "
        f"{DISTANCE:.0e}: of each array those with the largest gradients, and as many drawn at "
        "random. Where rounding or curvature disturbs that, as where gradients explode, the "
        f"complex step decides: Im L(w + iε) / ε with ε = {COMPLEX_DISTANCE:.0e}. The gradients in "
        "the table are those that differ most."
    )
    tables.table("Every checked entry", "gradient_check", lambda: _entries(checked))


def _by_array(checked: list[Checked]) -> pd.DataFrame:
    rows = []
    for name in ARRAYS:
        entries = [entry for entry in checked if entry.array == name]
        worst = max(entries, key=lambda entry: entry.relative_error)
        rows.append(
            {
                "array": name,
                "entries": len(entries),
                "largest relative difference": f"{worst.relative_error:.1e}",
                "analytic": f"{worst.analytic:.8f}",
                "numerical": f"{worst.numerical:.8f}",
                "agrees": "yes" if all(entry.agrees for entry in entries) else "NO",
            }
        )
    return pd.DataFrame(rows)


def _entries(checked: list[Checked]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "array": [entry.array for entry in checked],
            "place": [", ".join(map(str, entry.place)) for entry in checked],
            "analytic": [entry.analytic for entry in checked],
            "numerical": [entry.numerical for entry in checked],
            "relative difference": [f"{entry.relative_error:.1e}" for entry in checked],
        }
    )

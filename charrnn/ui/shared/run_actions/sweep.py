"""Sweep: a copy of a run with every combination of a few values."""

from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import wording
from charrnn.ui.shared.dialogs import run_dialog
from charrnn.ui.shared.run_actions.copies import (
    MAX_COPIES,
    SETTINGS,
    START_AND_CHANCE,
    choose_repeats,
    offered_values,
    refusal,
    show_estimate,
    start_copies,
    with_repeats,
)

SWEEP_ITERATIONS = 10_000


@run_dialog("Sweep: try every combination", width="large", icon=":material/grid_view:")
def sweep(run: Run) -> None:
    """The dialog for a copy of a run with every combination of the chosen values."""
    st.caption(
        "Choose two or more values of at least one setting. Every combination becomes a copy of "
        f"{escape_markdown(run.title)}. {START_AND_CHANCE}"
    )
    corpus = services.text_of(run)
    combinations = [config.fitted(corpus.characters) for config in _choose_sweep(run)]
    configs = with_repeats(combinations, choose_repeats(f"sweep_repeats_{run.id}"))
    n = len(configs)
    problem = refusal(configs, corpus)
    if n > MAX_COPIES:
        problem = f"These are {n} runs, and at most {MAX_COPIES} are allowed: choose fewer values."
    show_estimate(configs, corpus, problem)
    if st.button(
        f"Start {n} run{'s' * (n > 1)}",
        key=f"start_sweep_{run.id}",
        type="primary",
        icon=":material/play_arrow:",
        disabled=bool(problem) or n == 1,
    ):
        start_copies(run, corpus, configs, keep=[])


def _choose_sweep(run: Run) -> list[RunConfig]:
    """The controls for a sweep; returns every combination of the chosen values."""
    chosen: dict[str, list[Any]] = {
        name: st.pills(
            wording.label(name),
            offered_values(run, name),
            selection_mode="multi",
            default=[getattr(run.config, name)],
            key=f"sweep_{name}_{run.id}",
            format_func=partial(wording.value, name),
        )
        or [getattr(run.config, name)]
        for name in SETTINGS
    }
    chosen["iterations"] = [
        st.select_slider(
            wording.label("iterations"),
            offered_values(run, "iterations"),
            value=SWEEP_ITERATIONS,
            key=f"sweep_iterations_{run.id}",
            format_func=partial(wording.value, "iterations"),
        )
    ]
    return [
        replace(run.config, **dict(zip(chosen, values, strict=True)))
        for values in product(*chosen.values())
    ]

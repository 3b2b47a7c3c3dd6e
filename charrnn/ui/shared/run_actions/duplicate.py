"""Duplicate and change: one copy of a run with other settings."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import lineage
from charrnn.ui.shared.dialogs import dialog
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.run_actions.copies import (
    offered_values,
    refusal,
    show_estimate,
    start_copies,
)

COPY_SETTINGS = ("hidden_size", "seq_length", "learning_rate", "streams")


@dialog("Duplicate and change", width="medium", icon=":material/content_copy:")
@shows_errors()
def duplicate(run: Run) -> None:
    """The dialog for one copy of a run with changes."""
    st.caption(
        f"A copy of {escape_markdown(run.title)} starts from the same initial weights wherever "
        "the shapes match, reads the text in the same order and uses the same random seed. So any "
        "difference in the results comes from what you change."
    )
    corpus = services.corpus(run.sha256)
    config = _choose_copy(run).fitted(corpus.characters)
    changes = lineage.differences(run.config, config)
    problem = refusal([config], corpus)
    st.text(listed(changes) or "Nothing changed yet: move a slider.")
    show_estimate([config], corpus, problem)
    if st.button(
        "Start the copy",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not changes or bool(problem),
    ):
        start_copies(run, corpus, [config])


def _choose_copy(run: Run) -> RunConfig:
    """The controls for one copy."""
    values: dict[str, Any] = {
        name: st.select_slider(
            lineage.label(name),
            offered_values(run, name),
            value=getattr(run.config, name),
            key=f"copy_{name}_{run.id}",
            format_func=partial(lineage.value, name),
            help=RunConfig.meaning(name),
        )
        for name in COPY_SETTINGS
    }
    low, high = RunConfig.limits("seed")
    values["seed"] = st.number_input(
        "random seed", low, high, run.config.seed, key=f"copy_seed_{run.id}"
    )
    return replace(run.config, **values)

"""Duplicate and change: one copy of a run with other settings."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run
from charrnn.runs.texts.names import MAX_NAME_LENGTH
from charrnn.ui import comparison, services
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import wording
from charrnn.ui.shared.dialogs import run_dialog
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.run_actions import rules
from charrnn.ui.shared.run_actions.copies import (
    SETTINGS,
    START_AND_CHANCE,
    choose_repeats,
    offered_values,
    refusal,
    show_estimate,
    start_copies,
    with_repeats,
)


@run_dialog("Duplicate and change", width="medium", icon=":material/content_copy:")
def duplicate(run: Run) -> None:
    """The dialog for one copy of a run with changes."""
    st.caption(
        f"A copy of {escape_markdown(run.title)} learns the same text with other settings. "
        f"{START_AND_CHANCE}"
    )
    corpus = services.text_of(run)
    changed = _choose_settings(run)
    with st.container(horizontal=True):
        seed = _choose_seed(run)
        repeats = choose_repeats(f"copy_repeats_{run.id}")
    config = replace(changed, seed=seed).fitted(corpus.characters)
    # A repeat without any change would be the original again.
    configs = [copy for copy in with_repeats([config], repeats) if copy != run.config]
    names = _choose_names(run, config, configs)
    problem = refusal(configs, corpus)
    changes = wording.differences(run.config, config)
    st.text(
        listed(changes) or "Nothing changed yet: move a slider, change a rule, or ask for repeats."
    )
    with st.container():  # also if it is empty: nothing below it may move
        if configs:
            show_estimate(configs, corpus, problem)
    if st.button(
        "Start the copy" if len(configs) < 2 else f"Start {len(configs)} copies",
        key=f"start_copies_{run.id}",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not configs or bool(problem),
    ):
        start_copies(run, corpus, configs, names=names, keep=_compared_of_same_text(run))


def _choose_names(run: Run, config: RunConfig, configs: list[RunConfig]) -> list[str]:
    """The names of the copies: what was typed, or else what is changed; repeats add their seed."""
    # Each of several copies gets its own seed below, so that it is no part of their common name.
    alike = replace(config, seed=run.config.seed) if len(configs) > 1 else config
    changes = wording.short_name(run.config, alike)
    typed = st.text_input(
        "Name",
        max_chars=MAX_NAME_LENGTH,
        placeholder=changes or f"seed {configs[0].seed if configs else config.seed + 1}",
        key=f"copy_name_{run.id}",
    )
    name = typed.strip() or changes
    if len(configs) == 1 and name:
        return [name]
    return [" · ".join(filter(None, [name, f"seed {copy.seed}"])) for copy in configs]


def _compared_of_same_text(run: Run) -> list[str]:
    """The keys of the compared runs that learn the same text, and are the visitor's own."""
    own = {other.id: other for other in services.workspace().runs()}
    compared = comparison.selected() or []
    return [key for key in compared if key in own and own[key].sha256 == run.sha256]


def _choose_settings(run: Run) -> RunConfig:
    """The controls for the settings of the copy; its random seed is chosen apart."""
    values: dict[str, Any] = {
        name: st.select_slider(
            wording.label(name),
            offered_values(run, name),
            value=getattr(run.config, name),
            key=f"copy_{name}_{run.id}",
            format_func=partial(wording.value, name),
            help=RunConfig.meaning(name),
        )
        for name in (*SETTINGS, "streams")
    }
    return replace(run.config, **values, **rules.choose(run))


def _choose_seed(run: Run) -> int:
    low, high = RunConfig.limits("seed")
    return int(
        st.number_input("random seed", low, high, run.config.seed, key=f"copy_seed_{run.id}")
    )

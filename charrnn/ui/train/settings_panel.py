"""Step 2 in the sidebar: the settings. The three that matter most first, the rest in "Advanced"."""

from collections.abc import Callable

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import lineage, settings
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.settings import CHOICES

UNCHANGED = "Three settings decide how much the network can learn, and how fast."


def choose_settings(corpus: Corpus, run: Run | None) -> RunConfig:
    """Draw the panel; returns the settings, fitted to the text."""
    st.markdown("##### 2 · Network")
    note = st.empty()  # the style sheet gives it two lines, so that nothing below it jumps
    _slider("hidden_size")
    _slider("seq_length")
    _slider("learning_rate", "learning rate")
    with st.expander("Advanced"):
        _slider("iterations", "iteration limit")
        _slider("streams", "parallel streams")
        _slider("held_out", "held out", format_func=lambda share: f"{share:.0%}")
        _number("seed", "random seed")
        _number("sample_length", "sample length", step=50)
        _number("sample_interval", "sample interval", step=100)
    config = settings.current().fitted(corpus.characters)
    _warn_of_limits(corpus, config)
    changes = changes_in_words(run, corpus, config)
    with note.container(key="note"):
        st.caption(f"{listed(changes)}: Train starts a new run." if changes else UNCHANGED)
    return config


def _warn_of_limits(corpus: Corpus, config: RunConfig) -> None:
    """Warn before Train is pressed if the server would refuse these settings."""
    try:
        Limits.from_environment().check(config, len(corpus.vocabulary))
    except TooLarge as error:
        st.warning(escape_markdown(str(error)), icon=":material/expand:")


def changes_in_words(run: Run | None, corpus: Corpus, config: RunConfig) -> list[str]:
    """How text and settings on the page differ from those of the run; [] without a run.

    The live settings do not count: changing them takes no new run.
    """
    if run is None:
        return []
    text = ["Another text"] if corpus.sha256 != run.sha256 else []
    return text + [
        f"{lineage.label(name)} {lineage.value(name, before)} → {lineage.value(name, after)}"
        for name, (before, after) in run.config.differences(config).items()
        if name not in settings.LIVE
    ]


def _slider(
    name: str,
    label: str | None = None,
    *,
    format_func: Callable[[float], str] = lambda value: f"{value:,}",
) -> None:
    st.select_slider(
        label or name,
        sorted({*CHOICES[name], st.session_state[name]}),
        key=name,
        format_func=format_func,
        help=RunConfig.meaning(name),
        persist_state="session",
    )


def _number(name: str, label: str, *, step: int = 1) -> None:
    low, high = RunConfig.limits(name)
    st.number_input(
        label,
        low,
        high,
        key=name,
        step=step,
        required=True,
        help=RunConfig.meaning(name),
        persist_state="session",
    )

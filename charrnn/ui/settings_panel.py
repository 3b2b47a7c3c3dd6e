"""Step 2: the network. Three numbers in front, the others behind "Advanced"."""

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.records import Corpus, Run
from charrnn.ui import settings
from charrnn.ui.plain import plain
from charrnn.ui.words import listed

UNCHANGED = "Three numbers decide how much it can learn, and how fast."

# Values that people would try, between the limits of RunConfig.
CHOICES = {
    "hidden_size": [8, 16, 32, 64, 83, 100, 128, 192, 256, 384, 512],
    "seq_length": [2, 5, 10, 15, 25, 35, 50, 75, 100, 150, 200],
    "learning_rate": [0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0],
    "iterations": [1_000, 5_000, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000],
    "streams": [1, 2, 4, 8, 16, 32, 64],
    "held_out": [0.0, 0.05, 0.1, 0.2, 0.3],
}


def choose_settings(corpus: Corpus, run: Run | None) -> RunConfig:
    """Draw the panel; returns the settings, fitted to the text."""
    st.markdown("##### 2 · Network")
    note = st.empty()  # always two lines, so that nothing below it jumps
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
    config = settings.chosen().fitted(corpus.characters)
    _warn_of_limits(corpus, config)
    changes = changed(run, corpus, config)
    with note.container(key="note"):
        st.caption(f"{listed(changes)}: Train starts a new run." if changes else UNCHANGED)
    return config


def _warn_of_limits(corpus: Corpus, config: RunConfig) -> None:
    """Say before Train what would be refused after it."""
    try:
        Limits.here().check(config, len(corpus.vocabulary))
    except TooLarge as problem:
        st.warning(plain(str(problem)), icon=":material/expand:")


def changed(run: Run | None, corpus: Corpus, config: RunConfig) -> list[str]:
    """What differs between the settings on the page and the run that is shown, in words."""
    if run is None:
        return []
    text = ["Another text"] if corpus.sha256 != run.sha256 else []
    return text + [
        f"{name} {before} → {now}"
        for name, (now, before) in config.differences(run.config).items()
        if name not in settings.LIVE
    ]


def _slider(name: str, label: str | None = None, *, format_func=None) -> None:
    options = sorted({*CHOICES[name], st.session_state[name]})
    st.select_slider(
        label or name,
        options,
        key=name,
        format_func=format_func or (lambda value: f"{value:,}"),
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

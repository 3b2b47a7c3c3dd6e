"""What a copy with changes and a sweep share: values to choose from, limits, estimate, start."""

from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.workers.estimate import seconds_per_iteration, total_seconds
from charrnn.ui import comparison, navigation, services
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared.formatting import duration
from charrnn.ui.shared.settings import CHOICES


def offered_values(run: Run, name: str) -> list[Any]:
    """The values on offer for a setting, including the one that the run has."""
    return sorted({*CHOICES[name], getattr(run.config, name)})


def refusal(configs: list[RunConfig], corpus: Corpus) -> str:
    """Why these runs are not allowed on this server, as a sentence, or ""."""
    try:
        for config in configs:
            Limits.from_environment().check(config, len(corpus.vocabulary))
    except TooLarge as error:
        return str(error)
    return ""


def show_estimate(configs: list[RunConfig], corpus: Corpus, problem: str) -> None:
    """Say how long the runs will take, or what the problem with them is."""
    if problem:
        st.warning(escape_markdown(problem), icon=":material/warning:")
        return
    seconds = [_seconds(config, len(corpus.vocabulary)) for config in configs]
    several = len(seconds) > 1
    runs = f"{len(seconds)} runs, about" if several else "About"
    longest = f"; the longest takes {duration(max(seconds))}" if several else ""
    st.text(
        f"{runs} {duration(total_seconds(seconds))} on this machine if nothing else is "
        f"training{longest}."
    )


def _seconds(config: RunConfig, vocab_size: int) -> float:
    """How long a whole run takes."""
    return config.iterations * _seconds_per_iteration(
        vocab_size, config.hidden_size, config.seq_length, config.streams, config.dtype
    )


@st.cache_data(show_spinner="Measuring the speed of this machine", max_entries=500)
def _seconds_per_iteration(
    vocab_size: int, hidden_size: int, seq_length: int, streams: int, dtype: str
) -> float:
    config = RunConfig(hidden_size=hidden_size, seq_length=seq_length, streams=streams, dtype=dtype)
    return seconds_per_iteration(config, vocab_size)


def start_copies(run: Run, corpus: Corpus, configs: list[RunConfig]) -> None:
    """Start copies of a run, and compare them with it. Raises StoreError."""
    workspace = services.workspace()
    copies = [workspace.create(corpus, config, parent=run.id) for config in configs]
    services.supervisor().reconcile()
    original = run.id if services.owned(run) else run.view_key
    others = [key for key in comparison.selected() or [] if key != original]
    comparison.select([original, *(new.id for new in copies), *others])
    navigation.go("Compare")

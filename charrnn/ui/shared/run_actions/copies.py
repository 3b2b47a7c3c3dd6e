"""What a copy with changes and a sweep share: values to choose from, limits, estimate, start."""

from dataclasses import replace
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

START_AND_CHANCE = (
    "With the same random seed it starts from the same initial weights: a larger network contains "
    "those of the smaller one. But training amplifies the smallest difference, at a large learning "
    "rate most of all. So a difference of less than about 0.1 to 0.3 bits per character may be "
    "chance: repeats with other random seeds show how much is."
)
SETTINGS = ("hidden_size", "seq_length", "learning_rate")  # what copies mostly differ in
MAX_COPIES = 12  # that are started at once


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


@st.cache_data(show_spinner="Measuring the speed of this machine", ttl=600, max_entries=500)
def _seconds_per_iteration(
    vocab_size: int, hidden_size: int, seq_length: int, streams: int, dtype: str
) -> float:
    config = RunConfig(hidden_size=hidden_size, seq_length=seq_length, streams=streams, dtype=dtype)
    return seconds_per_iteration(config, vocab_size)


def choose_repeats(key: str) -> int:
    """The control for the number of repeats."""
    repeats = st.number_input(
        "repeats",
        1,
        MAX_COPIES,
        1,
        key=key,
        help="Each repeat has a random seed of its own and is the same otherwise. How far the "
        "repeats lie apart shows how much chance alone changes.",
    )
    return int(repeats)


def with_repeats(configs: list[RunConfig], repeats: int) -> list[RunConfig]:
    """Each config, and repeats of it that differ in the random seed only."""
    return [
        replace(config, seed=(config.seed + i) % 2**32)
        for config in configs
        for i in range(repeats)
    ]


def start_copies(
    run: Run,
    corpus: Corpus,
    configs: list[RunConfig],
    *,
    names: list[str] | None = None,
    keep: list[str],
) -> None:
    """Start copies of a run, and compare them with it. Raises StoreError.

    names: of the copies; "" is no name. keep: keys of compared runs that stay compared.
    """
    workspace = services.workspace()
    copies = [workspace.create(corpus, config, parent=run.id) for config in configs]
    for copy, name in zip(copies, names or [], strict=bool(names)):
        workspace.rename(copy.id, name)
    services.supervisor().reconcile()
    original = run.id if services.owned(run) else run.view_key
    new = [copy.id for copy in copies]
    if len(new) < comparison.MAX_RUNS:
        new.insert(0, original)
    comparison.select([*new, *(key for key in keep if key not in new)])
    navigation.go("Compare")

"""Duplicate and change: one twin of a run, or a whole grid of them."""

from dataclasses import replace
from itertools import product

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.estimate import seconds_per_iteration, total_seconds
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.records import Corpus, Run
from charrnn.ui import kin, services, session, sitemap
from charrnn.ui.dialogs import dialog
from charrnn.ui.plain import plain
from charrnn.ui.settings_panel import CHOICES
from charrnn.ui.trouble import told
from charrnn.ui.words import duration, listed

CHANGEABLE = ("hidden_size", "seq_length", "learning_rate", "streams")
GRID = ("learning_rate", "hidden_size", "seq_length")
MAX_GRID = 12


@dialog("Duplicate and change", width="medium", icon=":material/content_copy:")
@told()
def duplicate(run: Run) -> None:
    """A twin: the same text, the same first weights wherever shapes match, the same dice."""
    st.caption(
        f"A twin of {plain(run.title)} begins with the same weights wherever the shapes match, "
        "reads the text in the same order and throws the same dice. So whatever differs comes "
        "from what you change."
    )
    values = {}
    for name in CHANGEABLE:
        own = getattr(run.config, name)
        values[name] = st.select_slider(
            kin.label(name),
            sorted({*CHOICES[name], own}),
            value=own,
            key=f"twin_{name}_{run.id}",
            format_func=lambda v, name=name: kin.value(name, v),
            help=RunConfig.meaning(name),
        )
    low, high = RunConfig.limits("seed")
    seed = st.number_input("random seed", low, high, run.config.seed, key=f"twin_seed_{run.id}")
    corpus = services.corpus(run.sha256)
    config = replace(run.config, **values, seed=seed).fitted(corpus.characters)
    changes = kin.differences(run.config, config)
    problem = _problem([config], corpus)
    st.text(listed(changes) or "Nothing changed yet: move a slider.")
    _say_how_long([config], corpus, problem)
    if st.button(
        "Start the twin",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not changes or bool(problem),
    ):
        _start(run, corpus, [config])


@dialog("A grid of twins", width="large", icon=":material/grid_view:")
@told()
def grid(run: Run) -> None:
    """Every combination of a few values, all twins of one run."""
    st.caption(
        "Choose two values or more of something. Every combination becomes a twin of "
        f"{plain(run.title)}."
    )
    chosen = {}
    for name in GRID:
        own = getattr(run.config, name)
        chosen[name] = st.pills(
            kin.label(name),
            sorted({*CHOICES[name], own}),
            selection_mode="multi",
            default=[own],
            key=f"grid_{name}_{run.id}",
            format_func=lambda v, name=name: kin.value(name, v),
        ) or [own]
    limit = st.select_slider(
        "iteration limit",
        sorted({*CHOICES["iterations"], run.config.iterations}),
        value=10_000,
        key=f"grid_iterations_{run.id}",
        format_func=lambda v: f"{v:,}",
    )
    corpus = services.corpus(run.sha256)
    configs = [
        replace(run.config, iterations=limit, **dict(zip(chosen, values, strict=True))).fitted(
            corpus.characters
        )
        for values in product(*chosen.values())
    ]
    problem = _problem(configs, corpus)
    if len(configs) > MAX_GRID:
        problem = f"These are {len(configs)} runs; choose {MAX_GRID} at the most."
    _say_how_long(configs, corpus, problem)
    n = len(configs)
    if st.button(
        f"Start {n} run{'s' * (n > 1)}",
        type="primary",
        icon=":material/play_arrow:",
        disabled=bool(problem) or n == 1,
    ):
        _start(run, corpus, configs)


def _problem(configs: list[RunConfig], corpus: Corpus) -> str:
    """Why these cannot be started, or ""."""
    try:
        for config in configs:
            Limits.here().check(config, len(corpus.vocabulary))
    except TooLarge as error:
        return str(error)
    return ""


def _say_how_long(configs: list[RunConfig], corpus: Corpus, problem: str) -> None:
    if problem:
        st.warning(plain(problem), icon=":material/warning:")
        return
    each = [_seconds(config, len(corpus.vocabulary)) for config in configs]
    together = f"{len(each)} runs, about" if len(each) > 1 else "About"
    longest = f"; the longest takes {duration(max(each))}" if len(each) > 1 else ""
    st.text(
        f"{together} {duration(total_seconds(each))} on this machine while nothing else "
        f"trains{longest}."
    )


def _seconds(config: RunConfig, vocab_size: int) -> float:
    return config.iterations * _seconds_per_iteration(
        vocab_size, config.hidden_size, config.seq_length, config.streams, config.dtype
    )


@st.cache_data(show_spinner="Measuring this machine", max_entries=500)
def _seconds_per_iteration(
    vocab_size: int, hidden_size: int, seq_length: int, streams: int, dtype: str
) -> float:
    config = RunConfig(hidden_size=hidden_size, seq_length=seq_length, streams=streams, dtype=dtype)
    return seconds_per_iteration(config, vocab_size)


def _start(run: Run, corpus: Corpus, configs: list[RunConfig]) -> None:
    """Begin twins beside the run, and compare them with it."""
    shelf = services.shelf()
    made = [shelf.create(corpus, config, parent=run.id) for config in configs]
    services.launcher().take_up()
    mine = [run.id] if services.owned(run) else [run.view_key]
    before = [key for key in session.compared() or [] if key not in mine]
    session.compare([*mine, *(twin.id for twin in made), *before])
    sitemap.go("Compare")

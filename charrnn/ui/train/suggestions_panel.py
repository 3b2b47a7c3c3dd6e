"""Suggested settings: a few are tried on the text for a few seconds each, and one click takes them.

The trials run in processes of their own (see charrnn/runs/suggestions/), so the page stays usable,
and after a reload it shows how far they are.
"""

import html

import streamlit as st

from charrnn.engine.corpus import training_length
from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits
from charrnn.runs.recipes import TITLES
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.suggestions.candidates import HELD_OUT, SUGGESTED, candidates
from charrnn.runs.suggestions.ranking import ranked, suggested
from charrnn.runs.suggestions.search import Busy, Search
from charrnn.runs.suggestions.trial import TRIAL_SECONDS, Trial
from charrnn.ui import services, workspace_key
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import settings, settings_input, wording
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.linked_run import leave_run
from charrnn.ui.train.suggestions_chart import trial_rows, trial_spec
from charrnn.ui.train.text_panel import current_corpus

REFRESH_SECONDS = 0.7
HOW = (
    f"Each trained from scratch for about {TRIAL_SECONDS:g} seconds of CPU time; a repeat may "
    "differ a little. Longer training favors larger networks."
)


def draw_button(corpus: Corpus) -> None:
    """The button in the sidebar that begins a search."""
    search = _search(corpus)
    share = settings.value("held_out") or HELD_OUT
    too_short = training_length(corpus.characters, share) == corpus.characters
    st.button(
        "Suggest settings",
        icon=":material/query_stats:",
        on_click=_start,
        disabled=too_short or bool(search and search.active),
        help="This text is too short to measure on."
        if too_short
        else "Tries a few rates, sizes and recipes on this very text, for a few seconds each.",
    )


def draw_panel(run: Run | None, corpus: Corpus) -> None:
    """The search of this text, if there is one; it refreshes itself until it has ended."""
    with st.container():  # even if it is empty: what comes after it stays as it is
        search = _search(corpus)
        if search:
            every = REFRESH_SECONDS * services.refresh_factor() if search.active else None
            st.fragment(_draw_search, run_every=every)(run, corpus, active=search.active)


def _search(corpus: Corpus) -> Search | None:
    search = services.searches().get(workspace_key.current())
    return search if search and search.corpus.sha256 == corpus.sha256 else None


@shows_errors()
def _draw_search(run: Run | None, corpus: Corpus, *, active: bool) -> None:
    search = _search(corpus)
    if search is None or search.active != active:
        rerun_page()
    if search is None:
        return
    trials = search.trials
    with st.container(border=True, key="suggestions"):
        st.markdown(_sentence(trials, active=active))
        chart, table = st.columns([4, 3], vertical_alignment="center")
        with chart:
            st.vega_lite_chart(
                trial_rows(trials, guessing=corpus.baselines.uniform),
                trial_spec(),
                key="trials",
                alt="Held-out loss of each trial over its CPU time; the table has the same figures",
            )
        with table:
            st.html(_table(trials))
        with st.container(horizontal=True, vertical_alignment="center"):
            best = None if active else suggested(trials)
            if best and st.button(
                "Use these settings",
                type="primary",
                icon=":material/check:",
                on_click=_take,
                args=(run, best.config),
                disabled=_taken(best.config),
            ):
                rerun_page()  # the controls are outside of this fragment
            label = "Cancel" if active else "Close"
            if st.button(label, icon=":material/close:", key="close_suggestions", on_click=_close):
                rerun_page()
            if best and _taken(best.config):
                st.caption("They are in the sidebar now: press **Train**.")
            else:
                st.caption(HOW)


def _sentence(trials: list[Trial], *, active: bool) -> str:
    """How far the search is, or its result."""
    ended = sum(trial.state not in ("waiting", "training") for trial in trials)
    if active:
        return f"**Trying {len(trials)} settings on this text** · {ended} done"
    order = ranked(trials)
    if not order:
        return "**No suggestion**: none of these settings could be tried."
    best, current = suggested(trials), trials[0]
    if best is None:
        return (
            "**Your settings learn about as fast here as any**: "
            f"{current.marks[-1].bits:.2f} bits per character on held-out text after "
            f"{TRIAL_SECONDS:g} seconds."
        )
    yours = f"; yours reach {current.marks[-1].bits:.2f}" if current.state == "done" else ""
    if current.state == "diverged":
        yours = "; with yours, training diverges"
    return (
        f"**{in_words(best.config)} learns fastest here**: {best.marks[-1].bits:.2f} bits per "
        f"character on held-out text after {TRIAL_SECONDS:g} seconds{yours}."
    )


def in_words(config: RunConfig) -> str:
    """What a candidate decides, as the beginning of a sentence."""
    streams = f"{config.streams} stream{'s' * (config.streams > 1)}"
    rate = wording.value("learning_rate", config.learning_rate)
    return (
        f"{TITLES[config.recipe]} with {config.hidden_size} hidden units, {streams} and "
        f"learning rate {rate}"
    )


def _table(trials: list[Trial]) -> str:
    """All trials, the best one first, as HTML."""
    best = next(iter(ranked(trials)), None)
    order = ranked(trials)
    order += [trial for trial in trials if trial not in order]
    rows = []
    for trial in order:
        config = trial.config
        kind = "best" if trial is best else "yours" if trial is trials[0] else "other"
        cells = [
            TITLES[config.recipe] + (" (yours)" if trial is trials[0] else ""),
            str(config.hidden_size),
            str(config.streams),
            wording.value("learning_rate", config.learning_rate),
            f"{trial.marks[-1].bits:.2f}" if trial.state == "done" else trial.state,
        ]
        row = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr class="{kind}">{row}</tr>')
    heads = "".join(f"<th>{head}</th>" for head in ("recipe", "hidden", "streams", "rate", "bits"))
    return f'<table class="trials"><thead><tr>{heads}</tr></thead>{"".join(rows)}</table>'


def _taken(config: RunConfig) -> bool:
    return all(settings.value(name) == getattr(config, name) for name in SUGGESTED)


# --- Callbacks ----------------------------------------------------------------------------------


@shows_errors()
def _start() -> None:
    """Begin a search of the text and around the settings that are on the page by now."""
    settings_input.take_input()
    corpus = current_corpus()
    if corpus is None:
        return  # the sidebar says why
    limits, vocab_size = Limits.from_environment(), len(corpus.vocabulary)
    configs = candidates(settings.current(), corpus.characters, vocab_size, limits)
    try:
        services.searches().start(workspace_key.current(), corpus, configs)
    except Busy:
        st.toast("Many others are trying settings just now: try again in a minute.")


@shows_errors()
def _close() -> None:
    services.searches().discard(workspace_key.current())


@shows_errors()
def _take(run: Run | None, config: RunConfig) -> None:
    """Put settings into the sidebar, for a new run."""
    leave_run(run)
    settings_input.put_from_fragment({name: getattr(config, name) for name in SUGGESTED})

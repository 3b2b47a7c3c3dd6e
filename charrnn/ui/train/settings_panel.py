"""Step 2 in the sidebar: the settings. The three that matter most first, the rest in "Advanced"."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import session
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import (
    learning_rate_hint,
    settings,
    settings_input,
    settings_link,
    wording,
)
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.settings import CHOICES, OPTIONS
from charrnn.ui.train import number_field, recipe_choice, suggestions_panel

MAIN_SETTINGS = ("hidden_size", "seq_length", "learning_rate")
# By how many of them are shown.
UNCHANGED = (
    "",
    "This setting helps decide how much the network can learn, and how fast.",
    "These settings help decide how much the network can learn, and how fast.",
    "Three settings decide how much the network can learn, and how fast.",
)


def choose_settings(corpus: Corpus, run: Run | None) -> RunConfig:
    """Draw the panel; returns the settings, fitted to the text."""
    st.markdown("## 2 · Network")
    with st.container():  # also if it is empty: nothing below it may move
        settings_link.draw_hidden_controls()
    if session.shows("recipe"):
        recipe_choice.draw()
    note = st.empty()  # the style sheet gives it two lines, so that nothing below it jumps
    pair = learning_rate_hint.good_pair(settings.current())
    main = [name for name in MAIN_SETTINGS if session.shows(name)]
    for name in main:
        number_field.draw_with_slider(name, advice="" if name == "seq_length" else pair)
    hint = st.container()
    if session.shows("recipe"):
        with st.container(gap=None, key="suggest"):
            suggestions_panel.draw_button(corpus)
            recipe_choice.draw_notebook_button(run)
    shown = {name: draw for name, draw in ADVANCED.items() if session.shows(name)}
    if shown:
        with st.expander("Advanced"):
            for draw in shown.values():
                draw()
    settings_input.draw_number()
    config = settings.current().fitted(corpus.characters)
    with st.container():  # also if it is empty: nothing below it may move
        _warn_of_limits(corpus, config)
    changes = changes_in_words(run, corpus, config)
    if run is None or changes:
        _warn_of_divergence(hint, config)
    with note.container(key="note"):
        unchanged = UNCHANGED[len(main)]
        st.caption(f"{listed(changes)}: Train starts a new run." if changes else unchanged)
    return config


def _warn_of_limits(corpus: Corpus, config: RunConfig) -> None:
    """Warn before Train is pressed if the server would refuse these settings."""
    try:
        Limits.from_environment().check(config, len(corpus.vocabulary))
    except TooLarge as error:
        st.warning(escape_markdown(str(error)), icon=":material/expand:")


def _warn_of_divergence(place: DeltaGenerator, config: RunConfig) -> None:
    """Warn before Train is pressed of a learning rate that is too large for the network."""
    words = learning_rate_hint.hint(config)
    if words:
        place.caption(f":primary[:material/trending_up:] {words}")


def changes_in_words(run: Run | None, corpus: Corpus, config: RunConfig) -> list[str]:
    """How text and settings on the page differ from those of the run; [] without a run.

    The live settings do not count: changing them takes no new run.
    """
    if run is None:
        return []
    text = ["Another text"] if corpus.sha256 != run.sha256 else []
    return text + [
        f"{wording.label(name)} {wording.value(name, before)} → {wording.value(name, after)}"
        for name, (before, after) in wording.changed_settings(run.config, config).items()
        if name not in settings.LIVE
    ]


def _held_out() -> None:
    st.select_slider(
        settings.label("held_out"),
        sorted({*CHOICES["held_out"], settings.value("held_out")}),
        key="held_out",
        format_func=lambda share: wording.value("held_out", share),
        help=RunConfig.meaning("held_out"),
        persist_state="session",
    )


def _clip_limit() -> None:
    number_field.draw("clip_limit", disabled=settings.value("clipping") == "off")


def _initial_scale() -> None:
    scaled = settings.value("initial_weights") != "normal"
    number_field.draw("initial_scale", step=0.01, disabled=scaled)


def _choice(name: str) -> None:
    """A setting with a few values."""
    st.pills(
        settings.label(name),
        OPTIONS[name],
        key=name,
        required=True,
        format_func=OPTIONS[name].__getitem__,
        help=RunConfig.meaning(name),
        persist_state="session",
    )


ADVANCED: dict[str, Callable[[], None]] = {
    "iterations": partial(number_field.draw_with_slider, "iterations"),
    "seconds": partial(number_field.draw, "seconds", step=10),
    "streams": partial(number_field.draw_with_slider, "streams"),
    "held_out": _held_out,
    "early_stopping": partial(_choice, "early_stopping"),
    "seed": partial(number_field.draw, "seed"),
    "sample_length": partial(number_field.draw, "sample_length", step=50),
    "sample_interval": partial(number_field.draw, "sample_interval", step=100),
    # What the textbook does in one way, and the page Learn asks why.
    "clipping": partial(_choice, "clipping"),
    "clip_limit": _clip_limit,
    "initial_scale": _initial_scale,
    "hidden_state": partial(_choice, "hidden_state"),
    "gradients_through_time": partial(_choice, "gradients_through_time"),
}

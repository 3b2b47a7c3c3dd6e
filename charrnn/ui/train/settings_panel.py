"""Step 2 in the sidebar: the settings. The three that matter most first, the rest in "Advanced"."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import learning_rate_hint, lineage, settings
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.settings import CHOICES
from charrnn.ui.train import number_field, recipe_choice, suggestions_panel

OFF_ON = {"off": "Off", "on": "On"}
CLIPPING = {"value": "By value", "norm": "By norm", "off": "Off"}
HIDDEN_STATE = {"carried": "Carried", "cleared": "Cleared"}
UNCHANGED = "Three settings decide how much the network can learn, and how fast."


def choose_settings(corpus: Corpus, run: Run | None) -> RunConfig:
    """Draw the panel; returns the settings, fitted to the text."""
    st.markdown("## 2 · Network")
    recipe_choice.draw()
    with st.container(gap=None, key="suggest"):
        suggestions_panel.draw_button(corpus)
        recipe_choice.draw_notebook_button(run)
    note = st.empty()  # the style sheet gives it two lines, so that nothing below it jumps
    pair = learning_rate_hint.good_pair(settings.current())
    number_field.draw_with_slider("hidden_size", advice=pair)
    number_field.draw_with_slider("seq_length")
    number_field.draw_with_slider("learning_rate", advice=pair)
    hint = st.container()
    with st.expander("Advanced"):
        number_field.draw_with_slider("iterations")
        number_field.draw("seconds", step=10)
        number_field.draw_with_slider("streams")
        _held_out()
        _choice("early_stopping", OFF_ON)
        number_field.draw("seed")
        number_field.draw("sample_length", step=50)
        number_field.draw("sample_interval", step=100)
        _rules()
    config = settings.current().fitted(corpus.characters)
    _warn_of_limits(corpus, config)
    changes = changes_in_words(run, corpus, config)
    if run is None or changes:
        _warn_of_divergence(hint, config)
    with note.container(key="note"):
        st.caption(f"{listed(changes)}: Train starts a new run." if changes else UNCHANGED)
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
        f"{lineage.label(name)} {lineage.value(name, before)} → {lineage.value(name, after)}"
        for name, (before, after) in lineage.changed_settings(run.config, config).items()
        if name not in settings.LIVE
    ]


def _held_out() -> None:
    st.select_slider(
        settings.label("held_out"),
        sorted({*CHOICES["held_out"], settings.value("held_out")}),
        key="held_out",
        format_func=lambda share: lineage.value("held_out", share),
        help=RunConfig.meaning("held_out"),
        persist_state="session",
    )


def _rules() -> None:
    """What the textbook does in one way, and the page Learn asks why."""
    _choice("clipping", CLIPPING)
    number_field.draw("clip_limit", disabled=settings.value("clipping") == "off")
    scaled = settings.value("initial_weights") != "normal"
    number_field.draw("initial_scale", step=0.01, disabled=scaled)
    _choice("hidden_state", HIDDEN_STATE)
    _choice("gradients_through_time", OFF_ON)


def _choice(name: str, options: dict[str, str]) -> None:
    """A setting with a few values. options: value -> what the page calls it."""
    st.pills(
        settings.label(name),
        options,
        key=name,
        required=True,
        format_func=options.__getitem__,
        help=RunConfig.meaning(name),
        persist_state="session",
    )

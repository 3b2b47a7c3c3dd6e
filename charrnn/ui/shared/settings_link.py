"""A link that is a setting: the text, the recipe, every setting and the random seed in a URL.

    /?text=brackets&recipe=textbook&hidden_size=100&seq_length=50&learning_rate=0.03&only=seq_length

Whoever opens it finds the controls filled in; nothing trains by itself. `only` names the controls
that its page shows. Anything can stand in a link, so every value is checked, and each one that is
not allowed is left out and named on the page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import LEARNING_SETTINGS, OWN, RECIPES
from charrnn.runs.texts import library
from charrnn.ui import navigation, selection, session
from charrnn.ui._compat.script_runs import is_history_navigation
from charrnn.ui.direction import isolated
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import settings, settings_input, wording
from charrnn.ui.shared.chosen_text import choose_corpus, shipped_sha256
from charrnn.ui.shared.formatting import listed

TEXT, RECIPE, ONLY = "text", "recipe", session.ONLY
# What `only` may name, in the order of the page.
CONTROLS = (
    *(TEXT, RECIPE, "hidden_size", "seq_length", "learning_rate", "iterations", "seconds"),
    *("streams", "held_out", "early_stopping", "seed", "sample_length", "sample_interval"),
    *("clipping", "clip_limit", "initial_scale", "hidden_state", "gradients_through_time"),
)
# Named even where they are the defaults: a link says what it is about.
_ALWAYS = ("hidden_size", "seq_length", "learning_rate", "iterations", "streams", "seed")
MAX_QUOTED = 30  # characters of a value that is refused
MAX_PROBLEMS = 4  # refused values that are named one by one
_WHOLE = re.compile(r"[0-9]{1,12}")
_NUMBER = re.compile(r"[0-9]{0,12}\.?[0-9]{0,12}(e-?[0-9]{1,2})?")


@dataclass(frozen=True)
class LinkedSettings:
    """What a link asks for, as far as it is allowed."""

    text: str | None = None  # the key of a library text
    settings: dict[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()  # of CONTROLS; () shows all
    problems: tuple[str, ...] = ()  # what was left out and why, a sentence each


def query(config: RunConfig, *, text: str | None, only: tuple[str, ...] = ()) -> dict[str, str]:
    """The URL parameters for these settings.

    text: the key of a library text; None for any other, which a link cannot carry.
    """
    start = RunConfig().to_dict()
    parameters = {TEXT: text} if text else {}
    if config.recipe != OWN:
        parameters[RECIPE] = config.recipe
        start |= RECIPES[config.recipe].settings
    for name, value in config.to_dict().items():
        is_part = config.recipe == OWN and name in LEARNING_SETTINGS
        if name in _ALWAYS or is_part or value != start[name]:
            parameters[name] = f"{value:.10g}" if isinstance(value, float) else str(value)
    if only:
        parameters[ONLY] = ",".join(name for name in CONTROLS if name in only)
    return parameters


def link(config: RunConfig, *, text: str | None, only: tuple[str, ...] = ()) -> str:
    """The whole link; commas stay readable."""
    parameters = urlencode(query(config, text=text, only=only), safe=",")
    return f"{navigation.address()}/?{parameters}"


def read(parameters: Mapping[str, str]) -> LinkedSettings:
    """What these URL parameters ask for. Parameters that are not for settings are ignored."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    text = parameters.get(TEXT) or None
    if text is not None and text not in {offer.key for offer in library.available()}:
        if not session.is_sha256(text):  # that is a text of one's own
            problems.append(f"No text that comes with charrnn is called {_quoted(text)}.")
        text = None
    recipe = parameters.get(RECIPE)
    if recipe in RECIPES:
        values |= RECIPES[recipe].settings
    elif recipe is not None:
        problems.append(f"There is no recipe {_quoted(recipe)}: use {_options(RECIPES)}.")
    for name in session.SETTINGS_PARAMETERS:
        if name in parameters and name != RECIPE:
            try:
                values[name] = _parsed(name, parameters[name])
            except ValueError:
                problems.append(_refusal(name, parameters[name]))
    only = tuple(filter(None, parameters.get(ONLY, "").split(",")))
    shown = tuple(name for name in CONTROLS if name in only)
    problems += [
        f"There is no control {_quoted(name)} to show." for name in only if name not in CONTROLS
    ]
    return LinkedSettings(text, values, shown, tuple(problems))


def _parsed(name: str, text: str) -> Any:
    """The value of a setting. Raises ValueError if it is not allowed."""
    value: Any = text
    if RunConfig.choices(name) is None:
        pattern = _WHOLE if RunConfig.is_whole(name) else _NUMBER
        if not pattern.fullmatch(text):
            raise ValueError(text)
        value = int(text) if RunConfig.is_whole(name) else float(text)
    RunConfig.check(name, value)
    return value


def _refusal(name: str, text: str) -> str:
    choices = RunConfig.choices(name)
    if choices is None:
        low, high = wording.limits(name)
        kind = "a whole number" if RunConfig.is_whole(name) else "a number"
        allowed = f"{kind} from {low} to {high}"
    else:
        allowed = _options(choices)
    return f"{settings.label(name)} cannot be {_quoted(text)}: use {allowed}."


def _options(names: Any) -> str:
    return listed(list(names)).replace(" and ", " or ")


def _quoted(text: str) -> str:
    shown = "".join(c if c.isprintable() else "·" for c in text[:MAX_QUOTED])
    return f"“{isolated(shown)}{'…' if len(text) > MAX_QUOTED else ''}”"


# --- Following a link ---------------------------------------------------------------------------


@shows_errors()
def follow() -> None:
    """Fill the controls in as the link says, once: when the page is opened by it.

    A run in the link has settings of its own, and a step back in the browser follows again.
    """
    parameters, state = selection.settings_in_url(), st.session_state
    if session.ONLY not in state:
        selection.show_only(read(parameters).only)
    asked = {name: value for name, value in parameters.items() if name != ONLY}
    is_new = asked != state.get(session.FOLLOWED) or is_history_navigation()
    if session.run_id() is not None or not parameters or not is_new:
        return
    linked = read(parameters)
    if linked.text:
        choose_corpus(shipped_sha256(linked.text))
    else:
        selection.drop_linked_text()
        asked.pop(TEXT, None)
    state[session.FOLLOWED] = asked
    settings_input.put(linked.settings)
    selection.show_only(linked.only)
    state[session.LINK_PROBLEMS] = linked.problems


def draw_problems() -> None:
    """Say what was left out of the link, until that is closed or a run is selected."""
    problems: tuple[str, ...] = st.session_state.get(session.LINK_PROBLEMS, ())
    if not problems or session.run_id() is not None:
        return
    shown, more = problems[:MAX_PROBLEMS], len(problems) - MAX_PROBLEMS
    words = " ".join(shown) + (f" And {more} more." if more > 0 else "")
    left_out = "This was left out" if len(problems) == 1 else "These were left out"
    with st.container(horizontal=True, vertical_alignment="center", key="link_problems"):
        st.warning(
            f"Part of this link cannot be used. {escape_markdown(words)} {left_out}; the rest is "
            "filled in.",
            icon=":material/link_off:",
        )
        st.button("Close", key="close_link_problems", type="tertiary", on_click=_close)


def draw_hidden_controls() -> None:
    """Say that the link hides controls, with a button that shows them, if it does."""
    if session.shown_controls():
        with st.container(gap=None, key="hidden_controls"):
            st.caption("Whoever sent you this link chose to show only some of the controls.")
            st.button(
                "Show all controls",
                type="tertiary",
                icon=":material/tune:",
                on_click=selection.show_only,
                args=((),),
            )


def _close() -> None:
    st.session_state[session.LINK_PROBLEMS] = ()

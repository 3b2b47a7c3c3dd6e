"""The controls of a sample: prompt, temperature, length and random seed."""

import re

import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.prompts import MAX_LENGTH
from charrnn.ui import session
from charrnn.ui.direction import isolated
from charrnn.ui.write.writer import TEMPERATURES, SampleSettings

MAX_PROMPT = 200  # characters
DEFAULTS = {
    session.PROMPT: "",
    session.TEMPERATURE: 1.0,
    session.LENGTH: 200,
    session.SAMPLE_SEED: 0,
}


def set_defaults() -> None:
    """Give every control that has no value yet its default."""
    for key, value in DEFAULTS.items():
        st.session_state.setdefault(key, value)


def choose_prompt(vocabulary: Vocabulary) -> str:
    """The text to continue, without the characters that the network does not know."""
    typed = st.text_input(
        "Prompt: the text to continue",
        key=session.PROMPT,
        max_chars=MAX_PROMPT,
        live="200ms",
        placeholder="Type to see the probabilities change",
        help=r"Type \\n for a new line.",
        persist_state="session",
        on_change=reset_picks,
    )
    prompt = with_newlines(typed)
    unknown = vocabulary.unknown(prompt)
    with st.container():  # also if it is empty: nothing below it may move
        if unknown:
            names = ", ".join(
                f"{isolated(character_info.symbol(c))} ({character_info.name(c)})" for c in unknown
            )
            them = "it" if len(unknown) == 1 else "them"
            st.text(f"Left out, because this network has never seen {them}: {names}")
    return vocabulary.known(prompt)


def with_newlines(typed: str) -> str:
    r"""The prompt that was typed on one line: \n stands for a newline, \\ for a backslash."""
    return re.sub(r"\\([n\\])", lambda found: {"n": "\n"}.get(found[1], "\\"), typed)


def choose_settings() -> SampleSettings:
    """Temperature, length and random seed, with the characters picked so far."""
    temperature = st.select_slider(
        "Temperature: higher is more random",
        TEMPERATURES,
        key=session.TEMPERATURE,
        format_func=lambda t: f"{t:g}",
        persist_state="session",
        help="Below 1 likely characters become even more likely; above 1 the probabilities even "
        "out. At 0 the most likely character is always chosen (greedy).",
    )
    length = st.number_input(
        "Length, in characters",
        1,
        MAX_LENGTH,
        step=50,
        key=session.LENGTH,
        persist_state="session",
        on_change=reset_picks,
    )
    seed = _choose_seed()
    picks = {p: character for p, character in _picks().items() if p < length}
    return SampleSettings(seed=seed, length=int(length), temperature=temperature, picked=picks)


def _choose_seed() -> int:
    low, high = RunConfig.limits("seed")
    st.session_state.setdefault(session.SAMPLE_SEED, low)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input(
            "Random seed",
            low,
            high,
            key=session.SAMPLE_SEED,
            persist_state="session",
            on_change=reset_picks,
            help="The same seed gives the same sample.",
        )
        st.button("New seed", icon=":material/casino:", on_click=_new_seed)
    return int(seed)


def _new_seed() -> None:
    st.session_state[session.SAMPLE_SEED] = (st.session_state[session.SAMPLE_SEED] + 1) % 2**32
    reset_picks()


def _picks() -> dict[int, int]:
    """position -> id of each character the visitor picked."""
    return dict(st.session_state.get(session.PICKS, {}))


def pick(position: int, character: int) -> None:
    """Put a character at a position of the sample. Picks after it are dropped with the old text."""
    kept = {p: earlier for p, earlier in _picks().items() if p < position}
    st.session_state[session.PICKS] = kept | {position: character}


def reset_picks() -> None:
    """Drop the picks and the selected position: the sample they belong to is about to change."""
    st.session_state[session.PICKS] = {}
    st.session_state[session.POSITION] = None

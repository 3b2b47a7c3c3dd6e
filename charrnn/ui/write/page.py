"""The page at /write: sample from a network, and see the probabilities behind each character."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import samples, settings
from charrnn.ui.shared.linked_run import run_in_link
from charrnn.ui.shared.snapshots import Subject
from charrnn.ui.write import clickable_text, controls, network
from charrnn.ui.write.writer import COMPARED_TEMPERATURES, SampleSettings, Writer

SAMPLE_HEIGHT = 190  # pixels, of each of the five temperatures
REFRESH_SECONDS = 2.0  # longer when many pages are live, see ui/refresh.py


def show() -> None:
    """Draw the page, for the run in the link."""
    st.html(Path(__file__).with_name("write.css"))
    settings.set_defaults()
    st.markdown("### Write")
    if session.page_changed():
        network.request_newest()
    with st.container(horizontal=True, vertical_alignment="center", key="network"):
        run = network.choose_run(run_in_link())
        if run is not None:
            subject = Subject.of_run(run)
            seconds = REFRESH_SECONDS * services.refresh_factor()
            fragment = st.fragment(network.offer_newer, run_every=seconds if run.moving else None)
            fragment(subject, run, seconds)
    if run is None:
        st.markdown("There is no network yet. Press Train on the Train page to start one.")
        return
    st.fragment(_draw)(subject, run)


@shows_errors()
def _draw(subject: Subject, run: Run) -> None:
    snapshot = network.choose_snapshot(subject, run)
    with st.container(horizontal=True, key="sampling"):
        with st.container(key="sampling_controls"):
            prompt = controls.choose_prompt(subject.vocabulary)
            sample_settings = controls.choose_settings()
        writer = Writer(snapshot, subject.vocabulary, prompt)
        with st.container(key="sampling_result"):
            _draw_sample(subject, writer, sample_settings)
    _draw_temperatures(subject, writer, sample_settings)


def _draw_sample(subject: Subject, writer: Writer, sample_settings: SampleSettings) -> None:
    """The sample and, below it, the probabilities of the selected character."""
    ids = writer.write(sample_settings)
    written = subject.vocabulary.decode(ids)
    position = st.session_state.get(session.POSITION)
    position = position if position is not None and position < len(ids) else None
    clickable_text.characters(
        writer.prompt,
        written,
        position=position,
        picked=sorted(sample_settings.picked),
        key="characters",
        on_click=_select_position,
    )
    st.caption("Click a character to see the alternatives and their probabilities.")
    text = writer.prompt + written
    st.html(samples.meter(text, samples.source(subject.corpus).compare(text)))
    _draw_probabilities(writer, ids, position, sample_settings.temperature)
    st.session_state[session.VOCABULARY] = subject.corpus.vocabulary


def _draw_probabilities(
    writer: Writer, ids: np.ndarray, position: int | None, temperature: float
) -> None:
    """The probabilities at a position of the sample; None is directly after the prompt."""
    st.markdown(f"##### {_probabilities_heading(writer.prompt, position)}")
    clickable_text.probabilities(
        writer.top_probabilities(ids[: position or 0], temperature),
        writer.vocabulary,
        chosen=None if position is None else int(ids[position]),
        key="probabilities",
        on_click=_pick,
    )
    st.caption(
        "Thick bar: at the chosen temperature. Thin bar: at temperature 1. "
        + (
            "Click another character to continue from it instead."
            if position is not None
            else "Click a character to add it to the prompt."
        )
    )


def _probabilities_heading(prompt: str, position: int | None) -> str:
    if position is not None:
        return f"Probabilities of character {position + 1:,}"
    return f"Probabilities of the first character{' after the prompt' if prompt else ''}"


def _select_position() -> None:
    clicked = st.session_state["characters"].get("clicked")
    if clicked is not None:
        st.session_state[session.POSITION] = int(clicked)


def _pick() -> None:
    """Replace the selected character of the sample, or add one to the prompt."""
    state = st.session_state
    clicked = state["probabilities"].get("clicked")
    if clicked is None:
        return
    position = state.get(session.POSITION)
    if position is None:
        state[session.PROMPT] += state[session.VOCABULARY][int(clicked)]
    else:
        controls.pick(position, int(clicked))


def _draw_temperatures(subject: Subject, writer: Writer, sample_settings: SampleSettings) -> None:
    st.markdown("#### The same random seed at five temperatures")
    with st.container(horizontal=True, key="temperatures"):
        for temperature in COMPARED_TEMPERATURES:
            with st.container(key=f"temperature_{str(temperature).replace('.', '_')}"):
                st.markdown(f"**{temperature:g}** · {_temperature_in_words(temperature)}")
                ids = writer.write(replace(sample_settings, temperature=temperature))
                text = writer.prompt + subject.vocabulary.decode(ids)
                samples.draw(text, subject.corpus, height=SAMPLE_HEIGHT)


def _temperature_in_words(temperature: float) -> str:
    if temperature == 0:
        return "greedy (most likely)"
    if temperature < 1:
        return "less random" if temperature < 0.7 else "a bit less random"
    return "as trained" if temperature == 1 else "more random"

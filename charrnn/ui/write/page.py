"""The page at /write: sample from a network, and see the probabilities behind each character."""

from collections.abc import Hashable
from dataclasses import replace

import streamlit as st

from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import navigation, services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import samples, settings
from charrnn.ui.shared.beat import panel as beat
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.linked_run import run_in_link
from charrnn.ui.shared.snapshots import Subject
from charrnn.ui.write import clickable_text, controls, drafts, link, network
from charrnn.ui.write.drafts import Budget, Draft
from charrnn.ui.write.writer import COMPARED_TEMPERATURES, SampleSettings, Writer

SAMPLE_HEIGHT = 190  # pixels, of each of the five temperatures
COMPARED_LENGTH = 200  # characters of each of them, at most
REFRESH_SECONDS = 2.0  # longer when many pages are live, see ui/refresh.py


def show() -> None:
    """Draw the page, for the run in the link."""
    settings.set_defaults()
    link.read_url()
    st.markdown("# Write")
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
        if st.button("Go to Train", icon=":material/model_training:", type="primary"):
            navigation.go("Train")
        return
    link.read_iteration(run)
    st.fragment(_draw)(subject, run)
    beat.offer(run)


@shows_errors()
def _draw(subject: Subject, run: Run) -> None:
    run = services.store().runs.get(run.id)  # its owner may share less of it by now
    services.check_view(run)
    snapshot = network.choose_snapshot(subject, run)
    source = samples.readable(run)
    key = (services.url(), run.id, snapshot.iteration)
    with st.container(horizontal=True, key="sampling"):
        with st.container(key="sampling_controls"):
            prompt = controls.choose_prompt(subject.vocabulary)
            sample_settings = controls.choose_settings()
        writer = Writer(snapshot, subject.vocabulary, prompt)
        budget = Budget(drafts.SECONDS)
        draft = drafts.write(writer, sample_settings, budget, key=key)
        with st.container(key="sampling_result"):
            _draw_sample(subject, draft, source)
    all_drawn = _draw_temperatures(source, writer, sample_settings, budget, key)
    link.write_url(run)
    if not (draft.complete and all_drawn):
        rerun_page()  # and go on writing; meanwhile the page answers clicks


def _draw_sample(subject: Subject, draft: Draft, source: Corpus | None) -> None:
    """The sample and, below it, the probabilities of the selected character.

    source: the text of the run, see samples.readable().
    """
    written = subject.vocabulary.decode(draft.ids)
    clickable_text.characters(
        draft.writer.prompt,
        written,
        position=_position(draft),
        picked=sorted(draft.settings.picked),
        key="characters",
        on_click=_select_position,
    )
    with st.container():  # whatever is in it: nothing below it may move
        if draft.complete:
            st.caption("Click a character to see the alternatives and their probabilities.")
            if source:
                text = draft.writer.prompt + written
                st.html(samples.meter(text, samples.overlap(text, source)))
        else:
            st.caption(f"Writing: {len(written):,} of {draft.settings.length:,} characters.")
    _draw_probabilities(draft)


def _position(draft: Draft) -> int | None:
    """The selected position, unless nothing is written there."""
    position: int | None = st.session_state.get(session.POSITION)
    return position if position is not None and position < len(draft.ids) else None


def _draw_probabilities(draft: Draft) -> None:
    """The probabilities at the selected position, or else of the first character."""
    position = _position(draft)
    st.markdown(f"## {_probabilities_heading(draft.writer.prompt, position)}")
    clickable_text.probabilities(
        draft.top_probabilities(position or 0),
        draft.writer.vocabulary,
        chosen=None if position is None else int(draft.ids[position]),
        key="probabilities",
        on_click=_pick,
    )
    st.caption(
        "Thick bar: at the chosen temperature. Thin bar: at temperature 1. "
        "Click another character to continue from it instead."
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
    """Replace the selected character of the sample, or else its first one, which is selected.

    The probabilities of its position stay on the page, in the same order, until another position
    is selected: a second thought finds every character where it was.
    """
    clicked = st.session_state["probabilities"].get("clicked")
    if clicked is not None:
        position = st.session_state.get(session.POSITION) or 0
        controls.pick(position, int(clicked))
        st.session_state[session.POSITION] = position


def _draw_temperatures(
    source: Corpus | None,
    writer: Writer,
    sample_settings: SampleSettings,
    budget: Budget,
    key: Hashable,
) -> bool:
    """Five short samples. Those for which there is no time yet are left empty.

    Returns whether all are drawn.
    """
    all_drawn = True
    st.markdown("## The same random seed at five temperatures")
    length = min(sample_settings.length, COMPARED_LENGTH)
    with st.container(horizontal=True, key="temperatures"):
        for temperature in COMPARED_TEMPERATURES:
            with st.container(key=f"temperature_{str(temperature).replace('.', '_')}"):
                st.markdown(f"**{temperature:g}** · {_temperature_in_words(temperature)}")
                compared = replace(sample_settings, temperature=temperature, length=length)
                draft = drafts.write(writer, compared, budget, key=key)
                if not draft.complete:
                    samples.draw_empty(height=SAMPLE_HEIGHT)
                    all_drawn = False
                    continue
                text = writer.prompt + writer.vocabulary.decode(draft.ids)
                samples.draw(text, source, height=SAMPLE_HEIGHT)
    return all_drawn


def _temperature_in_words(temperature: float) -> str:
    if temperature == 0:
        return "greedy (most likely)"
    if temperature < 1:
        return "less random" if temperature < 0.7 else "a bit less random"
    return "as trained" if temperature == 1 else "more random"

"""What the runs wrote at one and the same moment, side by side."""

import html
import math

import streamlit as st

from charrnn.ui import services, session, writing
from charrnn.ui.charts import thinned
from charrnn.ui.compare.subject import DASHES, Subject

MOMENTS = ("iteration", "second")
MAX_PLACES = 120
NEWEST = "newest"
HEIGHT = 215
LINE_STYLES = ("solid", "dashed", "dotted")  # what CSS calls them


def draw(subjects: list[Subject]) -> None:
    st.markdown("#### What they wrote")
    place, by = _choose(subjects)
    with st.container(horizontal=True, key="samples"):
        for subject in subjects:
            with st.container(key=f"sample_of_{subject.key}"):
                _draw_one(subject, place, by)


def _choose(subjects: list[Subject]) -> tuple[float, str]:
    """The moment: one slider moves all."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="moment"):
        session.drop_unless(session.BY, MOMENTS)
        by = st.segmented_control(
            "The same",
            MOMENTS,
            default=MOMENTS[0],
            required=True,
            key=session.BY,
            persist_state="session",
            on_change=_forget_place,
        )
        options = [*places(subjects, by), NEWEST]
        chosen = _nearest(st.session_state.get(session.AT), options)
        st.session_state[session.AT] = chosen
        chosen = st.select_slider(
            by,
            options,
            key=session.AT,
            format_func=lambda place: place if place == NEWEST else f"{place:,}",
            persist_state="session",
            label_visibility="collapsed",
        )
    if len(subjects) > 1:
        st.caption(moment_in_words(chosen, by))
    return float("inf") if chosen == NEWEST else float(chosen), by


def moment_in_words(chosen: str | float, by: str) -> str:
    """What is shown. All about equally long, so that what stands below keeps its place."""
    if chosen == NEWEST:
        return f"The newest of each. Move the slider to see them at the same {by}."
    return f"All at {by} {chosen:,}: the last that each of them had written by then."


def _forget_place() -> None:
    """An iteration is no second."""
    st.session_state[session.AT] = NEWEST


def _nearest(asked: str | float | None, options: list) -> str | float:
    """The option that was asked for, or the one nearest to it: options change while runs train."""
    numbers = options[:-1]
    try:
        wanted = float(asked)
    except (TypeError, ValueError):
        return NEWEST
    return min(numbers, key=lambda option: abs(option - wanted)) if numbers else NEWEST


def places(subjects: list[Subject], by: str) -> list[int] | list[float]:
    """The moments at which one of the runs wrote, thinned."""
    at = set()
    for subject in subjects:
        written = subject.history.sample_iterations
        if by == "iteration":
            at.update(written)
        else:
            # Rounded up, so that a sample is there at the second that names it.
            at.update(math.ceil(10 * s) / 10 for s in subject.seconds_at(written).tolist())
    return thinned(sorted(at), MAX_PLACES)


def _draw_one(subject: Subject, place: float, by: str) -> None:
    iteration = subject.sample_at(place, by=by)
    if iteration is None:
        st.html(heading(subject))
        st.caption("It has not written yet.")
        return
    st.html(heading(subject, f"iteration {iteration:,}{_no_further(subject, place, by)}"))
    text = services.store().sample(subject.run.id, iteration)
    writing.draw(text, subject.corpus, height=HEIGHT)


def _no_further(subject: Subject, place: float, by: str) -> str:
    """Says so where a run has not come as far as the slider."""
    reached = subject.run.iteration if by == "iteration" else subject.run.seconds
    return "" if place == float("inf") or reached >= place else ", not further yet"


def heading(subject: Subject, figure: str = "") -> str:
    """Its colour, its name, what is different about it, and a figure, as HTML."""
    title = html.escape(subject.run.title)
    words = html.escape(" · ".join(filter(None, [subject.telling, figure])))
    name = f'{swatch(subject.colour, subject.dash)}<b title="{title}">{title}</b>'
    return f'<p class="run-name">{name} <span>{words}</span></p>'


def swatch(colour: str, dash: tuple[int, int]) -> str:
    """A piece of the line that a run has in the chart."""
    style = LINE_STYLES[DASHES.index(dash)]
    return f'<i class="swatch" style="border-top: 3px {style} {colour}"></i>'

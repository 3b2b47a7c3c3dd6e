"""The view "Memory": how far back a gradient reaches, and the spectrum of Whh."""

import math

import numpy as np
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.analysis.gradient_flow import gradient_sizes, relative_sizes, share_cut
from charrnn.engine.analysis.reading import hidden_before
from charrnn.engine.analysis.spectrum import Spectrum, spectrum
from charrnn.ui import services, session
from charrnn.ui.direction import isolated
from charrnn.ui.inside import memory_chart
from charrnn.ui.inside.live import View
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Snapshot, Subject

MAX_DISTANCE = 100  # characters
POSITIONS = 32  # whose gradients are averaged
PASSAGE = 400  # characters they are in
EARLIER = (0, 1000, 10_000, 100_000)  # iterations whose snapshots are compared with the present one


def draw(view: View) -> None:
    """Draw both charts."""
    subject = view.subject
    start, distance = place(subject)
    places = positions(subject, start, distance)
    with view.controls:
        chosen = _choose_position(subject, start, places)
    sizes = _sizes(services.url(), view.run.id, view.snapshot.iteration, subject, view.snapshot)
    curves = {}
    for iteration in _earlier(view):
        snapshot = subject.snapshot(iteration)
        found = _sizes(services.url(), view.run.id, iteration, subject, snapshot)
        curves[iteration] = relative_sizes(found)
    now = view.snapshot.iteration
    curves[now] = relative_sizes(sizes)
    one = relative_sizes(sizes[[chosen]])
    with st.container(horizontal=True, key="stage_memory"):
        with st.container():
            _draw_flow(subject, curves, one, sizes, now)
        with st.container():
            _draw_spectrum(view)


def place(subject: Subject) -> tuple[int, int]:
    """(Where the passage begins in the text, how far back gradients are followed.)"""
    n = len(subject.ids)
    distance = max(1, min(MAX_DISTANCE, (n - 2) // 2))
    return min(n // 3, max(0, n - 2 - PASSAGE)), distance


def positions(subject: Subject, start: int, distance: int) -> np.ndarray:
    """The positions whose gradients are followed, counted from the start of the passage."""
    last = min(PASSAGE, len(subject.ids) - start - 1) - 1
    return np.unique(np.linspace(min(distance, last), last, POSITIONS).astype(np.intp))


def _choose_position(subject: Subject, start: int, places: np.ndarray) -> int:
    """Which of the positions has a curve of its own."""
    state = st.session_state
    state[session.ONE_POSITION] = min(state.get(session.ONE_POSITION, 0), len(places) - 1)
    return int(
        st.select_slider(
            "One position: the loss of the character after",
            range(len(places)),
            format_func=lambda i: _context(subject, start + int(places[i])),
            key=session.ONE_POSITION,
            persist_state="session",
        )
    )


def _context(subject: Subject, position: int) -> str:
    """The last characters up to a position of the text, as visible symbols."""
    ids = subject.ids[max(0, position - 7) : position + 1]
    symbols = (character_info.symbol(subject.vocabulary.characters[i]) for i in ids)
    return isolated("".join(symbols))


@st.cache_data(show_spinner=False, max_entries=40)
def _sizes(
    url: str, run_id: str, iteration: int, _subject: Subject, _snapshot: Snapshot
) -> np.ndarray:
    """gradient_sizes() of a snapshot at the positions, (P, K)."""
    start, distance = place(_subject)
    places = positions(_subject, start, distance)
    ids = _subject.ids[start : start + int(places.max()) + 2]
    hidden = hidden_before(_snapshot.weights, _subject.ids, start, _snapshot.hidden)
    return gradient_sizes(
        _snapshot.weights,
        ids.astype(np.intp),
        hidden,
        positions=places,
        distance=min(distance, int(places.min())),
    )


def _earlier(view: View) -> list[int]:
    """The snapshots that are compared with the one shown, ascending."""
    now = view.snapshot.iteration
    return [n for n in EARLIER if n in view.kept and n < now]


def _draw_flow(
    subject: Subject,
    curves: dict[int, np.ndarray],
    one: np.ndarray,
    sizes: np.ndarray,
    now: int,
) -> None:
    T = subject.config.seq_length
    st.markdown("## How far back a loss reaches")
    rows = memory_chart.flow_rows(curves, one)
    distance = sizes.shape[1] - 1
    st.vega_lite_chart(
        rows,
        memory_chart.flow_spec(T, distance),
        key="flow",
        alt="What is left of a gradient over distance, as training goes on; see the table below",
    )
    left = curves[now][min(10, distance)]
    cut = share_cut(sizes, T)
    st.markdown(
        f"A loss depends on every hidden state before it, but the gradient fades on its way back: "
        f"after {min(10, distance)} characters {share(left)} of it is left at iteration {now:,}. "
        f"Windows of {T} characters (the dotted line) cut it off there; averaged over the places "
        f"in a window, that throws away **{share(cut)}** of the gradient."
    )
    st.caption(
        f"Solid: the mean over {len(sizes)} positions, with the iteration at the end of the curve. "
        "Dashed: the position chosen above. "
        "The size (norm) of the gradient of one character's loss with respect to each earlier "
        "hidden state, as a share of that at distance 0."
    )
    tables.table("The gradients as a table", "flow", lambda: rows[["curve", "distance", "left"]])


def share(part: float) -> str:
    """A share in words, however small."""
    if part >= 0.995:
        return "all"
    if part >= 0.0005:
        return f"{part:.1%}"
    return f"a share of {part:.0e}" if part > 0 else "nothing"


@st.cache_data(show_spinner=False, max_entries=40)
def _spectrum(url: str, run_id: str, iteration: int, _snapshot: Snapshot) -> Spectrum:
    return spectrum(_snapshot.weights.Whh)


def _draw_spectrum(view: View) -> None:
    st.markdown("## The spectrum of Whh")
    found = _spectrum(services.url(), view.run.id, view.snapshot.iteration, view.snapshot)
    rows = memory_chart.spectrum_rows(found.eigenvalues)
    # In steps, so that the axes seldom move.
    largest = max(1.2, math.ceil(2.2 * found.radius) / 2)
    st.vega_lite_chart(
        rows,
        memory_chart.spectrum_spec(largest),
        key="spectrum",
        width="content",
        alt="The eigenvalues of Whh around the unit circle; the table below has the numbers",
    )
    st.markdown(describe(found))
    tables.table("The eigenvalues as a table", "spectrum", lambda: rows)


def describe(found: Spectrum) -> str:
    """What the spectrum means, in words."""
    figures = (
        f"Largest eigenvalue {found.radius:.2f}, largest singular value "
        f"**{found.largest_singular_value:.2f}**. "
    )
    if found.largest_singular_value < 1:
        return figures + (
            "Every product with Whh shortens what the hidden state carries, so it fades."
        )
    if found.radius < 1:
        return figures + (
            "One product can lengthen what the hidden state carries, but again and again it "
            "fades: all eigenvalues are inside the circle."
        )
    return figures + (
        "Outside the dashed circle the recurrence lets what the hidden state carries grow; only "
        "tanh keeps it within ±1, and where tanh is saturated the gradient fades all the same."
    )

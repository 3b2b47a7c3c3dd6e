"""The view "Memory": how far back a gradient reaches, and the spectrum of Whh."""

import math

import numpy as np
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.analysis.gradient_flow import gradient_sizes, relative_sizes, share_cut
from charrnn.engine.analysis.spectrum import Spectrum, spectrum
from charrnn.ui import services, session
from charrnn.ui.direction import isolated
from charrnn.ui.inside import memory_chart, passage
from charrnn.ui.inside.live import View
from charrnn.ui.inside.passage import Passage
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Snapshot, Subject

MAX_DISTANCE = 100  # characters
SMALLEST_SHARE = 1e-30  # of a gradient; of less, nothing is left
NEARLY_ONE = 1e-3  # how far from 1 what is 1 except for rounding may be
POSITIONS = 32  # whose gradients are averaged
PASSAGE = 400  # characters they are in
EARLIER = (0, 1000, 10_000, 100_000)  # iterations whose snapshots are compared with the present one


def draw(view: View) -> None:
    """Draw both charts."""
    subject, now = view.subject, view.snapshot.iteration
    read = measured(view)
    places, _ = positions(len(read.ids) - 1)
    with view.controls:
        chosen = _choose_position(subject, read, places)
    curves = {}
    for iteration in _earlier(view):
        snapshot = subject.snapshot(iteration)
        again = passage.again(subject, snapshot, read)
        curves[iteration] = relative_sizes(_sizes_at(view, iteration, snapshot, again))
    sizes = _sizes_at(view, now, view.snapshot, read)
    curves[now] = relative_sizes(sizes)
    one = relative_sizes(sizes[[chosen]])
    with st.container(horizontal=True, key="stage_memory"):
        with st.container():
            _draw_flow(subject, curves, one, sizes, now)
        with st.container():
            _draw_spectrum(view)


def measured(view: View) -> Passage:
    """The passage whose gradients are followed: from the text, or what the network writes."""
    start = 0
    if passage.reads_text(view):
        n = len(view.subject.ids)
        start = min(n // 3, max(0, n - PASSAGE - 1))
    return passage.of_length(view, PASSAGE + 1, start)


def positions(length: int) -> tuple[np.ndarray, int]:
    """(The positions whose gradients are followed, (P,); how far back they are followed.)

    length: how many characters of the passage are predicted.
    """
    last = length - 1
    first = min(MAX_DISTANCE, length // 2, last)
    return np.unique(np.linspace(first, last, POSITIONS).astype(np.intp)), first


def _choose_position(subject: Subject, read: Passage, places: np.ndarray) -> int:
    """Which of the positions has a curve of its own."""
    chosen = min(st.session_state.get(session.ONE_POSITION, 0), len(places) - 1)
    session.set_widget(session.ONE_POSITION, chosen)
    return int(
        st.select_slider(
            "One position: the loss of the character after",
            range(len(places)),
            format_func=lambda i: _context(subject, read, int(places[i])),
            key=session.ONE_POSITION,
            persist_state="session",
        )
    )


def _context(subject: Subject, read: Passage, position: int) -> str:
    """The last characters up to a position of the passage, as visible symbols."""
    ids = read.ids[max(0, position - 7) : position + 1]
    symbols = (character_info.symbol(subject.vocabulary.characters[i]) for i in ids)
    return isolated("".join(symbols))


def _sizes_at(view: View, iteration: int, snapshot: Snapshot, read: Passage) -> np.ndarray:
    key = (view.run.id, iteration, read.start, read.ids.tobytes())
    return _sizes(services.url(), key, snapshot, read)


@st.cache_data(show_spinner=False, max_entries=40)
def _sizes(
    url: str, key: tuple[str, int, int | None, bytes], _snapshot: Snapshot, _read: Passage
) -> np.ndarray:
    """gradient_sizes() of a snapshot at the positions, (P, K)."""
    places, distance = positions(len(_read.ids) - 1)
    ids = _read.ids.astype(np.intp)
    return gradient_sizes(_snapshot.weights, ids, _read.hidden, positions=places, distance=distance)


def _earlier(view: View) -> list[int]:
    """The snapshots to compare with the one shown, ascending: only those from well before it."""
    return [n for n in EARLIER if n in view.kept and 2 * n <= view.snapshot.iteration]


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
    spec = memory_chart.flow_spec(T, distance)
    st.vega_lite_chart(
        rows,
        spec,
        key="flow",
        height=spec["height"],  # from the start, so that nothing below it moves later
        alt="What is left of a gradient over distance, as training goes on; see the table below",
    )
    back = min(10, distance)
    st.markdown(
        f"A loss depends on every hidden state before it. {reach(curves[now][back], back, now)} "
        + _cut(subject, sizes)
    )
    st.caption(
        f"Solid: the mean over {len(sizes)} positions, with the iteration at the end of the curve. "
        "Dashed: the position chosen above. "
        "The size (norm) of the gradient of one character's loss with respect to each earlier "
        "hidden state, as a share of that at distance 0."
    )
    tables.table("The gradients as a table", "flow", lambda: rows[["curve", "distance", "left"]])


def reach(left: float, back: int, iteration: int) -> str:
    """What is left of a gradient after so many characters, as a share, in a sentence."""
    if left < 1.005:
        return (
            f"The gradient fades on its way back: after {back} characters {share(left)} of it is "
            f"left at iteration {iteration:,}."
        )
    times = f"{left:,.2g}" if left < 10 else f"{left:,.0f}" if left < 1e6 else "over a million"
    return (
        f"The gradient grows on its way back (*it explodes*): after {back} characters it is "
        f"{times} times as large at iteration {iteration:,}."
    )


def _cut(subject: Subject, sizes: np.ndarray) -> str:
    """How much of the gradient is never seen in training, in a sentence."""
    T = subject.config.seq_length
    if subject.config.gradients_through_time == "off":
        cut = share(share_cut(sizes, 1))
        return f"This run traces no loss back in time, which discards **{cut}** of the gradient."
    return (
        f"Windows of {T} characters (the dotted line) cut it off there; averaged over the "
        f"positions in a window, that discards **{share(share_cut(sizes, T))}** of the gradient."
    )


def share(part: float) -> str:
    """A share in words, however small."""
    if part >= 0.995:
        return "all"
    if part >= 0.0005:
        return f"{part:.1%}"
    return f"a share of {part:.0e}" if part > SMALLEST_SHARE else "none"


@st.cache_data(show_spinner=False, max_entries=40)
def _spectrum(url: str, run_id: str, iteration: int, _snapshot: Snapshot) -> Spectrum:
    return spectrum(_snapshot.weights.Whh)


def _draw_spectrum(view: View) -> None:
    st.markdown("## The spectrum of Whh")
    found = _spectrum(services.url(), view.run.id, view.snapshot.iteration, view.snapshot)
    rows = memory_chart.spectrum_rows(found.eigenvalues)
    # In steps, so that the axes seldom move.
    largest = max(1.2, math.ceil(2.2 * found.radius) / 2)
    spec = memory_chart.spectrum_spec(largest)
    st.vega_lite_chart(
        rows,
        spec,
        key="spectrum",
        width="content",
        height=spec["height"],
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
    if abs(found.radius - 1) < NEARLY_ONE and found.largest_singular_value < 1 + NEARLY_ONE:
        return figures + (
            "A product with Whh hardly changes the size of what the hidden state carries: the "
            "largest eigenvalues lie on the dashed circle. Only tanh makes it fade."
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
        "Eigenvalues outside the dashed circle make what the hidden state carries grow from step "
        "to step. Only tanh keeps it within ±1, and where tanh is saturated, the gradient fades "
        "all the same."
    )

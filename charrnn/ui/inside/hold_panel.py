"""The view "Hold a unit": what changes in the writing if units are held at a value."""

import html

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis.holding import (
    Costs,
    affordable_characters,
    held_sample,
    silencing_costs,
)
from charrnn.engine.corpus import training_length
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.ui import services, session
from charrnn.ui.inside import passage, pictures
from charrnn.ui.inside.live import View
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.snapshots import Subject

LENGTH = 300  # characters of each sample
RANKED = 12  # units
MAX_HELD = 32


def draw(view: View) -> None:
    """Draw the controls, both samples, and the ranking."""
    reads_text = passage.reads_text(view)
    costs = _costs(services.url(), view.run.id, view.snapshot.iteration, reads_text, view)
    with view.controls:
        units, value, seed = _choose(costs)
    st.markdown(
        "A unit may follow the spaces without the network using it for them. Holding it is the "
        "test: if only the spaces suffer, that is what the unit is for."
    )
    with st.container(horizontal=True, key="stage_hold"):
        with st.container():
            _draw_samples(view, units, value, seed)
        with st.container():
            _draw_ranking(view, costs, units)


def _choose(costs: Costs) -> tuple[list[int], float, int]:
    """(The units that are held, their value, the random seed.)"""
    state, H = st.session_state, len(costs.bits)
    held = state.get(session.HELD_UNITS, [int(costs.bits.argmax())])
    session.set_widget(session.HELD_UNITS, [unit for unit in held if unit < H])
    units = st.multiselect(
        "Units to hold",
        range(H),
        format_func=lambda unit: f"unit {unit}",
        key=session.HELD_UNITS,
        max_selections=MAX_HELD,
        persist_state="session",
    )
    value = st.slider(
        "Hold at (0 is silent)", -1.0, 1.0, 0.0, 0.1, key=session.HELD_AT, persist_state="session"
    )
    seed = state.setdefault(session.READS_SEED, 0)
    st.button("New seed", icon=":material/casino:", on_click=passage.new_seed)
    return list(units), value, seed


def _draw_samples(view: View, units: list[int], value: float, seed: int) -> None:
    before, after = (
        view.subject.vocabulary.decode(_sample(view, held, seed))
        for held in ({}, dict.fromkeys(units, value))
    )
    with st.container(horizontal=True, key="held_samples"):
        for title, text in (("As it is", before), (_title(units, value), after)):
            with st.container():
                st.markdown(f"## {title}")
                st.html(_marked(text, other=before if text is after else after))
    same = next((i for i in range(LENGTH) if before[i] != after[i]), LENGTH)
    different = sum(a != b for a, b in zip(before, after, strict=True))
    outcome = "Both texts are the same."
    if same < LENGTH:
        characters = "1 character" if same == 1 else f"{same:,} characters"
        outcome = (
            f"The texts diverge after {characters}; {different:,} of {LENGTH} differ (underlined)."
        )
    st.caption(f"The same random seed, {seed}. {outcome}")


def _sample(view: View, held: dict[int, float], seed: int) -> np.ndarray:
    weights, vocabulary = view.snapshot.weights, view.subject.vocabulary
    hidden, first = read_prompt(weights, view.snapshot.hidden, vocabulary, "")
    return held_sample(
        weights, seeded_rng(seed), values=held, hidden=hidden, first=first, length=LENGTH
    )


def _title(units: list[int], value: float) -> str:
    if not units:
        return "Nothing is held"
    names = listed([f"{unit}" for unit in units[:4]])
    more = f" and {len(units) - 4} more" if len(units) > 4 else ""
    how = "silenced" if value == 0 else f"held at {value:+.1f}".replace("-", "−")
    return f"Unit{'s' if len(units) > 1 else ''} {names}{more} {how}"


def _marked(text: str, *, other: str) -> str:
    """A sample as escaped HTML, with a <mark> around each stretch that differs from the other."""
    pieces, differs = [], False
    for a, b in zip(text, other, strict=True):
        if (a != b) != differs:
            pieces.append("</mark>" if differs else "<mark>")
            differs = not differs
        # A numeric reference, because st.html() strips lines that hold only spaces.
        pieces.append("&#10;" if a == "\n" else html.escape(a))
    pieces.append("</mark>" * differs)
    return f'<pre class="written" tabindex="0"><code>{"".join(pieces)}</code></pre>'


@st.cache_data(show_spinner=False, max_entries=40)
def _costs(url: str, run_id: str, iteration: int, reads_text: bool, _view: View) -> Costs:
    """What silencing each unit costs on held-out text, or else on the end of the text.

    On what the network writes if the visitor may not read the text.
    """
    weights = _view.snapshot.weights
    length = affordable_characters(weights)
    start = _start(_view.subject, length) if reads_text else 0
    read = passage.of_length(_view, length + 1, start)
    return silencing_costs(weights, read.ids, read.hidden)


def _start(subject: Subject, length: int) -> int:
    n = len(subject.ids)
    held_out_from = training_length(n, subject.config.held_out)
    return held_out_from if held_out_from < n else max(0, n - length - 1)


def _which_characters(view: View) -> str:
    if not passage.reads_text(view):
        return "characters that it writes"
    n = len(view.subject.ids)
    if training_length(n, view.subject.config.held_out) < n:
        return "held-out characters"
    return "characters at the end of the text"


def _draw_ranking(view: View, costs: Costs, units: list[int]) -> None:
    st.markdown("## What silencing costs")
    order = np.argsort(-costs.bits, kind="stable")[:RANKED]
    rows = [
        pictures.Row(
            int(unit),
            f"unit {unit}",
            float(costs.bits[unit]),
            f"{costs.bits[unit]:+.2f} bits".replace("-", "−"),
            int(unit) in units,
        )
        for unit in order
    ]
    pictures.ranking(rows, key="costs", on_pick=_pick)
    st.caption(
        f"The extra bits per character, on {costs.characters:,} {_which_characters(view)}, which "
        f"cost {costs.baseline:.2f} bits each with all units. Click a unit to hold it, or to let "
        "it go."
    )
    tables.table(
        "What silencing each unit costs, as a table",
        "silencing",
        lambda: pd.DataFrame(
            {"unit": range(len(costs.bits)), "extra bits per character": costs.bits}
        ),
    )


def _pick() -> None:
    picked = st.session_state["costs"].get("picked")
    if picked is not None:
        held = st.session_state.get(session.HELD_UNITS, [])
        unit = int(picked)
        let_go = [other for other in held if other != unit]
        st.session_state[session.HELD_UNITS] = let_go if unit in held else [*held, unit][-MAX_HELD:]

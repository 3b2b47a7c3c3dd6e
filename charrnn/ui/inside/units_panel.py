"""The view "Units": the text colored by a hidden unit, and what the units track."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info, unit_tracking
from charrnn.engine.analysis.reading import activations
from charrnn.engine.analysis.unit_tracking import Tracked
from charrnn.ui import services, session
from charrnn.ui.direction import isolated
from charrnn.ui.inside import passage, pictures
from charrnn.ui.inside.live import View
from charrnn.ui.inside.passage import Passage
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.charts.specs import thinned
from charrnn.ui.shared.snapshots import Subject

LENGTH = 400  # characters of the colored passage
MAX_NUMBERS = 150_000  # activations in one message
# Correlations are measured on a longer passage; reading it takes some tenths of a second at most.
LONG, SHORT = 4096, 1024
MAX_PRODUCTS = 400_000_000
FRAMES = 16  # snapshots that are played
PASSAGES, AROUND = 3, 40  # where a unit is most active; characters on each side


class Tracking(NamedTuple):
    """What all units of a snapshot track on a longer passage."""

    ids: np.ndarray  # (T,)
    hidden: np.ndarray  # activations, (T, H)
    correlations: dict[str, np.ndarray]  # feature -> (H,)
    best: list[Tracked]


def draw(view: View) -> None:
    """Draw the view for the chosen unit."""
    subject, weights = view.subject, view.snapshot.weights
    read = passage.choose(view, min(LENGTH, MAX_NUMBERS // weights.hidden_size))
    hidden = activations(weights, read.ids, read.hidden)
    reads_text = passage.reads_text(view)
    tracking = _tracking(services.url(), view.run.id, view.snapshot.iteration, reads_text, view)
    with view.controls:
        unit = _choose_unit(weights.hidden_size, tracking.best[0].unit if tracking.best else 0)
    with st.container(horizontal=True, key="stage_units"):
        with st.container():
            _draw_text(view, read, hidden, unit)
        with st.container():
            _draw_ranking(tracking, unit, reads_text=reads_text)
    st.markdown("## All units over the passage")
    pictures.heat_map(
        subject.vocabulary, read.ids, hidden, unit=unit, key="unit_map", on_pick=_pick_in_map
    )
    tables.table("The activations as a table", "units", lambda: _frame(subject, read, hidden))
    _draw_most_active(subject, tracking, unit)


def _choose_unit(H: int, default: int) -> int:
    # Another network may be smaller.
    chosen = min(st.session_state.get(session.HIDDEN_UNIT, default), H - 1)
    session.set_widget(session.HIDDEN_UNIT, chosen)
    unit = st.number_input(
        f"Unit, 0 to {H - 1:,}", 0, H - 1, key=session.HIDDEN_UNIT, persist_state="session"
    )
    return int(unit)


def _draw_text(view: View, read: Passage, hidden: np.ndarray, unit: int) -> None:
    st.markdown(f"## The text as unit {unit} sees it")
    over_time = len(view.kept) > 1 and st.toggle("Over the snapshots", key=session.OVER_SNAPSHOTS)
    values, frames = hidden[:, unit], None
    if over_time:
        iterations = thinned(view.kept, FRAMES)
        values = np.array([_at_iteration(view, read, n)[:, unit] for n in iterations])
        frames = [f"iteration {n:,}" for n in iterations]
    pictures.colored_text(
        view.subject.vocabulary,
        read.ids,
        values,
        most=1.0,
        unit="",
        label=f"The text, colored by the activation of unit {unit}",
        frames=frames,
        key="unit_text",
        hint="Orange: up to +1. Blue: down to −1. Point at a character to see its activation.",
    )


def _at_iteration(view: View, read: Passage, iteration: int) -> np.ndarray:
    """The activations over the passage in an earlier snapshot, (T, H)."""
    key = (view.run.id, iteration, read.start, read.ids.tobytes())
    return _activations(services.url(), key, view.subject, read)


@st.cache_data(show_spinner=False, max_entries=100)
def _activations(
    url: str, key: tuple[str, int, int | None, bytes], _subject: Subject, _read: Passage
) -> np.ndarray:
    snapshot = _subject.snapshot(key[1])
    again = passage.again(_subject, snapshot, _read)
    return np.array(activations(snapshot.weights, again.ids, again.hidden), np.float32)


@st.cache_resource(show_spinner=False, max_entries=4)
def _tracking(url: str, run_id: str, iteration: int, reads_text: bool, _view: View) -> Tracking:
    weights = _view.snapshot.weights
    H = weights.hidden_size
    length = int(np.clip(MAX_PRODUCTS // (H * H), SHORT, LONG))
    read = passage.of_length(_view, length)
    hidden = activations(weights, read.ids, read.hidden)
    features = unit_tracking.features(_view.subject.vocabulary.decode(read.ids))
    found = unit_tracking.correlations(hidden, features)
    return Tracking(read.ids, hidden, found, unit_tracking.best_units(found))


def _draw_ranking(tracking: Tracking, unit: int, *, reads_text: bool) -> None:
    n = f"{len(tracking.ids):,}"
    where = f"the first {n} characters" if reads_text else f"{n} characters that it writes"
    st.markdown("## What units track")
    rows = [
        pictures.Row(
            best.unit,
            best.feature,
            best.correlation,
            f"unit {best.unit}: {best.correlation:+.2f}".replace("-", "−"),
            best.unit == unit,
        )
        for best in tracking.best
    ]
    pictures.ranking(rows, key="tracked", on_pick=_pick_tracked)
    st.caption(
        "The unit whose activation follows each feature of the text best, and its "
        f"correlation over {where}: +1 or −1 is perfect, 0 is none. "
        "Click one to see it in the text. Whether the network uses it is another question: "
        "see *Hold a unit*."
    )
    st.text(_describe(tracking, unit))
    tables.table(
        "All correlations as a table",
        "correlations",
        lambda: pd.DataFrame(
            {"unit": range(tracking.hidden.shape[1])} | dict(tracking.correlations)
        ),
    )


def _describe(tracking: Tracking, unit: int) -> str:
    """What the chosen unit tracks best."""
    found = {name: float(values[unit]) for name, values in tracking.correlations.items()}
    if not found:
        return "This passage has none of the features."
    name = max(found, key=lambda feature: abs(found[feature]))
    correlation = f"{found[name]:+.2f}".replace("-", "−")
    return f"Of all features, unit {unit} follows “{name}” best: {correlation}."


def _draw_most_active(subject: Subject, tracking: Tracking, unit: int) -> None:
    st.markdown(f"## Where unit {unit} is most active")
    activation = tracking.hidden[:, unit]
    for i, position in enumerate(unit_tracking.most_active(activation, PASSAGES, 2 * AROUND)):
        begin, end = max(0, position - AROUND), position + AROUND
        character = subject.vocabulary.characters[tracking.ids[position]]
        symbol = isolated(character_info.symbol(character))
        pictures.colored_text(
            subject.vocabulary,
            tracking.ids[begin:end],
            activation[begin:end],
            most=1.0,
            unit="",
            label=f"A passage where unit {unit} is most active",
            key=f"active_{i}",
            hint=f"{activation[position]:+.2f} after {symbol} at character {position:,}",
        )


def _frame(subject: Subject, read: Passage, hidden: np.ndarray) -> pd.DataFrame:
    symbols = [character_info.symbol(subject.vocabulary.characters[i]) for i in read.ids]
    units = {f"unit {u}": hidden[:, u] for u in range(hidden.shape[1])}
    return pd.DataFrame({"character": symbols} | units)


def _pick_in_map() -> None:
    _pick("unit_map")


def _pick_tracked() -> None:
    _pick("tracked")


def _pick(key: str) -> None:
    picked = st.session_state[key].get("picked")
    if picked is not None:
        session.look_at_unit(int(picked))

"""What the page measures in a snapshot: the embedding map, and the surprisal of each character."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from charrnn.engine.analysis.embeddings import embedding_map
from charrnn.engine.analysis.surprisal import Surprisal, surprisal
from charrnn.runs.store.records import Run
from charrnn.ui.shared.snapshots import Snapshot, Subject

MAX_MAP_POINTS = 400


@dataclass(frozen=True)
class Measurements:
    """The embedding map of the n most frequent characters, and the surprisal of all."""

    ids: np.ndarray  # indices of the characters on the map, ascending, (n,)
    points: np.ndarray  # (n, 2)
    shares: np.ndarray  # of the variance, one for each axis of the map, (2,)
    surprisal: Surprisal


def measure(subject: Subject, run: Run, snapshot: Snapshot, kept: list[int]) -> Measurements:
    """Measure a snapshot, once for each iteration: the results are cached.

    kept: the iterations that have a snapshot, in ascending order.
    """
    earlier = tuple(n for n in kept if n < snapshot.iteration)
    ids = np.sort(subject.by_frequency[:MAX_MAP_POINTS])
    points, shares = _map(subject, snapshot, ids, run.id, snapshot.iteration, earlier)
    measured = _surprisal(subject, snapshot, run.id, snapshot.iteration)
    return Measurements(ids, points, shares, measured)


def embedding_maps(
    subject: Subject, run: Run, kept: list[int], chosen: list[int]
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """(ids, iteration -> points (n, 2)): the maps of the chosen ones of the snapshots `kept`."""
    ids = np.sort(subject.by_frequency[:MAX_MAP_POINTS])
    maps = {}
    for n in chosen:
        earlier = tuple(other for other in kept if other < n)
        maps[n] = _map(subject, subject.snapshot(n), ids, run.id, n, earlier)[0]
    return ids, maps


@st.cache_data(show_spinner=False, max_entries=300)
def _map(
    _subject: Subject,
    _snapshot: Snapshot,
    _ids: np.ndarray,
    run_id: str,
    iteration: int,
    earlier: tuple[int, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """(points (n, 2), shares (2,)) of one map.

    Each map is aligned with the map of the snapshot before, back to the first. So a snapshot has
    the same map whether the slider reached it forwards or backwards.
    """
    previous = None
    if earlier:
        before = _subject.snapshot(earlier[-1])
        previous = _map(_subject, before, _ids, run_id, earlier[-1], earlier[:-1])[0]
    return embedding_map(_snapshot.weights.Wxh.T[_ids], previous)


@st.cache_data(show_spinner=False, max_entries=300)
def _surprisal(_subject: Subject, _snapshot: Snapshot, run_id: str, iteration: int) -> Surprisal:
    return surprisal(_snapshot.weights, _subject.ids, _snapshot.hidden)

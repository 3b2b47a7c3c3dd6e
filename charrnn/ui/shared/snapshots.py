"""What the pages read of a text and of its run: characters, counts, and snapshots of the network.

Everything that takes time is cached on the server: across page refreshes, and across visitors.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.parameters import Parameters
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.errors import TextNotShared
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import services
from charrnn.ui.shared.memory_cache import MemoryCache


@dataclass(frozen=True)
class Snapshot:
    """A network at one iteration: its weights, and the hidden state to read on from, (H,)."""

    iteration: int
    weights: Parameters
    hidden: np.ndarray


IDS = MemoryCache[np.ndarray](lambda ids: ids.nbytes)
SNAPSHOTS = MemoryCache[Snapshot](lambda snapshot: snapshot.weights.flat.nbytes)


@dataclass(frozen=True)
class Subject:
    """What a page is about: a text, the settings to train on it with, and its run if there is one.

    The text can be looked at without a run. Snapshots after the first update need one.
    """

    corpus: Corpus
    run: Run | None
    config: RunConfig

    @classmethod
    def of_run(cls, run: Run) -> "Subject":
        """A run with its text and the settings it began with."""
        return cls(corpus=services.text_of(run), run=run, config=run.config)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The characters of the text."""
        return Vocabulary(self.corpus.vocabulary)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each character, in order of index. Cached: do not modify it.

        Columns: index, character (as a visible symbol), name, code point, count, share, rare.
        Raises TextNotShared.
        """
        self._check_text()
        return _table(services.url(), self.corpus.sha256)

    @property
    def counts(self) -> np.ndarray:
        """How often each character occurs, (V,)."""
        return self.table["count"].to_numpy()

    @property
    def ids(self) -> np.ndarray:
        """The whole text as indices, (n,). Cached: do not modify it. Raises TextNotShared."""
        self._check_text()
        return text_ids(services.url(), self.corpus.sha256)

    @cached_property
    def by_frequency(self) -> np.ndarray:
        """The indices of all characters, most frequent first, (V,)."""
        return np.argsort(-self.counts, kind="stable")

    def first_snapshot(self) -> Snapshot:
        """The network before the first update. Needs no run."""
        V, H, config = len(self.vocabulary), self.config.hidden_size, self.config
        weights = config.weights_before_training(V)
        return Snapshot(0, weights, np.zeros(H, config.dtype))

    def newest_snapshot(self) -> Snapshot:
        """The network at the newest checkpoint of the run, or else before the first update.

        Raises ValueError without a run.
        """
        iteration = services.store().snapshots.checkpoint_iteration(self._run_id)
        if iteration is None:
            return self.first_snapshot()
        return _newest(services.url(), self._run_id, iteration, self._shape)

    def snapshot(self, iteration: int) -> Snapshot:
        """The network at an iteration that has a snapshot.

        Raises KeyError for any other iteration, ValueError without a run.
        """
        return _at_iteration(services.url(), self._run_id, iteration, self._shape)

    def _check_text(self) -> None:
        if self.run and not services.may_read_text(self.run):
            raise TextNotShared

    @property
    def _run_id(self) -> str:
        if self.run is None:
            raise ValueError("Only a run has snapshots of its training.")
        return self.run.id

    @property
    def _shape(self) -> tuple[int, int, str]:
        """The arguments of Parameters()."""
        return len(self.vocabulary), self.config.hidden_size, self.config.dtype


def nearest_saved(run: Run, iteration: int, *, complete: bool = False) -> int | None:
    """The iteration nearest to one of which the network is saved; None if there is none.

    Saved are the snapshots, and where the run ended or paused. While it trains, its newest state is
    replaced every few seconds and does not count. complete: only with the whole training state.
    """
    snapshots = services.store().snapshots
    saved = snapshots.iterations(run.id, complete=complete)
    newest = None if run.moving else snapshots.checkpoint_iteration(run.id)
    if newest is not None:
        saved.append(newest)
    return min(saved, key=lambda n: abs(n - iteration), default=None)


def text_ids(url: str, sha256: str) -> np.ndarray:
    """A text as indices, (n,). Only for visitors who may read it. Cached: do not modify it."""

    def encode() -> np.ndarray:
        text = services.store().corpora.text(sha256)
        return Vocabulary(services.corpus(sha256).vocabulary).encode(text)

    return IDS.get((url, sha256), encode)


@st.cache_resource(show_spinner=False, max_entries=20)
def _table(url: str, sha256: str) -> pd.DataFrame:
    characters = services.corpus(sha256).vocabulary
    counts = character_info.count(text_ids(url, sha256), len(characters))
    return pd.DataFrame(
        {
            "index": np.arange(len(characters), dtype="int32"),
            "character": [character_info.symbol(c) for c in characters],
            "name": [character_info.name(c) for c in characters],
            "code point": [character_info.code_point(c) for c in characters],
            "count": counts,
            "share": counts / counts.sum(),
            "rare": np.where(counts < character_info.RARE, "⚑ rare", ""),
        }
    )


def _at_iteration(url: str, run_id: str, iteration: int, shape: tuple[int, int, str]) -> Snapshot:
    key = (url, run_id, iteration, shape)
    return SNAPSHOTS.get(key, lambda: _load_snapshot(run_id, iteration, shape))


def _load_snapshot(run_id: str, iteration: int, shape: tuple[int, int, str]) -> Snapshot:
    state = state_from_bytes(services.store().snapshots.get(run_id, iteration))
    if "hidden" not in state:
        # A store of version 1 kept only the weights. The newest hidden state is the best one
        # there is to begin with, and the first window brings it into line with the weights.
        state["hidden"] = _checkpoint(run_id)["hidden"]
    return _snapshot(state, iteration, shape)


def _newest(url: str, run_id: str, iteration: int, shape: tuple[int, int, str]) -> Snapshot:
    """The newest checkpoint. iteration: only a part of the cache key, it may be newer by now."""
    key = (url, run_id, "newest", iteration, shape)
    return SNAPSHOTS.get(key, lambda: _snapshot(_checkpoint(run_id), iteration, shape))


def _checkpoint(run_id: str) -> dict[str, np.ndarray]:
    checkpoint = services.store().snapshots.checkpoint(run_id)
    if checkpoint is None:
        raise KeyError(run_id)
    _, state = checkpoint
    return state_from_bytes(state)


def _snapshot(
    state: dict[str, np.ndarray], iteration: int, shape: tuple[int, int, str]
) -> Snapshot:
    """A training state as a snapshot. iteration: for a state that does not hold its own."""
    weights = Parameters(*shape)
    weights.unpack(state["weights"])
    hidden = state["hidden"][0].copy()  # of the first stream
    return Snapshot(int(state.get("iteration", iteration)), weights, hidden)

"""What the page reads: a text's characters, and moments of a run. Each is worked out once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine import alphabet
from charrnn.engine.columns import steady_map
from charrnn.engine.corpus import Vocabulary
from charrnn.engine.parameters import Parameters
from charrnn.engine.surprise import Surprise, surprise
from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.database import default_url
from charrnn.runs.records import Corpus, Run
from charrnn.ui import services

MAX_MAP_POINTS = 400


@dataclass(frozen=True)
class Moment:
    """A network at one iteration. hidden: the memory to read on from, (H,)."""

    iteration: int
    weights: Parameters
    hidden: np.ndarray


@dataclass(frozen=True)
class Subject:
    """What the page is about: a text with the settings to learn it by, and its run, if any."""

    corpus: Corpus
    run: Run | None
    config: RunConfig

    @classmethod
    def of_run(cls, run: Run) -> "Subject":
        return cls(corpus=services.corpus(run.sha256), run=run, config=run.config)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.corpus.vocabulary)

    @property
    def table(self) -> pd.DataFrame:
        """One row a character, in order of index; not to be written to."""
        return _table(default_url(), self.corpus.sha256)

    @property
    def counts(self) -> np.ndarray:
        """How often each character occurs: (V,)."""
        return self.table["count"].to_numpy()

    @property
    def ids(self) -> np.ndarray:
        """The whole text: (n,)."""
        return _ids(default_url(), self.corpus.sha256)

    @cached_property
    def by_frequency(self) -> np.ndarray:
        """Indices of all characters, the most frequent first: (V,)."""
        return np.argsort(-self.counts, kind="stable")

    def first_moment(self) -> Moment:
        """Before the first update."""
        V, H, config = len(self.vocabulary), self.config.hidden_size, self.config
        weights = Parameters.initial(V, H, seed=config.seed, dtype=config.dtype)
        return Moment(0, weights, weights.bh)

    def newest_moment(self) -> Moment:
        """As the run's worker last left it."""
        iteration = services.store().checkpoint_iteration(self.run.id)
        return self.first_moment() if iteration is None else self._moment(iteration, newest=True)

    def moment(self, iteration: int) -> Moment:
        """At an iteration of which the weights are kept."""
        return self._moment(iteration, newest=False)

    def _moment(self, iteration: int, *, newest: bool) -> Moment:
        # The subject is no part of the key, the shapes and the run are: see _read_moment.
        shape = len(self.vocabulary), self.config.hidden_size, self.config.dtype
        return _read_moment(default_url(), self.run.id, iteration, newest, shape)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ids(url: str, sha256: str) -> np.ndarray:
    text = services.store().text(sha256)
    return Vocabulary(services.corpus(sha256).vocabulary).encode(text)


@st.cache_resource(show_spinner=False, max_entries=20)
def _table(url: str, sha256: str) -> pd.DataFrame:
    characters = services.corpus(sha256).vocabulary
    counts = alphabet.count(_ids(url, sha256), len(characters))
    return pd.DataFrame(
        {
            "index": np.arange(len(characters), dtype="int32"),
            "character": [alphabet.symbol(c) for c in characters],
            "name": [alphabet.name(c) for c in characters],
            "code point": [alphabet.code_point(c) for c in characters],
            "count": counts,
            "share": counts / counts.sum(),
            "rare": np.where(counts < alphabet.RARE, "⚑ rare", ""),
        }
    )


@st.cache_resource(show_spinner=False, max_entries=6)
def _read_moment(
    url: str, run_id: str, iteration: int, newest: bool, shape: tuple[int, int, str]
) -> Moment:
    store = services.store()
    weights = Parameters(*shape)
    checkpoint = store.checkpoint(run_id) if newest else None
    state = state_from_bytes(checkpoint[1] if newest else store.snapshot(run_id, iteration))
    weights.unpack(state["weights"])
    if "hidden" not in state:
        # A store of version 1 kept only the weights. The newest memory is the best there is to
        # begin from; the first window brings it into step.
        state["hidden"] = state_from_bytes(store.checkpoint(run_id)[1])["hidden"]
    return Moment(int(state.get("iteration", iteration)), weights, state["hidden"][0].copy())


@dataclass(frozen=True)
class Impression:
    """What is seen of a moment: the map of the most frequent characters, and the surprise."""

    shown: np.ndarray  # indices of the characters on the map, (n,)
    points: np.ndarray  # (n, 2)
    shares: np.ndarray  # of the variance, (2,)
    surprise: Surprise


def impression(subject: Subject, moment: Moment, kept: list[int]) -> Impression:
    """kept: the iterations of which weights are kept. Worked out once for each moment."""
    earlier = tuple(n for n in kept if n < moment.iteration)
    shown = np.sort(subject.by_frequency[:MAX_MAP_POINTS])
    points, shares = _map(subject, moment, shown, subject.run.id, moment.iteration, earlier)
    measured = _surprise(subject, moment, subject.run.id, moment.iteration)
    return Impression(shown, points, shares, measured)


@st.cache_data(show_spinner=False, max_entries=300)
def _map(
    _subject: Subject,
    _moment: Moment,
    _shown: np.ndarray,
    run_id: str,
    iteration: int,
    earlier: tuple[int, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """Each map keeps to the one before, back to the first: so it looks the same on every way."""
    previous = None
    if earlier:
        before = _subject.moment(earlier[-1])
        previous = _map(_subject, before, _shown, run_id, earlier[-1], earlier[:-1])[0]
    return steady_map(_moment.weights.Wxh.T[_shown], previous)


@st.cache_data(show_spinner=False, max_entries=300)
def _surprise(_subject: Subject, _moment: Moment, run_id: str, iteration: int) -> Surprise:
    return surprise(_moment.weights, _subject.ids, _moment.hidden)

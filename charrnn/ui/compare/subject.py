"""One run among those that are compared: read once for one drawing of the page."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.parameters import Parameters
from charrnn.runs.records import Corpus, History, Run, Summary
from charrnn.ui import kin, services

# Legible on both backgrounds and told apart by colour-blind people; after six the dashes change.
COLOURS = ("#C4622D", "#2F7F9F", "#7C6BB8", "#4C9A5B", "#B5578F", "#B08A1E")
DASHES = ((1, 0), (6, 3), (2, 3))

POINTS = 128  # of a curve, at most
A_MOMENT = 1e-6  # what rounding may do to a second


@dataclass(frozen=True)
class Subject:
    """A run with what it has left behind."""

    key: str  # its id, or the key to look at somebody else's
    run: Run
    history: History
    summary: Summary
    corpus: Corpus
    telling: str  # the settings in which it differs from the others, in words

    @property
    def colour(self) -> str:
        """Stays with the run, whatever it is compared with."""
        return COLOURS[(self.run.number - 1) % len(COLOURS)]

    @property
    def dash(self) -> tuple[int, int]:
        return DASHES[(self.run.number - 1) // len(COLOURS) % len(DASHES)]

    @property
    def bits(self) -> float:
        """The smooth loss in bits per character."""
        return bits_per_character(self.run.smooth_loss, self.run.config.seq_length)

    @property
    def best_bits(self) -> float:
        best = self.summary.best_smooth_loss
        T = self.run.config.seq_length
        return self.bits if best is None else bits_per_character(best, T)

    @property
    def held_out_bits(self) -> float | None:
        loss = self.summary.held_out_loss
        return None if loss is None else bits_per_character(loss, 1)

    @property
    def weights(self) -> int:
        return Parameters.size(len(self.corpus.vocabulary), self.run.config.hidden_size)

    @property
    def characters_per_iteration(self) -> int:
        return self.run.config.seq_length * self.run.config.streams

    def seconds_at(self, iterations: Iterable[int]) -> np.ndarray:
        """When it was at these iterations, in seconds of training."""
        known = {row[0]: row[3] for row in self.history.metrics}
        known[self.run.iteration] = self.run.seconds  # its rows are thinned, and end before
        return np.interp(list(iterations), list(known), list(known.values()))

    def sample_at(self, place: float, *, by: str) -> int | None:
        """The iteration of the last sample up to a place: an iteration, or a second."""
        written = self.history.sample_iterations
        places = written if by == "iteration" else self.seconds_at(written)
        before = [n for n, at in zip(written, places, strict=True) if at <= place + A_MOMENT]
        return before[-1] if before else None


def find(key: str) -> Run | None:
    """The visitor's own run of that id, or one that is shown to others by that key."""
    shelf = services.shelf()
    for look in (shelf.run, shelf.viewed):
        with suppress(KeyError):
            return look(key)
    return None


def read(runs: dict[str, Run]) -> list[Subject]:
    """All that is compared, at about one moment. runs: by key."""
    store = services.store()
    summaries = store.summaries(run.id for run in runs.values())
    store.look([run.id for run in runs.values()])
    names = kin.telling([run.config for run in runs.values()])
    texts = len({run.sha256 for run in runs.values()}) > 1
    subjects = []
    for key, run in runs.items():
        run, history = store.observe(run.id, points=POINTS, evaluations=POINTS)
        corpus = services.corpus(run.sha256)
        words = [corpus.name] if texts else []
        words += [f"{kin.label(n)} {kin.value(n, getattr(run.config, n))}" for n in names]
        subjects.append(Subject(key, run, history, summaries[run.id], corpus, " · ".join(words)))
    return subjects

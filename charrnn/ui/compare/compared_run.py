"""One of the compared runs: everything the page shows of it, read once per refresh."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from charrnn.engine.evaluation import bits_per_character, newest_evaluation
from charrnn.engine.parameters import Parameters
from charrnn.runs.store.records import Corpus, History, Run
from charrnn.ui import services
from charrnn.ui.compare.line_style import LineStyle, styles
from charrnn.ui.direction import isolated
from charrnn.ui.shared import wording

MAX_POINTS = 128  # per curve
ROUNDING_SECONDS = 1e-6  # two times closer than this are the same


@dataclass(frozen=True)
class ComparedRun:
    """A run with its history and its text."""

    key: str  # in the URL: its id, or its view key if it is another visitor's
    run: Run
    history: History
    corpus: Corpus
    differing_settings: str  # those in which the compared runs differ, as "learning rate 0.1"
    style: LineStyle

    @property
    def best_bits(self) -> float:
        """The lowest smooth loss so far, in bits per character."""
        return bits_per_character(self.run.best_smooth_loss, self.run.config.seq_length)

    @property
    def evaluated_at(self) -> int | None:
        """The iteration of the last evaluation; None before the first of the trained network."""
        newest = newest_evaluation(self.history.evaluations)
        return newest[0] if newest else None

    @property
    def held_out_bits(self) -> float | None:
        """The loss on the held-out text then, in bits per character; None without one."""
        newest = newest_evaluation(self.history.evaluations)
        return bits_per_character(newest[1], 1) if newest else None

    @property
    def weights(self) -> int:
        """The number of weights of the network."""
        return Parameters.size(len(self.corpus.vocabulary), self.run.config.hidden_size)

    def held_out_bits_at(self, iteration: int) -> float:
        """The loss on the held-out text at an iteration, in bits per character, interpolated."""
        iterations, losses = zip(*self.history.evaluations, strict=True)
        return bits_per_character(float(np.interp(iteration, iterations, losses)), 1)

    def smooth_bits_at(self, iteration: int) -> float:
        """The smooth loss at an iteration, in bits per character.

        Interpolated, because the points are thinned; the newest if the run is not there yet.
        """
        run, T = self.run, self.run.config.seq_length
        if run.iteration <= iteration:
            return bits_per_character(run.smooth_loss, T)
        start = (0, T * self.corpus.baselines.uniform * np.log(2))
        points = [start, *((n, smooth) for n, _, smooth, _ in self.history.metrics)]
        iterations, losses = zip(*points, (run.iteration, run.smooth_loss), strict=True)
        return bits_per_character(float(np.interp(iteration, iterations, losses)), T)

    def seconds_at(self, iterations: Iterable[int]) -> np.ndarray:
        """The training time at each of these iterations, in seconds: (n,)."""
        known = {row[0]: row[3] for row in self.history.metrics}
        # The rows are thinned and can end before the newest iteration.
        known[self.run.iteration] = self.run.seconds
        return np.interp(list(iterations), list(known), list(known.values()))

    def sample_at(self, position: float, *, by: str) -> int | None:
        """The iteration of the last sample up to `position`; None before the first.

        by: the unit of `position`, "iteration" or "second".
        """
        sampled = self.history.sample_iterations
        positions = sampled if by == "iteration" else self.seconds_at(sampled)
        earlier = [
            iteration
            for iteration, at in zip(sampled, positions, strict=True)
            if at <= position + ROUNDING_SECONDS
        ]
        return earlier[-1] if earlier else None


def activity(run: Run) -> str:
    """ "training" or "queued"; "" for a run that does neither."""
    if not run.active:
        return ""
    return "training" if run.leased else "queued"


def find(key: str) -> Run | None:
    """The visitor's own run with that id, or another visitor's that this key opens for viewing."""
    workspace = services.workspace()
    for look_up in (workspace.run, workspace.viewed):
        with suppress(KeyError):
            return look_up(key)
    return None


def read(runs: dict[str, Run]) -> list[ComparedRun]:
    """The runs with their histories as they are now. runs: by key."""
    store = services.store()
    differing = wording.varying_settings([run.config for run in runs.values()])
    several_texts = len({run.sha256 for run in runs.values()}) > 1
    lines = styles(list(runs.values()))
    compared_runs = []
    for key, listed_run in runs.items():
        run, history = store.history.observe(
            listed_run.id, points=MAX_POINTS, evaluations=MAX_POINTS
        )
        corpus = services.text_of(run)
        words = [isolated(corpus.name)] if several_texts else []
        words += filter(None, [wording.values_in_words(run.config, differing)])
        compared_runs.append(
            ComparedRun(key, run, history, corpus, " · ".join(words), lines[run.id])
        )
    return compared_runs

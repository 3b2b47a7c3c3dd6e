"""The data of one refresh of the Train page: a run, or the state before the first update."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.corpus import training_length
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.sampling import greedy_sample, sample, sample_rng
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import GREEDY_SAMPLE_LENGTH, RunConfig
from charrnn.runs.store.records import DIVERGED, Corpus, History, Run


class CurvePoint(NamedTuple):
    """One point of the loss curve. Losses in nats, summed over the window."""

    iteration: int
    loss: float | None  # of this window; None for the end of the curve
    smooth_loss: float
    seconds: float  # of training


class Rival(NamedTuple):
    """What else predicts the held-out text: counting, or the visitor."""

    label: str
    bits: float  # per character
    overtaken_at: int | None = None  # the iteration from which the network is better
    low: float | None = None  # the interval of an estimate
    high: float | None = None


@dataclass(frozen=True)
class RunView:
    """A run as one refresh shows it; everything in it is from the same moment."""

    corpus: Corpus
    config: RunConfig
    baselines: Baselines
    curve: list[CurvePoint]  # in order of iteration, never empty
    evaluations: list[tuple[int, float]]  # iteration, held-out loss in nats per character
    rate_changes: list[tuple[int, float]]  # iteration, learning rate
    sample_iterations: list[int]
    newest_sample: tuple[int, str]  # iteration, text
    greedy_sample: str
    iteration: int
    iterations: int  # the limit
    smooth_loss: float  # nats, summed over the window
    recent_loss: float  # the mean of the last windows, in the same unit
    seconds: float  # of training
    characters_per_second: float
    moving: bool
    divergence: str  # where and why training diverged, as a sentence; "" if it did not
    best: tuple[int, float] | None = None  # the best snapshot: iteration, held-out loss
    rivals: tuple[Rival, ...] = ()  # drawn beside the baselines

    @property
    def bits(self) -> float:
        """What the network costs now: the mean loss of the last windows, in bits per character."""
        return bits_per_character(self.recent_loss, self.config.seq_length)

    @property
    def smooth_losses(self) -> list[tuple[int, float]]:
        """(iteration, smooth loss in nats, summed over the window), in order of iteration."""
        return [(point.iteration, point.smooth_loss) for point in self.curve]

    @property
    def epochs(self) -> float:
        """How often the training part of the text has been read."""
        length = training_length(self.corpus.characters, self.config.held_out)
        return self.iteration * self.config.characters_per_iteration / length

    @property
    def remaining_seconds(self) -> float | None:
        """Time to the iteration limit at the current speed; None if idle or not known yet."""
        if not self.moving or not self.characters_per_second:
            return None
        remaining = max(0, self.iterations - self.iteration) * self.config.characters_per_iteration
        return remaining / self.characters_per_second


def of_run(
    corpus: Corpus, run: Run, history: History, best: tuple[int, float] | None = None
) -> RunView:
    """The view of a run that is in the store. best: see Snapshots.best()."""
    if history.newest_sample is None:  # its worker has not written anything yet
        return before_training(corpus, run.config)
    end = CurvePoint(run.iteration, None, run.smooth_loss, run.seconds)
    return RunView(
        corpus=corpus,
        config=run.config,
        baselines=run.baselines or corpus.baselines,
        curve=[*(CurvePoint(*row) for row in history.metrics), end],
        evaluations=history.evaluations,
        rate_changes=history.rate_changes,
        sample_iterations=history.sample_iterations,
        newest_sample=history.newest_sample,
        greedy_sample=run.greedy_sample,
        iteration=run.iteration,
        iterations=run.iterations,
        smooth_loss=run.smooth_loss,
        recent_loss=run.recent_loss,
        seconds=run.seconds,
        characters_per_second=run.characters_per_second,
        moving=run.moving,
        divergence=_divergence(run),
        best=best,
    )


def _divergence(run: Run) -> str:
    """The first sentence of the run's message; the others say what to do."""
    if run.failure != DIVERGED:
        return ""
    first, end, _ = run.message.partition(". ")
    return first + end.rstrip()


@st.cache_data(show_spinner=False, max_entries=50)
def before_training(corpus: Corpus, config: RunConfig) -> RunView:
    """Iteration 0 of a run with these settings: the same weights and random numbers as its own."""
    vocabulary = Vocabulary(corpus.vocabulary)
    weights = config.weights_before_training(len(vocabulary))
    hidden, first = weights.zeros_like().bh, int(vocabulary.encode(corpus.opening[0])[0])
    written = sample(
        weights,
        sample_rng(config.seed, 0),
        hidden=hidden,
        first=first,
        length=config.sample_length,
    )
    greedy = greedy_sample(weights, hidden=hidden, first=first, length=GREEDY_SAMPLE_LENGTH)
    loss = config.seq_length * math.log(len(vocabulary))
    return RunView(
        corpus=corpus,
        config=config,
        baselines=corpus.baselines,
        curve=[CurvePoint(0, loss, loss, 0.0)],
        evaluations=[],
        rate_changes=[],
        sample_iterations=[0],
        newest_sample=(0, vocabulary.decode(written)),
        greedy_sample=vocabulary.decode(greedy),
        iteration=0,
        iterations=config.iterations,
        smooth_loss=loss,
        recent_loss=loss,
        seconds=0.0,
        characters_per_second=0.0,
        moving=False,
        divergence="",
    )

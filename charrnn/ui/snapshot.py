"""What the Train page draws: one moment of a run, or the moment before the first update."""

import math
from dataclasses import dataclass, replace

import streamlit as st

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import likeliest, sample, sample_rng
from charrnn.engine.training import split
from charrnn.runs.config import RunConfig
from charrnn.runs.records import Corpus, History, Run
from charrnn.runs.worker import LIKELIEST_LENGTH


@dataclass(frozen=True)
class Snapshot:
    """A run as it is read once for one drawing of the page."""

    corpus: Corpus
    config: RunConfig
    history: History
    iteration: int
    iterations: int
    smooth_loss: float
    seconds: float
    characters_per_second: float
    likeliest: str
    moving: bool

    @property
    def bits(self) -> float:
        """The smooth loss in bits per character."""
        return bits_per_character(self.smooth_loss, self.config.seq_length)

    @property
    def characters_per_iteration(self) -> int:
        return self.config.seq_length * self.config.streams

    @property
    def passes(self) -> float:
        """How many characters were read, as a multiple of those that are learned from."""
        learned = split(self.corpus.characters, self.config.held_out)
        return self.iteration * self.characters_per_iteration / learned

    @property
    def remaining_seconds(self) -> float | None:
        """To the iteration limit at the present speed, or None while nothing moves or is known."""
        if not self.moving or not self.characters_per_second:
            return None
        left = max(0, self.iterations - self.iteration) * self.characters_per_iteration
        return left / self.characters_per_second


def of_run(corpus: Corpus, run: Run, history: History) -> Snapshot:
    """A run as the store has it."""
    if history.newest_sample is None:  # its worker has not written yet
        return before_training(corpus, run.config)
    newest = (run.iteration, None, run.smooth_loss, run.seconds)  # no window of its own
    history = replace(history, metrics=[*history.metrics, newest])
    return Snapshot(
        corpus=corpus,
        config=run.config,
        history=history,
        iteration=run.iteration,
        iterations=run.iterations,
        smooth_loss=run.smooth_loss,
        seconds=run.seconds,
        characters_per_second=run.characters_per_second,
        likeliest=run.likeliest,
        moving=run.moving,
    )


@st.cache_data(show_spinner=False, max_entries=50)
def before_training(corpus: Corpus, config: RunConfig) -> Snapshot:
    """Iteration 0 of the run that these settings would give: the same weights, the same dice."""
    vocabulary = Vocabulary(corpus.vocabulary)
    weights = Parameters.initial(
        len(vocabulary), config.hidden_size, seed=config.seed, dtype=config.dtype
    )
    start = {
        "hidden": weights.like().bh,
        "first": int(vocabulary.encode(corpus.opening[0])[0]),
    }
    written = sample(weights, sample_rng(config.seed, 0), **start, length=config.sample_length)
    loss = config.seq_length * math.log(len(vocabulary))
    return Snapshot(
        corpus=corpus,
        config=config,
        history=History(
            metrics=[(0, loss, loss, 0.0)],
            evaluations=[],
            rate_changes=[],
            sample_iterations=[0],
            newest_sample=(0, vocabulary.decode(written)),
        ),
        iteration=0,
        iterations=config.iterations,
        smooth_loss=loss,
        seconds=0.0,
        characters_per_second=0.0,
        likeliest=vocabulary.decode(likeliest(weights, **start, length=LIKELIEST_LENGTH)),
        moving=False,
    )

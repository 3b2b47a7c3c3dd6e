"""The results of an experiment's runs so far."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.corpus import training_length
from charrnn.engine.evaluation import bits_per_character, newest_evaluation
from charrnn.runs.store.records import DIVERGED, History, Run
from charrnn.ui.shared.snapshots import Snapshot, Subject


@dataclass(frozen=True)
class Outcome:
    """One run of an experiment, with its history so far."""

    run: Run
    history: History

    @property
    def label(self) -> str:
        """What sets the run apart from the others of its experiment; "" if it is alone."""
        return self.run.experiment.label if self.run.experiment else ""

    @property
    def finished(self) -> bool:
        """Whether it has reached its limit, or has diverged."""
        return self.run.failure == DIVERGED or self.run.iteration >= self.run.iterations

    @property
    def broken(self) -> bool:
        """Whether it has failed for a reason that says nothing about its network."""
        return self.run.status == "failed" and not self.finished

    @property
    def held_out_bits(self) -> float:
        """The newest loss on held-out text, in bits per character; nan without any."""
        newest = newest_evaluation(self.history.evaluations)
        return bits_per_character(newest[1], 1) if newest else float("nan")

    @property
    def smooth_bits(self) -> float:
        """The smooth training loss now, in bits per character, as the curves show it."""
        return bits_per_character(self.run.smooth_loss, self.run.config.seq_length)

    @property
    def baselines(self) -> Baselines:
        """What counting costs on its held-out text, in bits per character."""
        return self.run.baselines or self.subject.corpus.baselines

    @cached_property
    def subject(self) -> Subject:
        """The run and its text, to read and to write with its network."""
        return Subject.of_run(self.run)

    @property
    def network(self) -> Snapshot:
        """The newest state of the network that was saved."""
        return self.subject.newest_snapshot()

    @property
    def training_ids(self) -> np.ndarray:
        """The part of the text that it is trained on, (n,)."""
        ids = self.subject.ids
        return ids[: training_length(len(ids), self.run.config.held_out)]

    @property
    def held_out_ids(self) -> np.ndarray:
        """The end of the text, which it is never trained on, (n,)."""
        ids = self.subject.ids
        return ids[training_length(len(ids), self.run.config.held_out) :]


@dataclass(frozen=True)
class Result:
    """All runs of an experiment, in the order of its plans, and what the visitor expected."""

    guess: str
    outcomes: list[Outcome]

    def __getitem__(self, label: str) -> Outcome:
        """The outcome with this label. Raises KeyError if its run was deleted."""
        for outcome in self.outcomes:
            if outcome.label == label:
                return outcome
        raise KeyError(label)

    @property
    def group(self) -> str:
        """Identifies this start of the experiment."""
        first = self.outcomes[0].run.experiment
        return first.group if first else ""

    @property
    def trains(self) -> bool:
        """Whether any of its runs trains or waits for a place."""
        return any(outcome.run.moving for outcome in self.outcomes)

    @property
    def finished(self) -> bool:
        """Whether all of its runs have ended by themselves."""
        return not self.trains and all(outcome.finished for outcome in self.outcomes)

    @property
    def stopped(self) -> Run | None:
        """The run that says why it stopped before it had finished; None if none did."""
        for outcome in self.outcomes:
            if outcome.run.message and not outcome.run.active and not outcome.finished:
                return outcome.run
        return None

    @property
    def broken(self) -> bool:
        """Whether any of its runs is broken: there is nothing to see then."""
        return any(outcome.broken for outcome in self.outcomes)

    @property
    def progress(self) -> float:
        """How much of the training is done: 0 to 1."""
        shares = [
            1.0 if outcome.finished else outcome.run.iteration / outcome.run.iterations
            for outcome in self.outcomes
        ]
        return sum(shares) / len(shares)

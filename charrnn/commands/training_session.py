"""Local training, without a store: from a text or a saved run to a saved run."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from charrnn.engine.analysis.overfitting import lowest_before_rise
from charrnn.engine.gauges import Measurement
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.files import validation
from charrnn.runs.files.archive import SavedRun
from charrnn.runs.recording import (
    remaining_rate_changes,
    should_measure,
    should_record,
)
from charrnn.runs.store.corpora import sha256_of
from charrnn.runs.store.records import HISTORY_COLUMNS, FullHistory
from charrnn.runs.workers.good_state import GoodState


@dataclass
class TrainingSession:
    """A network in training, and its history as a worker records it.

    Left out are only the held-out losses that a worker measures besides those at its intervals: for
    challenges, and at the end of a run.
    """

    text: str
    text_name: str
    vocabulary: Vocabulary
    config: RunConfig
    trainer: Trainer
    iterations: int  # where training ends
    rows: dict[str, list[Any]] = field(  # table -> its rows, as in FullHistory
        default_factory=lambda: {table: [] for table in HISTORY_COLUMNS}
    )
    seconds: float = 0.0  # spent training
    name: str = ""

    def __post_init__(self) -> None:
        self._good_state = GoodState(self.trainer)
        self._measurement = Measurement(self.trainer.weights)
        self._best_state: dict[str, Any] | None = None  # on held-out text, with early stopping
        self._best_loss = math.inf
        self._known_rise: int | None = None  # which was there when the run was saved

    @classmethod
    def begin(cls, text: str, text_name: str, config: RunConfig) -> "TrainingSession":
        """A session before the first update. Raises ValueError if the text is too short."""
        vocabulary = Vocabulary.of(text)
        trainer = _trainer(text, vocabulary, config)
        session = cls(text, text_name, vocabulary, config, trainer, config.iterations)
        session.rows["metrics"].append((0, trainer.smooth_loss, trainer.smooth_loss, 0.0))
        return session

    @classmethod
    def resume(cls, saved: SavedRun, text: str | None) -> "TrainingSession":
        """A session at the point where a run was saved.

        text: the one it learned from; may be None if the file includes it. Raises ValueError, with
        a sentence for people, if it is another text, or there is none.
        """
        if saved.sha256 is None:
            raise ValueError(
                "this run was saved by an earlier charrnn without what is needed to continue "
                "training: it can only be sampled from"
            )
        if text is not None:
            validation.check_text(text, saved.sha256, saved.vocabulary)
        text = saved.text if text is None else text
        if text is None:
            raise ValueError(
                f"its text {saved.text_name!r} is not included, and training can only continue "
                "with the same one: name that as FILE"
            )
        trainer = _trainer(text, saved.vocabulary, saved.config)
        trainer.restore(dict(saved.state))
        session = cls(text, saved.text_name, saved.vocabulary, saved.config, trainer, 0)
        session.rows = {table: list(getattr(saved.history, table)) for table in HISTORY_COLUMNS}
        session.seconds, session.name = saved.seconds, saved.name
        session._known_rise = lowest_before_rise(session.rows["evaluations"])
        session._note_best()
        session.change(iterations=saved.iterations, learning_rate=saved.learning_rate)
        return session

    def change(self, *, iterations: int | None = None, learning_rate: float | None = None) -> None:
        """Change where training ends, or its learning rate from here on. Raises ValueError."""
        if iterations is not None:
            RunConfig.check("iterations", iterations)
            self.iterations = iterations
        if learning_rate is not None:
            RunConfig.check("learning_rate", learning_rate)
            changes, iteration = self.rows["rate_changes"], self.trainer.iteration
            if learning_rate != self.trainer.learning_rate:
                self.trainer.learning_rate = learning_rate
                changes[:] = [row for row in changes if row[0] < iteration]
                changes.append((iteration, learning_rate))

    def train(
        self, until: int, stopped: Callable[[], object], end: float = math.inf
    ) -> Iterator[None]:
        """Train up to an iteration or until `stopped()`, one step at a time. Raises Diverged.

        end: the value of `seconds` at which to stop in any case.
        """
        trainer, metrics = self.trainer, self.rows["metrics"]
        start, before = time.perf_counter(), self.seconds
        try:
            while trainer.iteration < until and not stopped():
                seconds = before + time.perf_counter() - start
                if seconds >= end:
                    break
                measurement = self._measurement if should_measure(trainer.iteration + 1) else None
                record = trainer.step(measurement)
                self._good_state.note(record.loss)
                if should_record(record.iteration):
                    metrics.append((*record, seconds))
                if measurement:
                    self.rows["gauges"].append((record.iteration, *measurement.gauges))
                yield
        finally:  # also if training diverges
            self.seconds = before + time.perf_counter() - start

    def return_to_good_state(self) -> None:
        """After training has diverged: the network, and its history, from before that."""
        self._return_to(self._good_state.good)

    def stop_early(self) -> bool:
        """With early stopping, return to the best state if the held-out loss has risen since.

        That is the best one since the run was begun or resumed. Returns whether it did.
        """
        lowest = lowest_before_rise(self.rows["evaluations"])
        if self._best_state is None or lowest is None or lowest == self._known_rise:
            return False
        self._return_to(self._best_state)
        return True

    def _return_to(self, state: dict[str, Any]) -> None:
        self.trainer.restore(state)
        newest = self.trainer.iteration
        changes = remaining_rate_changes(
            self.rows["rate_changes"], newest, self.trainer.learning_rate
        )
        for rows in self.rows.values():
            rows[:] = [row for row in rows if row[0] <= newest]
        self.rows["rate_changes"][:] = changes

    def evaluate(self) -> str | None:
        """Take the sample and the held-out loss of this iteration, if due and not taken yet.

        Returns the sample, or None.
        """
        iteration, config = self.trainer.iteration, self.config
        samples, evaluations = self.rows["samples"], self.rows["evaluations"]
        taken = bool(samples) and samples[-1][0] == iteration
        if iteration % config.sample_interval or taken:
            return None
        sample = self.vocabulary.decode(self.trainer.sample(config.sample_length))
        samples.append((iteration, sample))
        if iteration % self.trainer.evaluation_interval(config.sample_interval):
            return sample
        if (held_out := self.trainer.held_out_loss()) is not None:
            evaluations.append((iteration, held_out))
            self._note_best()
        return sample

    def _note_best(self) -> None:
        """With early stopping, keep the state if held-out text was just predicted best."""
        loss = self.newest_loss
        if self.config.early_stopping == "on" and self._is_measured and loss < self._best_loss:
            self._best_state, self._best_loss = self.trainer.state(), loss

    @property
    def newest_loss(self) -> float:
        """The held-out loss that was measured last, in nats per character; nan without any."""
        evaluations = self.rows["evaluations"]
        return float(evaluations[-1][1]) if evaluations else math.nan

    def loss_now(self) -> float:
        """The held-out loss now, in nats per character; nan if nothing is held out."""
        if self._is_measured:
            return self.newest_loss
        loss = self.trainer.held_out_loss()
        return math.nan if loss is None else loss

    @property
    def _is_measured(self) -> bool:
        """Whether the held-out loss of this iteration was measured."""
        evaluations = self.rows["evaluations"]
        return bool(evaluations) and evaluations[-1][0] == self.trainer.iteration

    @property
    def is_at_best(self) -> bool:
        """Whether no state before this one has predicted held-out text better."""
        losses = [loss for _, loss in self.rows["evaluations"]]
        return not losses or losses[-1] == min(losses)

    def saved_run(self, *, with_text: bool) -> SavedRun:
        """The session as a run to save."""
        return SavedRun(
            vocabulary=self.vocabulary,
            config=self.config,
            state=self.trainer.state(),
            history=FullHistory(**self.rows),
            seconds=self.seconds,
            name=self.name,
            learning_rate=self.trainer.learning_rate,
            iterations=self.iterations,
            sha256=sha256_of(self.text),
            text_name=self.text_name,
            text=self.text if with_text else None,
        )


def _trainer(text: str, vocabulary: Vocabulary, config: RunConfig) -> Trainer:
    return Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())

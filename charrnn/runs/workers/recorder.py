"""What is recorded of a run while it trains: losses, gauges, samples, evaluations and states."""

import time
from collections import deque
from statistics import fmean
from typing import Any

from charrnn.engine.analysis.overfitting import lowest_before_rise
from charrnn.engine.gauges import Measurement
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.challenges import BUDGETS
from charrnn.runs.config import RunConfig
from charrnn.runs.recording import should_measure, should_record
from charrnn.runs.serialization import state_to_bytes
from charrnn.runs.store.losses import RECENT_WINDOWS, LossFigures
from charrnn.runs.store.records import Progress
from charrnn.runs.workers import checkpointing
from charrnn.runs.workers.best_state import BestState
from charrnn.runs.workers.good_state import GoodState


class Recorder:
    """Takes the steps of a run, and keeps what the store gets of them until it is published."""

    def __init__(
        self,
        trainer: Trainer,
        vocabulary: Vocabulary,
        config: RunConfig,
        *,
        figures: LossFigures,
        evaluations: list[tuple[int, float]],
        best: tuple[int, float] | None,
    ):
        """trainer: in the state that the run continues from.

        figures, evaluations, best: what the store has of the iterations before, see
        History.loss_figures(), History.evaluations() and Snapshots.best().
        """
        self._trainer, self._vocabulary, self._config = trainer, vocabulary, config
        self.updates = Progress()  # since the last clear()
        self.good_state = GoodState(trainer)
        self.best_smooth_loss = figures.best_smooth_loss
        # Each of the windows before this worker counts with their mean.
        earlier = [figures.recent_loss] * min(RECENT_WINDOWS, trainer.iteration)
        self._recent_losses = deque(earlier, maxlen=RECENT_WINDOWS)
        self._measurement = Measurement(trainer.weights)
        self._evaluation_interval = trainer.evaluation_interval(config.sample_interval)
        # The last updates within a budget: where challenges compare runs of different settings.
        characters = config.characters_per_iteration
        self._budget_iterations = {budget // characters for budget in BUDGETS}
        self._evaluations = evaluations
        # A run that was stopped early and resumed is not stopped again for the same rise.
        self._known_rise = lowest_before_rise(evaluations)
        arrays = 1 + len(trainer.optimizer.accumulators)
        self.state_bytes = arrays * trainer.weights.flat.nbytes
        self._first_snapshot = checkpointing.first_snapshot(
            self.state_bytes, config.characters_per_iteration
        )
        self._best = BestState(best, self._first_snapshot)

    @property
    def recent_loss(self) -> float:
        """The mean of the last windows, nats, summed over the window."""
        return fmean(self._recent_losses or [self._trainer.smooth_loss])

    def record_start(self) -> None:
        """Record loss, sample and snapshot from before the first update."""
        loss = self._trainer.smooth_loss
        self.updates.metrics.append(
            {"iteration": 0, "loss": loss, "smooth_loss": loss, "seconds": 0.0}
        )
        self._add_sample()
        self._evaluate(0.0)
        self._add_snapshot(0.0)

    def step(self, seconds: float, turn_started: float) -> str:
        """One training step, and what is due to be recorded after it. Raises Diverged.

        seconds: spent training before this turn, which began when time.perf_counter() was
        turn_started. Returns why the run should pause now, for people; "" if it should not.
        """
        step_started, pause_reason = time.perf_counter(), ""
        measurement = self._measurement if should_measure(self._trainer.iteration + 1) else None
        record = self._trainer.step(measurement)
        self.good_state.note(record.loss)
        self._recent_losses.append(record.loss)
        self.best_smooth_loss = min(self.best_smooth_loss, record.smooth_loss)
        if should_record(record.iteration):
            spent = {"seconds": seconds + step_started - turn_started}
            self.updates.metrics.append(record._asdict() | spent)
        if measurement:
            row = {"iteration": record.iteration} | measurement.gauges._asdict()
            self.updates.gauges.append(row)
        if record.iteration % self._config.sample_interval == 0:
            self._add_sample()
        if (
            record.iteration % self._evaluation_interval == 0
            or record.iteration in self._budget_iterations
        ):
            pause_reason = self._evaluate(seconds + time.perf_counter() - turn_started)
        if checkpointing.should_snapshot(record.iteration, self._first_snapshot):
            self._add_snapshot(seconds + time.perf_counter() - turn_started)
        return pause_reason

    def record_end(self, seconds: float) -> None:
        """Measure the held-out loss of the last update, unless it has been.

        seconds: spent training so far.
        """
        if not self._evaluations or self._evaluations[-1][0] < self._trainer.iteration:
            self._evaluate(seconds)

    def change_learning_rate(self, learning_rate: float) -> None:
        """Train with another learning rate from the next step on, and record the change."""
        self._trainer.learning_rate = learning_rate
        self.updates.rate_changes.append(
            {"iteration": self._trainer.iteration, "learning_rate": learning_rate}
        )

    def add_checkpoint(self, seconds: float, *, diverged: bool) -> None:
        """Add a checkpoint, and the best state if it is still to be stored.

        seconds: spent training so far.
        """
        self.updates.checkpoint = self._state_row(seconds, diverged=diverged)
        self._best.add_to(self.updates, returns_to=self.good_state.iteration if diverged else None)

    def clear(self) -> None:
        """Forget the updates, which have been published."""
        self.updates = Progress()

    def _add_sample(self) -> None:
        text = self._vocabulary.decode(self._trainer.sample(self._config.sample_length))
        self.updates.samples.append({"iteration": self._trainer.iteration, "text": text})

    def _evaluate(self, seconds: float) -> str:
        """Add the loss on the held-out text, if there is any.

        seconds: spent training so far. Returns why the run should pause now, like step().
        """
        trainer = self._trainer
        held_out_loss = trainer.held_out_loss()
        if held_out_loss is None:
            return ""
        row = {"iteration": trainer.iteration, "held_out_loss": held_out_loss}
        self.updates.evaluations.append(row)
        self._best.note(
            trainer.iteration,
            held_out_loss,
            lambda: self._state_row(seconds),
            good=self.good_state.iteration,
        )
        self._evaluations.append((trainer.iteration, held_out_loss))
        return self._reason_to_stop_early() if self._config.early_stopping == "on" else ""

    def _reason_to_stop_early(self) -> str:
        """That the held-out loss has risen again, once for each time that it does; or ""."""
        lowest = lowest_before_rise(self._evaluations)
        if lowest is None or lowest == self._known_rise:
            return ""
        self._known_rise = lowest
        kept = "of that iteration"
        if self._best.iteration != lowest:  # earlier than what was imported or branched off
            kept = f"of iteration {self._best.iteration:,}, the best one kept"
        return (
            f"Stopped early: held-out text was predicted best at iteration {lowest:,}, and "
            "worse ever since, because the network has begun to learn this text by heart. The "
            f"page Write offers the network {kept}; Resume trains on all the same."
        )

    def _add_snapshot(self, seconds: float) -> None:
        """Add a snapshot of the complete state, so that a new run can branch off from here."""
        self.updates.snapshots.append(self._state_row(seconds))

    def _state_row(self, seconds: float, *, diverged: bool = False) -> dict[str, Any]:
        """A row for a checkpoint or a snapshot. seconds: spent training so far.

        After training has diverged, it is the last good state.
        """
        state = self.good_state.good if diverged else self._trainer.state()
        data = state_to_bytes(state)
        return {"iteration": int(state["iteration"]), "seconds": seconds, "state": data}
